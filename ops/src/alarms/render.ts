// ops/src/alarms/render.ts: alarms as a table: what is open first for the eye.
import type { Alarm } from '@fleet/contract/alarm'
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'

export const renderAlarms =
  (now: Date) =>
  (alarms: readonly Alarm[], paint: Paint): string => {
    if (alarms.length === 0) return paint('green', 'No alarm is open.')
    const rows = alarms.map(({ thing, alarm, state, receivedAt, why, acknowledged }) => [
      printable(thing),
      alarm,
      state === 'raised' ? paint('red', 'open') : paint('green', 'over'),
      ago(new Date(receivedAt), now),
      printable(why),
      acknowledged ? `seen by ${printable(acknowledged.by)}` : '',
    ])
    return table(['SERIAL', 'ALARM', 'STATE', 'SINCE', 'WHY', ''], rows, paint)
  }
