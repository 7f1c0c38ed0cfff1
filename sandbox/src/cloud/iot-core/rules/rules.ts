// sandbox/src/cloud/iot-core/rules/rules.ts: the rules engine: looks at each message, and has the actions of the rules that match it done.
import { randomUUID } from 'node:crypto'
import { arn } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { DeviceMessage, RoleSessions } from '../../ports.ts'
import type { Store, Table } from '../../store/store.ts'
import type { Broker } from '../broker/broker.ts'
import { AWS_LIMITS } from '../broker/limits.ts'
import { messageOf, NO_CLIENT } from '../broker/message.ts'
import { topicTree } from '../broker/topic-tree.ts'
import { ingested } from '../broker/topics.ts'
import type { IotLog } from '../iot-log.ts'
import type { ActionServices } from './action-services.ts'
import { compileRule, runRule, type CompiledRule } from './compiled-rule.ts'
import type { RuleMessage } from './message-functions.ts'
import type { ThingReader } from './registry-function.ts'
import type { Republish } from './republish.ts'
import { ActionFailed } from './rule-action.ts'
import { rowOf, scopeOf } from './rule-query.ts'
import { ruleArn, type RuleRecord } from './rule-record.ts'
import { ruleRoles } from './rule-roles.ts'

export interface RulesOptions extends Omit<ActionServices, 'roles' | 'republish'> {
  readonly store: Store
  readonly clock: Clock
  readonly broker: Pick<Broker, 'listen' | 'reserve' | 'publishFor'>
  readonly roles: RoleSessions
  readonly things: ThingReader
  readonly log: CloudLog
  readonly iotLog: IotLog
}

export interface Rules {
  readonly records: Pick<Table<RuleRecord>, 'get' | 'all' | 'page' | 'count'>
  /** Also in the place of one with the same name. @throws AwsError for what cannot be read or is not offered; nothing has changed then */
  put(record: RuleRecord): void
  remove(ruleName: string): void
  has(ruleName: string): boolean
  /** The topic filter in FROM, if there is one. */
  fromOf(ruleName: string): string | undefined
}

/** Rules that republish to each other would run for ever; AWS lets them, at their owner's cost. */
const DEEPEST = 10

export function openRules(options: RulesOptions): Rules {
  const { account, store, clock, broker, log, iotLog } = options
  const table = store.table<RuleRecord>('topic_rules')
  const compiled = new Map<string, CompiledRule>()
  const active = topicTree<CompiledRule>()
  const services = { ...options, roles: ruleRoles(options.roles, clock), republish: republisher(broker, clock) }

  const activate = (rule: CompiledRule) => {
    compiled.set(rule.ruleName, rule)
    if (!rule.isDisabled && rule.query.from !== undefined) active.add(rule.query.from, rule)
  }
  const deactivate = (ruleName: string) => {
    const rule = compiled.get(ruleName)
    if (rule?.query.from !== undefined) active.remove(rule.query.from, rule)
    compiled.delete(ruleName)
  }
  const run = (rules: readonly CompiledRule[], heard: DeviceMessage, topic: string) => {
    const message = messageFor(heard, { topic, accountId: account.accountId, now: clock.now() })
    const row = rowOf(message.payload)
    for (const rule of rules) runRule(rule, { scope: scopeOf({ ...message, askRegistry: asking(rule, message) }, row), receivedOn: heard.topic, log, iotLog })
  }
  const asking = ({ ruleName }: CompiledRule, { topic: topicName, traceId, clientId = 'N/A', principal: principalId }: RuleMessage) => (thingName: string, roleArn: string) => {
    const resource = arn('iot', account, `thing/${thingName}`)
    try {
      services.roles.require(roleArn, { ruleArn: ruleArn(account, ruleName), actions: ['iot:DescribeThing'], resource })
      return options.things.describe(thingName)
    } catch (error) {
      if (!(error instanceof ActionFailed)) throw error
      iotLog.failure({ eventType: 'FunctionExecution', ruleName, resources: { RegistryThing: resource }, topicName, traceId, clientId, principalId, reason: 'FunctionFailure', details: error.message })
      return undefined
    }
  }

  for (const [, record] of table.all()) restore(record, () => activate(compileRule(record, services)), log)
  broker.listen((message) => {
    const rules = active.match(message.topic)
    if (rules.length > 0) run(rules, message, message.topic)
  })
  broker.reserve('$aws/rules/', async (message) => {
    const { rule: ruleName = '', topic = '' } = ingested(message.topic) ?? {}
    const rule = compiled.get(ruleName)
    if (rule && !rule.isDisabled) return run([rule], message, topic)
    iotLog.failure({ eventType: 'RuleNotFound', ruleName, topicName: message.topic, clientId: message.clientId, principalId: message.principal, reason: 'RuleNotFound', details: `Rule ${ruleName} not found` })
  })
  return {
    records: table,
    put(record) {
      const rule = compileRule(record, services)
      table.put(record.ruleName, record)
      deactivate(record.ruleName)
      activate(rule)
    },
    remove(ruleName) {
      table.delete(ruleName)
      deactivate(ruleName)
    },
    has: (ruleName) => compiled.has(ruleName),
    fromOf: (ruleName) => compiled.get(ruleName)?.query.from,
  }
}

/** A rule that an older version let in and this one cannot read must not keep the cloud from starting. */
function restore({ ruleName }: RuleRecord, activate: () => void, log: CloudLog): void {
  try {
    activate()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    log.error('a topic rule cannot be read and stays off: replace or delete it', { ruleName, reason: error.message })
  }
}

function messageFor({ payload, clientId, principal }: DeviceMessage, { topic, accountId, now }: Pick<RuleMessage, 'topic' | 'accountId' | 'now'>): RuleMessage {
  const isMqtt = clientId !== '' && clientId !== NO_CLIENT
  return { topic, payload, accountId, now, clientId: isMqtt ? clientId : undefined, principal: principal === '' ? undefined : principal, traceId: randomUUID() }
}

/** Publishing runs further rules within this call. */
function republisher(broker: Pick<Broker, 'publishFor'>, clock: Clock): Republish {
  let depth = 0
  return ({ topic, payload, qos, properties }, ruleArn) => {
    if (depth >= DEEPEST) throw new ActionFailed(`${depth} rules have republished to one another; this looks like a loop and ends here`)
    depth++
    try {
      broker.publishFor(messageOf({ topic, payload, qos, properties }, { clientId: NO_CLIENT, nowMs: clock.now().getTime(), limits: AWS_LIMITS }), { principal: ruleArn })
    } finally {
      depth--
    }
  }
}
