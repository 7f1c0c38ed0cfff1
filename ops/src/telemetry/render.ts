// ops/src/telemetry/render.ts: what a device has reported, as a table.
import { HealthMinute } from '@fleet/contract/health'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { Reported } from './read-telemetry.ts'

export const renderReports = (reports: readonly Reported[], paint: Paint): string =>
  table(['KIND', 'AT', 'WHAT'], reports.map(({ kind, entry }) => [kind, printable(String(entry['at'])), printable(inWords(kind, entry))]), paint)

/** Health in units; of the others each field. */
function inWords(kind: Reported['kind'], entry: Reported['entry']): string {
  const health = kind === 'health' ? HealthMinute.safeParse(entry) : undefined
  if (health?.success !== true) return Object.entries(entry).filter(([name]) => name !== 'at').map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ')
  const { cpu, memory, disk, temperature, throttled } = health.data
  return [cpu && `CPU ${cpu.mean} %`, memory != null && `memory ${memory} %`, disk != null && `card ${disk} %`, temperature && `${temperature.max} °C`, ...(throttled ?? [])].filter(Boolean).join(', ')
}
