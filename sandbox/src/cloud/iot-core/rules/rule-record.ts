// sandbox/src/cloud/iot-core/rules/rule-record.ts: a topic rule as it is kept, and how its ARN is spelled.
import type { Action } from '@aws-sdk/client-iot'
import { arn, type Account } from '../../account.ts'

export interface RuleRecord {
  readonly ruleName: string
  readonly sql: string
  readonly description?: string
  readonly actions: readonly Action[]
  readonly errorAction?: Action
  readonly ruleDisabled: boolean
  readonly awsIotSqlVersion: string
  readonly createdAt: Date
}

export const ruleArn = (account: Account, ruleName: string): string => arn('iot', account, `rule/${ruleName}`)
