// sandbox/src/cloud/iot-core/rules/testing.ts: the rules engine behind a real broker; what actions do can be read.
import type { Action, TopicRulePayload } from '@aws-sdk/client-iot'
import { AwsError } from '../../aws-error.ts'
import type { Counted, FunctionCall, FunctionInvoker, ItemStore, LogSink, ObjectStore, QueueSink, RecordStream, RoleSessions, TopicPublisher } from '../../ports.ts'
import { iotLog } from '../iot-log.ts'
import type { Json } from '../json.ts'
import { ACCOUNT, testCloud, type TestCloud, type TestCloudOptions } from '../testing.ts'
import { openRules, type Rules } from './rules.ts'

export const ROLE = 'arn:aws:iam::000000000000:role/rule'

export interface RulesBench {
  readonly cloud: TestCloud
  readonly rules: Rules
  /** What functions were called with. */
  readonly calls: FunctionCall[]
  readonly objects: Map<string, string>
  /** By log group and stream. */
  readonly logged: Map<string, string[]>
  /** What metrics were given. */
  readonly counted: Counted[]
  /** What topics and queues were given: their ARN and the text. */
  readonly messages: (readonly [arn: string, text: string])[]
  /** What tables and delivery streams were given. */
  readonly stored: (readonly [table: string, item: unknown])[]
  readonly streamed: (readonly [stream: string, record: string])[]
  /** What the registry says of things, by their names. */
  readonly things: Map<string, Json>
  /** `action resource` that the role allows; everything when it has `*`. */
  readonly allowed: Set<string>
  /** Sessions that were begun. */
  readonly assumed: unknown[]
  readonly rule: (ruleName: string, sql: string, action: Action, more?: Partial<TopicRulePayload>) => void
  /** A device that may do everything. */
  readonly publish: (topic: string, payload: string | Buffer) => Promise<void>
}

export async function rulesBench(options: TestCloudOptions = {}): Promise<RulesBench> {
  const cloud = await testCloud(options)
  const { store, clock, broker, recorded } = cloud
  const calls: FunctionCall[] = []
  const objects = new Map<string, string>()
  const logged = new Map<string, string[]>()
  const counted: Counted[] = []
  const messages: RulesBench['messages'] = []
  const take = (arn: string, text: string) => {
    if (arn.endsWith(':missing')) return { kind: 'refused' as const, why: `there is no ${arn}` }
    messages.push([arn, text])
    return { kind: 'accepted' as const, messageId: 'm' }
  }
  const topics: TopicPublisher = { publish: ({ topicArn, message, structure = 'raw' }) => take(topicArn, structure === 'json' ? `json ${message}` : message) }
  const queues: QueueSink = { send: ({ queueArn, body }) => take(queueArn, body) }
  const stored: RulesBench['stored'] = []
  const streamed: RulesBench['streamed'] = []
  const items: ItemStore = {
    async put(table, item) {
      if (table === 'busy') throw new AwsError('ProvisionedThroughputExceededException', 'The level of configured provisioned throughput for the table was exceeded.')
      stored.push([table, item])
    },
  }
  const records: RecordStream = { put: (stream, record) => void streamed.push([stream, Buffer.from(record).toString()]) }
  const things = new Map<string, Json>()
  const allowed = new Set(['*'])
  const assumed: unknown[] = []
  const functions: FunctionInvoker = {
    invoke: async () => ({ kind: 'refused', why: 'rules do not wait' }),
    invokeLater(call) {
      if (call.functionArn.endsWith(':closed')) return { kind: 'refused', why: 'the resource policy does not allow it' }
      calls.push(call)
      return { kind: 'accepted' }
    },
  }
  const roles: RoleSessions = {
    assume(request) {
      if (request.roleArn !== ROLE) throw new AwsError('AccessDenied', 'is not authorized to perform: sts:AssumeRole')
      assumed.push(request)
      return { accessKeyId: '', secretAccessKey: '', sessionToken: '', expiration: new Date(clock.now().getTime() + request.durationSeconds * 1000) }
    },
    permits: (_role, action, resource) => allowed.has('*') || allowed.has(`${action} ${resource}`),
  }
  const kept: ObjectStore = {
    get: () => undefined,
    put(bucket, key, body) {
      if (bucket === 'missing') throw new AwsError('NoSuchBucket', 'The specified bucket does not exist')
      objects.set(`${bucket}/${key}`, Buffer.from(body).toString())
    },
  }
  const logs: LogSink = { append: (group, stream, messages) => void logged.set(`${group} ${stream}`, [...(logged.get(`${group} ${stream}`) ?? []), ...messages]) }
  const log = iotLog({ account: ACCOUNT, clock, log: recorded.log, sink: recorded.sink })
  const rules = openRules({ account: ACCOUNT, store, clock, broker, functions, objects: kept, logs, metrics: { count: (value) => void counted.push(value) }, topics, queues, items, records, roles, things: { describe: (thingName) => things.get(thingName) }, log: recorded.log, iotLog: log })
  return {
    ...{ cloud, rules, calls, objects, logged, counted, messages, stored, streamed, things, allowed, assumed },
    rule: (ruleName, sql, action, { ruleDisabled = false, errorAction } = {}) =>
      rules.put({ ruleName, sql, actions: [action], ruleDisabled, awsIotSqlVersion: '2016-03-23', createdAt: clock.now(), ...(errorAction && { errorAction }) }),
    async publish(topic, payload) {
      const device = await cloud.connect(await cloud.issue('d1'), { clientId: 'd1' })
      await device.publishAsync(topic, payload, { qos: 1 })
      await device.endAsync()
    },
  }
}
