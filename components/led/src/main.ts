// components/led/src/main.ts: the process of the LED component.
import { LedSettings } from '@fleet/contract/settings'
import { runComponent } from '@fleet/device-runtime/run-component'
import { start } from './start.ts'

void runComponent({ name: 'led', settings: LedSettings, start }) // never rejects; sets the exit code
