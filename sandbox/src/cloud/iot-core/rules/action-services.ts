// sandbox/src/cloud/iot-core/rules/action-services.ts: what actions of rules work with, and whose they are.
import type { Account } from '../../account.ts'
import type { FunctionInvoker, ItemStore, LogSink, MetricSink, ObjectStore, QueueSink, RecordStream, TopicPublisher } from '../../ports.ts'
import type { Republish } from './republish.ts'
import type { RuleRoles } from './rule-roles.ts'

export interface ActionServices {
  readonly account: Account
  readonly functions: FunctionInvoker
  readonly objects: ObjectStore
  readonly logs: LogSink
  readonly metrics: MetricSink
  readonly topics: TopicPublisher
  readonly queues: QueueSink
  readonly items: ItemStore
  readonly records: RecordStream
  readonly roles: RuleRoles
  readonly republish: Republish
}

/** The rule that it belongs to. */
export interface ActionOwner {
  readonly ruleName: string
  readonly ruleArn: string
}
