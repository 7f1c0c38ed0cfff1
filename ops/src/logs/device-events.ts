// ops/src/logs/device-events.ts: what one device has uploaded to CloudWatch Logs, from the streams that are there. The console reads by the same lines.
import { DescribeLogStreamsCommand, paginateFilterLogEvents, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { StageIdentity } from '@fleet/contract/names'
import { daysBetween, logSources, streamOf, type LogSource } from './log-groups.ts'

export interface LogRequest {
  readonly serial: string
  readonly component?: string | undefined
  readonly since: Date
  readonly now: () => Date
}

export interface LogEvent {
  readonly id: string
  /** ms since 1970. */
  readonly at: number
  readonly source: string
  readonly message: string
}

/** In the order of time. */
export async function eventsOf({ serial, component, since, now }: LogRequest, logs: CloudWatchLogsClient, stage: StageIdentity): Promise<LogEvent[]> {
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
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false // no device has uploaded logs of this component
    throw error
  }
}
