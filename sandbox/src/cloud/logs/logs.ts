// sandbox/src/cloud/logs/logs.ts: CloudWatch Logs of this cloud.
import { type Account, arn } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { LogSink } from '../ports.ts'
import type { Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { eventOperations } from './event-operations.ts'
import { groupOperations, newStream } from './group-operations.ts'
import { nameInArn } from './log-checks.ts'
import { type LogRecords, logRecords } from './log-records.ts'

export interface Logs {
  readonly service: Service
  readonly operations: LogsOperations
  readonly sink: LogSink
}

/** With the SDK's types, for Cloud Control. */
export type LogsOperations = ReturnType<typeof allOperations>

export function openLogs({ store, clock, account }: { readonly store: Store; readonly clock: Clock; readonly account: Account }): Logs {
  const records = logRecords(store, clock)
  const operations = allOperations({ records, clock, account })
  return {
    operations,
    service: { model: 'cloudwatch-logs', operations, grants: grantsOf(Object.keys(operations)) },
    sink: {
      append(group, stream, messages) {
        const timestamp = clock.now().getTime()
        store.transaction(() => {
          if (!records.findGroup(group)) records.putGroup({ name: group, createdMs: timestamp, retentionDays: undefined, kmsKeyId: undefined, tags: {} })
          if (!records.findStream(group, stream)) records.putStream(group, newStream(stream, timestamp))
          records.append(group, stream, messages.map((message) => ({ timestamp, message })))
        })
      },
    },
  }
}

const allOperations = (context: { readonly records: LogRecords; readonly clock: Clock; readonly account: Account }) => ({ ...groupOperations(context), ...eventOperations(context) })

interface Named {
  readonly logGroupName?: string
  readonly logGroupIdentifier?: string
  readonly resourceArn?: string
  readonly logStreamName?: string
}

/** AWS asks for `log-group:<name>:log-stream:<stream>`, the stream empty where none is named: hence the usual `…:*` in policies. */
const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(
    names.map((name) => [
      name,
      ({ logGroupName, logGroupIdentifier, resourceArn, logStreamName = '' }: Named, account: Account) => ({
        action: `logs:${name}`,
        resources: [arn('logs', account, `log-group:${logGroupName ?? nameInArn(logGroupIdentifier ?? resourceArn ?? '')}:log-stream:${logStreamName}`)],
      }),
    ]),
  )
