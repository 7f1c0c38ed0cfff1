// ops/src/logs/read-logs.ts: reads the logs of one device from CloudWatch Logs, once or as they come.
import { setTimeout as after } from 'node:timers/promises'
import { CloudWatchLogsClient, DescribeLogStreamsCommand, paginateFilterLogEvents, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named } from '../aws/client-config.ts'
import type { Target } from '../target/target.ts'
import { daysBetween, logSources, streamOf, type LogSource } from './log-groups.ts'

export interface LogLine {
  /** ISO 8601. */
  readonly time: string
  readonly source: string
  readonly message: string
}

export interface LogRequest {
  readonly serial: string
  readonly component?: string | undefined
  readonly since: Date
  readonly now: () => Date
}

/** In the order of time. A device uploads every few minutes, so the newest lines may still be on it. @throws FleetError */
export const readLogs = (target: Target, request: LogRequest): Promise<LogLine[]> => explaining(target, async () => (await eventsOf(request, clientOf(target), target)).map(lineOf))

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
    const events = await explaining(target, () => eventsOf({ ...request, since: from }, logs, target))
    for (const event of events) if (!seen.has(event.id)) line(lineOf(event))
    seen = new Set(events.map(({ id }) => id))
    since = new Date(Math.max(since.getTime(), (events.at(-1)?.at ?? 0) - LOOK_AGAIN_MS))
    await after(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined) // aborted: the loop ends
  }
}

const clientOf = (target: Target) => named(new CloudWatchLogsClient(clientConfig(target)))

interface LogEvent {
  readonly id: string
  readonly at: number
  readonly source: string
  readonly message: string
}

const lineOf = ({ at, source, message }: LogEvent): LogLine => ({ time: new Date(at).toISOString(), source, message })

async function eventsOf({ serial, component, since, now }: LogRequest, logs: CloudWatchLogsClient, { stage }: Target): Promise<LogEvent[]> {
  const wanted = daysBetween(since, now()).map((day) => streamOf(day, serial))
  const found = await Promise.all(logSources(component, stage).map((source) => eventsFrom(source, { wanted, since }, logs)))
  return found.flat().sort((a, b) => a.at - b.at)
}

async function eventsFrom({ name, group }: LogSource, { wanted, since }: { readonly wanted: readonly string[]; readonly since: Date }, logs: CloudWatchLogsClient): Promise<LogEvent[]> {
  const streams = (await Promise.all(wanted.map((stream) => hasStream(group, stream, logs)))).flatMap((exists, i) => (exists ? (wanted[i] ?? []) : []))
  if (streams.length === 0) return []
  const events: LogEvent[] = []
  for await (const page of paginateFilterLogEvents({ client: logs }, { logGroupName: group, logStreamNames: streams, startTime: since.getTime() })) {
    events.push(...(page.events ?? []).map(({ eventId = '', timestamp = 0, message = '' }) => ({ id: eventId, at: timestamp, source: name, message })))
  }
  return events
}

/** FilterLogEvents refuses the name of a stream that is not there. */
async function hasStream(group: string, stream: string, logs: CloudWatchLogsClient): Promise<boolean> {
  try {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: stream, limit: 1 }))
    return logStreams.some(({ logStreamName }) => logStreamName === stream)
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false // no device has uploaded logs of this component
    throw error
  }
}
