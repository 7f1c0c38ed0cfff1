// ops/src/alarms/render.ts: alarms as a table: what is open first for the eye.
import type { AlarmItem } from '@fleet/contract/alarm'
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'

export const renderAlarms =
  (now: Date) =>
  (alarms: readonly AlarmItem[], paint: Paint): string => {
    if (alarms.length === 0) return paint('green', 'No alarm is open.')
    const rows = alarms.map(({ thing, alarm, state, receivedAt, why, acknowledgedBy }) => [
      printable(thing),
      alarm,
      state === 'raised' ? paint('red', 'open') : paint('green', 'over'),
      ago(new Date(receivedAt), now),
      printable(why),
      acknowledgedBy == null ? '' : `seen by ${printable(acknowledgedBy)}`,
    ])
    return table(['SERIAL', 'ALARM', 'STATE', 'SINCE', 'WHY', ''], rows, paint)
  }
