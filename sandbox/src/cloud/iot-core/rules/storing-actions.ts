// sandbox/src/cloud/iot-core/rules/storing-actions.ts: what a rule selected becomes an item of a table, or a record of a delivery stream (AWS IoT guide, «DynamoDB», «DynamoDBv2», «Firehose»).
import type { DynamoDBAction, DynamoDBv2Action, FirehoseAction } from '@aws-sdk/client-iot'
import { arn } from '../../account.ts'
import { isObject } from '../json.ts'
import { invalidRequest } from '../registry/errors.ts'
import type { ActionOwner, ActionServices } from './action-services.ts'
import { ActionFailed, payloadOf, type RuleAction } from './rule-action.ts'
import { template } from './rule-query.ts'
import type { SqlValue } from './sql-values.ts'

/** The whole payload as one attribute, under keys of its own. */
export function dynamoDbAction(action: DynamoDBAction, { ruleArn }: ActionOwner, { account, items, roles }: ActionServices): RuleAction {
  const { tableName = '', roleArn = '', operation = 'INSERT', payloadField = 'payload', hashKeyField = '', hashKeyType, rangeKeyField, rangeKeyType } = action
  if (operation !== 'INSERT') throw invalidRequest('This sandbox does not offer operations of dynamoDB actions but INSERT.')
  const table = template(tableName)
  const [hash, range] = [template(action.hashKeyValue ?? ''), template(action.rangeKeyValue ?? '')]
  return {
    name: 'DynamoDBAction',
    resources: (scope) => ({ TableName: table(scope) }),
    async run(output, scope) {
      const name = table(scope)
      roles.require(roleArn, { ruleArn, actions: ['dynamodb:PutItem'], resource: arn('dynamodb', account, `table/${name}`) })
      const keys = { [hashKeyField]: typed(hash(scope), hashKeyType), ...(rangeKeyField !== undefined && { [rangeKeyField]: typed(range(scope), rangeKeyType) }) }
      await items.put(name, { ...keys, [payloadField]: output })
    },
  }
}

const typed = (text: string, type: string | undefined) => (type === 'NUMBER' ? Number(text) : text)

/** Each member of the payload as an attribute. */
export function dynamoDbV2Action({ roleArn = '', putItem }: DynamoDBv2Action, { ruleArn }: ActionOwner, { account, items, roles }: ActionServices): RuleAction {
  const table = template(putItem?.tableName ?? '')
  return {
    name: 'DynamoDBv2Action',
    resources: (scope) => ({ TableName: table(scope) }),
    async run(output, scope) {
      const name = table(scope)
      roles.require(roleArn, { ruleArn, actions: ['dynamodb:PutItem'], resource: arn('dynamodb', account, `table/${name}`) })
      await items.put(name, objectIn(output))
    },
  }
}

function objectIn(output: SqlValue): Readonly<Record<string, unknown>> {
  if (isObject(output)) return output
  throw new ActionFailed('The payload is no JSON object, so it has no attributes.')
}

const SEPARATORS = ['\n', '\t', '\r\n', ',']

export function firehoseAction({ deliveryStreamName = '', roleArn = '', separator = '', batchMode }: FirehoseAction, { ruleArn }: ActionOwner, { account, records, roles }: ActionServices): RuleAction {
  if (separator !== '' && !SEPARATORS.includes(separator)) throw invalidRequest('A separator is a line feed, a tab, a carriage return with line feed, or a comma.')
  const stream = template(deliveryStreamName)
  return {
    name: 'FirehoseAction',
    resources: (scope) => ({ DeliveryStreamName: stream(scope) }),
    run(output, scope) {
      const name = stream(scope)
      roles.require(roleArn, { ruleArn, actions: [batchMode ? 'firehose:PutRecordBatch' : 'firehose:PutRecord'], resource: arn('firehose', account, `deliverystream/${name}`) })
      const each: readonly SqlValue[] = batchMode && Array.isArray(output) ? (output as readonly SqlValue[]) : [output] // readonly arrays escape Array.isArray's type
      for (const one of each) records.put(name, Buffer.concat([payloadOf(one), Buffer.from(separator)]))
    },
  }
}
