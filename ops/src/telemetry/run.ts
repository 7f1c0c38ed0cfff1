// ops/src/telemetry/run.ts: `fleet telemetry`.
import { parseSerialNumber } from '@fleet/contract/serial-number'
import type { TelemetryKind } from '@fleet/contract/telemetry'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { history, lastReports } from './read-telemetry.ts'
import { renderReports } from './render.ts'

export interface TelemetryOptions {
  readonly kind: TelemetryKind
  readonly since?: (now: Date) => Date
}

export async function runTelemetry({ shell, options: { kind, since }, target }: Invocation<TelemetryOptions>, given: string) {
  const serial = parseSerialNumber(given)
  const reports = since ? await history(target(), { serial, kind, since: since(shell.now()) }) : await lastReports(target(), serial)
  if (reports.length > 0 || shell.isJson) show(shell, reports, renderReports)
  else shell.tell(`${serial} has reported nothing${since ? ` of the kind ${kind} since then` : ''}: see whether it is connected (fleet status ${serial})`)
  return EXIT.done
}
