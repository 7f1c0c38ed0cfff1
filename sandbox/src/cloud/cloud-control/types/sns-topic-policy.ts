// sandbox/src/cloud/cloud-control/types/sns-topic-policy.ts: AWS::SNS::TopicInlinePolicy and AWS::SNS::TopicPolicy: who else may use a topic, or several.
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'

const TopicInlinePolicy = z.strictObject({ TopicArn: z.string(), PolicyDocument: PolicyText })

/** The document that was put there; SNS gives a topic without one its own, whose Id tells it. */
async function documentOf(TopicArn: string, { sns }: Handling): Promise<Record<string, unknown> | undefined> {
  const { Attributes = {} } = await sns.GetTopicAttributes({ TopicArn })
  const document = policyOf(Attributes['Policy'])
  return document['Id'] === '__default_policy_ID' ? undefined : document
}

/** An empty document gives the topic SNS's own again. */
const put = async (TopicArn: string | undefined, AttributeValue: string, { sns }: Handling) => sns.SetTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue })

export const topicInlinePolicy = resourceType<z.infer<typeof TopicInlinePolicy>>({
  typeName: 'AWS::SNS::TopicInlinePolicy',
  schema: TopicInlinePolicy,
  identifier: ['TopicArn'],
  createOnly: ['TopicArn'],
  readOnly: [],
  writeOnly: [],
  async create({ TopicArn, PolicyDocument }, handling) {
    if (await documentOf(TopicArn, handling)) throw new AwsError('ResourceAlreadyExistsException', `The topic ${TopicArn} has a policy already.`)
    await put(TopicArn, textOf(PolicyDocument), handling)
    return [TopicArn]
  },
  async read([TopicArn = ''], handling) {
    return { TopicArn, PolicyDocument: await theDocument(TopicArn, handling) }
  },
  async update([TopicArn], { after }, handling) {
    await put(TopicArn, textOf(after.PolicyDocument), handling)
  },
  async delete([TopicArn = ''], handling) {
    await theDocument(TopicArn, handling)
    await put(TopicArn, '', handling)
  },
  list: async (handling) => (await topicsWithPolicy(handling)).map((topicArn) => [topicArn]),
})

const TopicPolicy = z.strictObject({ Id: z.string().optional(), PolicyDocument: PolicyText, Topics: z.array(z.string()).min(1) })

/** Its id is made of the topics here, since nothing else remembers them; hence other topics are another resource. */
export const topicPolicy = resourceType<z.infer<typeof TopicPolicy>>({
  typeName: 'AWS::SNS::TopicPolicy',
  schema: TopicPolicy,
  identifier: ['Id'],
  createOnly: ['Topics'],
  readOnly: ['Id'],
  writeOnly: [],
  async create({ PolicyDocument, Topics }, handling) {
    for (const topicArn of Topics) await put(topicArn, textOf(PolicyDocument), handling)
    return [Topics.join(',')]
  },
  async read([Id = ''], handling) {
    const Topics = Id.split(',')
    return { Id, Topics, PolicyDocument: await theDocument(Topics[0] ?? '', handling) }
  },
  async update([Id = ''], { after }, handling) {
    for (const topicArn of Id.split(',')) await put(topicArn, textOf(after.PolicyDocument), handling)
  },
  async delete([Id = ''], handling) {
    for (const topicArn of Id.split(',')) {
      await theDocument(topicArn, handling)
      await put(topicArn, '', handling)
    }
  },
  list: async (handling) => (await topicsWithPolicy(handling)).map((topicArn) => [topicArn]),
})

async function theDocument(topicArn: string, handling: Handling): Promise<Record<string, unknown>> {
  const document = await documentOf(topicArn, handling)
  if (!document) throw new AwsError('NotFoundException', `The topic ${topicArn} has no policy of its own.`)
  return document
}

async function topicsWithPolicy(handling: Handling): Promise<readonly string[]> {
  const { Topics = [] } = await handling.sns.ListTopics({})
  const arns = Topics.map(({ TopicArn = '' }) => TopicArn)
  const found = await Promise.all(arns.map(async (topicArn) => ((await documentOf(topicArn, handling)) ? [topicArn] : [])))
  return found.flat()
}
