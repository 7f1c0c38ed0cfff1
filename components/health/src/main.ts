// components/health/src/main.ts: the process of the health component.
import { HealthSettings } from '@fleet/contract/settings'
import { runComponent } from '@fleet/device-runtime/run-component'
import { start } from './start.ts'
import { diskUsageOf } from './vitals.ts'

/** The component's own folder is a volume on the card. */
const diskUsage = diskUsageOf(process.env['FLEET_DATA'] ?? '/data')

void runComponent({ name: 'health', settings: HealthSettings, start: (context, signal) => start({ ...context, diskUsage }, signal) }) // never rejects; sets the exit code
