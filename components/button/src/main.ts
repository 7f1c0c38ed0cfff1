// components/button/src/main.ts: the process of the button component.
import { ButtonSettings } from '@fleet/contract/settings'
import { runComponent } from '@fleet/device-runtime/run-component'
import { start } from './start.ts'

void runComponent({ name: 'button', settings: ButtonSettings, start }) // never rejects; sets the exit code
