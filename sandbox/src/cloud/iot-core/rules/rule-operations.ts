// sandbox/src/cloud/iot-core/rules/rule-operations.ts: IoT's control plane for topic rules (AWS IoT API reference).
import type { TopicRulePayload } from '@aws-sdk/client-iot'
import type { Account } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Clock } from '../../clock.ts'
import { matching, notLongerThan, notShorterThan, oneOf, violations } from '../../constraint.ts'
import type { Store } from '../../store/store.ts'
import { AWS_LIMITS } from '../broker/limits.ts'
import { matches } from '../broker/topic-tree.ts'
import { faultOfFilter } from '../broker/topics.ts'
import { alreadyExists, invalidRequest, required } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import type { ResourceTags } from '../resource-tags.ts'
import { ruleQuery } from './rule-query.ts'
import { ruleArn, type RuleRecord } from './rule-record.ts'
import type { Rules } from './rules.ts'
import { sqlError } from './sql-tokens.ts'

export interface RuleOperationsOptions {
  readonly account: Account
  readonly clock: Clock
  readonly store: Store
  readonly rules: Rules
  readonly tags: ResourceTags
}

const MOST_ACTIONS = 10
/** The newest stable version; what is written for the older one runs by the newer one's words. */
const OLDEST_VERSION = '2015-10-08'

export function ruleOperations({ account, clock, store, rules, tags }: RuleOperationsOptions) {
  const theRule = (ruleName = ''): RuleRecord => rules.records.get(ruleName) ?? refuse(ruleName)
  const change = (ruleName: string | undefined, part: Partial<RuleRecord>) => {
    rules.put({ ...theRule(ruleName), ...part })
    return {}
  }
  return {
    CreateTopicRule(input) {
      const ruleName = checkName(input.ruleName)
      const record: RuleRecord = { ruleName, ...readPayload(input.topicRulePayload), createdAt: clock.now() }
      const resourceArn = ruleArn(account, ruleName)
      if (rules.has(ruleName)) throw alreadyExists(`Rule already exists with name: ${ruleName}`, ruleName, resourceArn)
      store.transaction(() => {
        tags.set(resourceArn, readTags(input.tags))
        rules.put(record)
      })
      return {}
    },
    ReplaceTopicRule({ ruleName, topicRulePayload }) {
      const { createdAt } = theRule(ruleName)
      rules.put({ ruleName: checkName(ruleName), ...readPayload(topicRulePayload), createdAt })
      return {}
    },
    GetTopicRule({ ruleName }) {
      const record = theRule(ruleName)
      return { ruleArn: ruleArn(account, record.ruleName), rule: { ...record, actions: [...record.actions] } }
    },
    ListTopicRules({ topic, ruleDisabled, maxResults, nextToken }) {
      const keep = (_key: string, rule: RuleRecord) => (ruleDisabled === undefined || rule.ruleDisabled === ruleDisabled) && (topic === undefined || isOnTopic(rules.fromOf(rule.ruleName), topic))
      const { items, next } = listed(rules.records, { token: nextToken, size: maxResults, keep })
      return {
        rules: items.map(([, rule]) => ({ ruleArn: ruleArn(account, rule.ruleName), ruleName: rule.ruleName, topicPattern: rules.fromOf(rule.ruleName), createdAt: rule.createdAt, ruleDisabled: rule.ruleDisabled })),
        nextToken: next,
      }
    },
    DeleteTopicRule({ ruleName }) {
      const record = theRule(ruleName)
      store.transaction(() => {
        tags.removeAll(ruleArn(account, record.ruleName))
        rules.remove(record.ruleName)
      })
      return {}
    },
    EnableTopicRule: ({ ruleName }) => change(ruleName, { ruleDisabled: false }),
    DisableTopicRule: ({ ruleName }) => change(ruleName, { ruleDisabled: true }),
  } satisfies Partial<IotOperations>
}

/** AWS answers so for rules that are not there, too. */
function refuse(ruleName: string): never {
  throw new AwsError('UnauthorizedException', `Access to topic rule '${ruleName}' was denied`)
}

function checkName(ruleName: string | undefined): string {
  const message = violations(['ruleName', ruleName, notShorterThan(1), notLongerThan(128), matching(/^[a-zA-Z0-9_]+$/)])
  if (message !== undefined) throw invalidRequest(message)
  return required(ruleName, 'ruleName')
}

function readPayload(given: TopicRulePayload | undefined): Omit<RuleRecord, 'ruleName' | 'createdAt'> {
  const { sql: text, description, actions: named, ruleDisabled = false, awsIotSqlVersion = OLDEST_VERSION, errorAction } = required(given, 'topicRulePayload')
  const [sql, actions] = [required(text, 'topicRulePayload.sql'), required(named, 'topicRulePayload.actions')]
  const message = violations(['topicRulePayload.actions', actions, notLongerThan(MOST_ACTIONS)], ['topicRulePayload.awsIotSqlVersion', awsIotSqlVersion, oneOf(OLDEST_VERSION, '2016-03-23', 'beta')])
  if (message !== undefined) throw invalidRequest(message)
  const { from } = ruleQuery(sql)
  const fault = from === undefined ? undefined : faultOfFilter(from, AWS_LIMITS)
  if (fault !== undefined) throw sqlError(`FROM '${from ?? ''}': ${fault}`, sql.indexOf(from ?? ''))
  return { sql, actions, ruleDisabled, awsIotSqlVersion, ...(description !== undefined && { description }), ...(errorAction && { errorAction }) }
}

const isOnTopic = (from: string | undefined, topic: string) => from !== undefined && (from === topic || matches(from, topic))

/** `key1=value1&key2=value2`, as the header has it. */
const readTags = (tags: string | undefined) => [...new URLSearchParams(tags ?? '')].map(([Key, Value]) => ({ Key, Value }))
