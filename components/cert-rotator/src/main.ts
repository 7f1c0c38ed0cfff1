// components/cert-rotator/src/main.ts: the process of the certificate rotator component.
import { RotatorSettings } from '@fleet/contract/settings'
import { runComponent } from '@fleet/device-runtime/run-component'
import { start } from './start.ts'

void runComponent({ name: 'cert-rotator', settings: RotatorSettings, start }) // never rejects; sets the exit code
