// ops/src/shell/failure.ts: how an error is told to the operator: what happened, why, what to do, and its code.
import { FleetError } from '@fleet/contract/errors'
import type { Paint } from './paint.ts'

/** Any error as one that says what to do; what nobody foresaw is told as our own mistake. */
export function asFleetError(error: unknown): FleetError {
  if (error instanceof FleetError) return error
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new FleetError('UNEXPECTED', `fleet itself failed: ${what}`, 'Run it again with FLEET_DEBUG=1 and report what it prints.', { cause: error })
}

export function renderFailure(error: FleetError, { paint, isDebugged }: { readonly paint: Paint; readonly isDebugged: boolean }): string {
  const lines = [`${paint('red', 'error:')} ${indented(error.message, 7)}`, ...reasonsOf(error).map((why) => `  why: ${indented(why, 7)}`)]
  lines.push(`   do: ${indented(error.remedy, 7)}`, ` code: ${error.code} (docs/ERRORS.md)`)
  if (isDebugged) lines.push(stacks(error))
  return lines.join('\n')
}

/** For `--json`: the same to a program. */
export const failureJson = (error: FleetError) => ({ error: { code: error.code, what: error.message, why: reasonsOf(error), remedy: error.remedy } })

/** What the causes say that the error itself does not say. */
function reasonsOf(error: Error): string[] {
  const { cause } = error
  if (!(cause instanceof Error)) return []
  const said = `${cause.name === 'Error' ? '' : `${cause.name}: `}${cause.message}`
  const isNews = cause.message !== '' && !error.message.includes(cause.message)
  return [...(isNews ? [said] : []), ...reasonsOf(cause)]
}

function stacks(error: Error): string {
  const own = error.stack ?? error.message
  return error.cause instanceof Error ? `${own}\ncaused by: ${stacks(error.cause)}` : own
}

const indented = (text: string, by: number) => text.replaceAll('\n', `\n${' '.repeat(by)}`)
