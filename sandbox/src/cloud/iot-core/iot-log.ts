// sandbox/src/cloud/iot-core/iot-log.ts: what AWS IoT writes to CloudWatch Logs when something is refused or fails (AWS IoT guide, «CloudWatch AWS IoT log entries»).
import { randomUUID } from 'node:crypto'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { LogSink } from '../ports.ts'

export const IOT_LOG_GROUP = 'AWSIotLogsV2'

/** One entry; further fields (`clientId`, `topicName`, `ruleName` …) depend on the event type. */
export interface IotLogEntry {
  readonly eventType: string
  readonly reason: string
  readonly details: string
  /** Of the message that it is about, when it has one. */
  readonly traceId?: string
  readonly [field: string]: unknown
}

export interface IotLog {
  /** Logs a failure to the process log and, in AWS's format, to the log group. @returns the trace id of the entry */
  failure(entry: IotLogEntry): string
}

export interface IotLogOptions {
  readonly account: Account
  readonly clock: Clock
  readonly log: CloudLog
  readonly sink: LogSink
}

export function iotLog({ account, clock, log, sink }: IotLogOptions): IotLog {
  return {
    failure({ eventType, traceId = randomUUID(), ...entry }) {
      log.warn('iot request refused', { eventType, ...entry })
      const timestamp = clock.now().toISOString().replace('T', ' ').replace('Z', '')
      const line = { timestamp, logLevel: 'ERROR', traceId, accountId: account.accountId, status: 'Failure', eventType, ...entry }
      sink.append(IOT_LOG_GROUP, `${account.accountId}_${account.region}`, [JSON.stringify(line)])
      return traceId
    },
  }
}
