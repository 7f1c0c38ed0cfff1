// console/src/cloud/device-logs.ts: what a device has uploaded of its logs.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { eventsOf } from '@fleet/ops/logs/device-events'
import { fieldsInWords, ownLine, withoutTime } from '@fleet/ops/logs/own-line'
import type { Cloud } from './clients.ts'
import { onePerCloud } from './one-per-cloud.ts'

export interface LogLine {
  readonly id: string
  readonly at: Date
  readonly source: string
  readonly level: string
  readonly text: string
}

const LOOK_BACK_MS = 3_600_000
const MOST_LINES = 300

const clientOf = onePerCloud(({ config }) => new CloudWatchLogsClient(config))

/** The newest of the last hour, in the order of time. */
export async function logsOf(cloud: Cloud, serial: string, component: string): Promise<readonly LogLine[]> {
  const now = () => new Date()
  const events = await eventsOf({ serial, component, since: new Date(Date.now() - LOOK_BACK_MS), now }, clientOf(cloud), cloud.session.settings)
  return events.slice(-MOST_LINES).map(({ id, at, source, message }) => {
    const own = ownLine(message)
    return { id, at: new Date(at), source, level: own?.level ?? 'info', text: own ? fieldsInWords(own) : withoutTime(message, new Date(at).toISOString()).trimEnd() }
  })
}
