// ops/src/alarms/run.ts: `fleet alarms`.
import { userInfo } from 'node:os'
import type { AlarmName } from '@fleet/contract/alarm'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { acknowledge, allAlarms, openAlarms } from './alarms.ts'
import { renderAlarms } from './render.ts'

export interface ListOptions {
  readonly all?: true
}

export interface AckOptions {
  readonly by?: string
}

export async function runList({ shell, options, target }: Invocation<ListOptions>) {
  show(shell, await (options.all ? allAlarms : openAlarms)(target()), renderAlarms(shell.now()))
  return EXIT.done
}

export async function runAck({ shell, options, target }: Invocation<AckOptions>, serial: string, alarm: AlarmName) {
  const acknowledged = await acknowledge(target(), { serial: parseSerialNumber(serial), alarm, by: options.by ?? userInfo().username, now: shell.now() })
  show(shell, [acknowledged], renderAlarms(shell.now()))
  return EXIT.done
}
