// sandbox/src/cloud/cloud-control/types/iot-topic-rule.ts: AWS::IoT::TopicRule.
import type { TopicRulePayload as ApiPayload } from '@aws-sdk/client-iot'
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { lower, renamed, upper } from './letter-case.ts'
import { asMap, TagList } from './tags.ts'

const role = z.string()
/** The members of those that the sandbox's rules carry out are checked here; of the others the service says that it does not offer them. */
const Action = z.strictObject({
  CloudwatchLogs: z.strictObject({ LogGroupName: z.string(), RoleArn: role, BatchMode: z.boolean().optional() }).optional(),
  CloudwatchMetric: z.strictObject({ MetricName: z.string(), MetricNamespace: z.string(), MetricValue: z.string(), MetricUnit: z.string(), MetricTimestamp: z.string().optional(), RoleArn: role }).optional(),
  Lambda: z.strictObject({ FunctionArn: z.string().optional() }).optional(),
  Republish: z
    .strictObject({
      Topic: z.string(),
      RoleArn: role,
      Qos: z.number().int().min(0).max(1).optional(),
      Headers: z
        .strictObject({
          PayloadFormatIndicator: z.string().optional(),
          ContentType: z.string().optional(),
          ResponseTopic: z.string().optional(),
          CorrelationData: z.string().optional(),
          MessageExpiry: z.string().optional(),
          UserProperties: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
        })
        .optional(),
    })
    .optional(),
  S3: z.strictObject({ BucketName: z.string(), Key: z.string(), RoleArn: role, CannedAcl: z.string().optional() }).optional(),
  Sns: z.strictObject({ TargetArn: z.string(), RoleArn: role, MessageFormat: z.string().optional() }).optional(),
  Sqs: z.strictObject({ QueueUrl: z.string(), RoleArn: role, UseBase64: z.boolean().optional() }).optional(),
  DynamoDB: z
    .strictObject({
      TableName: z.string(),
      RoleArn: role,
      HashKeyField: z.string(),
      HashKeyValue: z.string(),
      HashKeyType: z.string().optional(),
      RangeKeyField: z.string().optional(),
      RangeKeyValue: z.string().optional(),
      RangeKeyType: z.string().optional(),
      PayloadField: z.string().optional(),
    })
    .optional(),
  DynamoDBv2: z.strictObject({ PutItem: z.strictObject({ TableName: z.string() }).optional(), RoleArn: role.optional() }).optional(),
  Firehose: z.strictObject({ DeliveryStreamName: z.string(), RoleArn: role, Separator: z.string().optional(), BatchMode: z.boolean().optional() }).optional(),
  ...Object.fromEntries(
    [
      'CloudwatchAlarm',
      'Elasticsearch',
      'Http',
      'IotAnalytics',
      'IotEvents',
      'IotSiteWise',
      'Kafka',
      'Kinesis',
      'Location',
      'OpenSearch',
      'StepFunctions',
      'Timestream',
    ].map((name) => [name, z.record(z.string(), z.unknown()).optional()] as const),
  ),
})

const TopicRule = z.strictObject({
  RuleName: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[a-zA-Z0-9_]+$/)
    .optional(),
  TopicRulePayload: z.strictObject({
    Sql: z.string(),
    Actions: z.array(Action).max(10),
    ErrorAction: Action.optional(),
    AwsIotSqlVersion: z.string().optional(),
    Description: z.string().optional(),
    RuleDisabled: z.boolean().optional(),
  }),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
})
type TopicRule = z.infer<typeof TopicRule>

export const topicRule = resourceType<TopicRule>({
  typeName: 'AWS::IoT::TopicRule',
  schema: TopicRule,
  identifier: ['RuleName'],
  createOnly: ['RuleName'],
  readOnly: ['Arn'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const ruleName = model.RuleName ?? generatedName().replace('-', '_')
    const tags = new URLSearchParams(asMap(model.Tags)).toString()
    await iot.CreateTopicRule({ ruleName, topicRulePayload: payloadOf(model), ...(tags === '' ? {} : { tags }) })
    return [ruleName]
  },
  async read([ruleName], handling) {
    const { ruleArn, rule } = await handling.iot.GetTopicRule({ ruleName }).catch(async (error: unknown) => {
      if (isUnauthorized(error) && !(await ruleNames(handling)).includes(ruleName ?? ''))
        throw new AwsError('ResourceNotFoundException', `The rule ${ruleName ?? ''} does not exist.`)
      throw error
    })
    const { sql = '', description, awsIotSqlVersion, ruleDisabled, actions = [], errorAction } = rule ?? {}
    const payload = renamed({ sql, description: description || undefined, awsIotSqlVersion, ruleDisabled, actions, errorAction }, upper, OPAQUE)
    return { RuleName: ruleName, Arn: ruleArn, TopicRulePayload: payload as TopicRule['TopicRulePayload'], Tags: await iotTags(handling, ruleArn) } // the service's own names, capitalised
  },
  async update([ruleName], { before, after }, handling) {
    await handling.iot.ReplaceTopicRule({ ruleName, topicRulePayload: payloadOf(after) })
    await changeIotTags(handling, before.Arn, { before: before.Tags, after: after.Tags })
  },
  async delete([ruleName], { iot }) {
    await iot.DeleteTopicRule({ ruleName })
  },
  list: async (handling) => (await ruleNames(handling)).map((name) => [name]),
})

async function ruleNames({ iot }: Handling): Promise<string[]> {
  const rules = await allPages(async (nextToken) => {
    const { rules, nextToken: next } = await iot.ListTopicRules({ nextToken })
    return { items: rules, next }
  })
  return rules.map(({ ruleName = '' }) => ruleName)
}

/** What AWS IoT answers for a rule that does not exist (API reference, GetTopicRule). */
const isUnauthorized = (error: unknown) => error instanceof AwsError && error.code === 'UnauthorizedException'

/** Names within it are Kafka's own. */
const OPAQUE = new Set(['clientProperties', 'ClientProperties'])

const payloadOf = ({ TopicRulePayload: payload }: TopicRule): ApiPayload => renamed({ RuleDisabled: false, ...payload }, lower, OPAQUE) as ApiPayload // the schema has the same members
