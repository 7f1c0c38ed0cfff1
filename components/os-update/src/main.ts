// components/os-update/src/main.ts: the process of the component that updates the operating system.
import { OsUpdateSettings } from '@fleet/contract/settings'
import { runComponent } from '@fleet/device-runtime/run-component'
import { start } from './start.ts'

void runComponent({ name: 'os-update', settings: OsUpdateSettings, start }) // never rejects; sets the exit code
