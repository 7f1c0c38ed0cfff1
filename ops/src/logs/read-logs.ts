// ops/src/logs/read-logs.ts: reads the logs of one device from CloudWatch Logs, once or as they come.
import { setTimeout as after } from 'node:timers/promises'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import type { Target } from '../target/target.ts'
import { eventsOf, type LogEvent, type LogRequest } from './device-events.ts'

export interface LogLine {
  /** ISO 8601. */
  readonly time: string
  readonly source: string
  readonly message: string
}

/** In the order of time. A device uploads every few minutes, so the newest lines may still be on it. @throws FleetError */
export const readLogs = (target: Target, request: LogRequest): Promise<LogLine[]> => explaining(target, async () => (await eventsOf(request, clientOf(target), target.stage)).map(lineOf))

const ASK_EVERY_MS = 2000
/** Lines of one upload can be older than those that came before: so far back is looked again. */
const LOOK_AGAIN_MS = 600_000

/** Ends when the signal aborts. @throws FleetError */
export async function followLogs(target: Target, request: LogRequest, { line, signal }: { readonly line: (line: LogLine) => void; readonly signal: AbortSignal }): Promise<void> {
  const logs = clientOf(target)
  let seen = new Set<string>()
  let { since } = request
  while (!signal.aborted) {
    const from = since
    const events = await explaining(target, () => eventsOf({ ...request, since: from }, logs, target.stage))
    for (const event of events) if (!seen.has(event.id)) line(lineOf(event))
    seen = new Set(events.map(({ id }) => id))
    since = new Date(Math.max(since.getTime(), (events.at(-1)?.at ?? 0) - LOOK_AGAIN_MS))
    await after(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

const clientOf = (target: Target) => named(new CloudWatchLogsClient(clientConfig(target)))

const lineOf = ({ at, source, message }: LogEvent): LogLine => ({ time: new Date(at).toISOString(), source, message })
