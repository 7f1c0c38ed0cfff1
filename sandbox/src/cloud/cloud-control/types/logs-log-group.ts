// sandbox/src/cloud/cloud-control/types/logs-log-group.ts: AWS::Logs::LogGroup.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { asList, asMap, tagChange, TagList } from './tags.ts'

const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const

const LogGroup = z.strictObject({
  LogGroupName: z.string().min(1).max(512).regex(/^[.\-_/#A-Za-z0-9]+$/).optional(),
  RetentionInDays: z.union(DAYS.map((days) => z.literal(days))).optional(),
  LogGroupClass: z.enum(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']).optional(),
  KmsKeyId: z.string().max(256).optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
})
type LogGroup = z.infer<typeof LogGroup>

export const logGroup = resourceType<LogGroup>({
  typeName: 'AWS::Logs::LogGroup',
  schema: LogGroup,
  identifier: ['LogGroupName'],
  createOnly: ['LogGroupName'],
  readOnly: ['Arn'],
  writeOnly: [],
  async create(model, { logs, generatedName }) {
    const logGroupName = model.LogGroupName ?? generatedName()
    await logs.CreateLogGroup({ logGroupName, kmsKeyId: model.KmsKeyId, logGroupClass: model.LogGroupClass, ...(model.Tags ? { tags: asMap(model.Tags) } : {}) })
    if (model.RetentionInDays !== undefined) await logs.PutRetentionPolicy({ logGroupName, retentionInDays: model.RetentionInDays })
    return [logGroupName]
  },
  read: async ([logGroupName], handling) => describe(logGroupName, handling),
  async update([logGroupName], { before, after }, { logs }) {
    if (after.RetentionInDays === undefined) {
      if (before.RetentionInDays !== undefined) await logs.DeleteRetentionPolicy({ logGroupName })
    } else await logs.PutRetentionPolicy({ logGroupName, retentionInDays: after.RetentionInDays })
    const resourceArn = before.Arn?.replace(/:\*$/, '')
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await logs.TagResource({ resourceArn, tags: asMap(set) })
    if (remove.length > 0) await logs.UntagResource({ resourceArn, tagKeys: remove })
  },
  async delete([logGroupName], { logs }) {
    await logs.DeleteLogGroup({ logGroupName })
  },
  async list({ logs }) {
    const groups = await allPages(async (nextToken) => {
      const { logGroups, nextToken: next } = await logs.DescribeLogGroups({ nextToken })
      return { items: logGroups, next }
    })
    return groups.map(({ logGroupName = '' }) => [logGroupName])
  },
})

async function describe(logGroupName: string | undefined, { logs }: Handling): Promise<LogGroup> {
  const { logGroups = [] } = await logs.DescribeLogGroups({ logGroupNamePrefix: logGroupName })
  const found = logGroups.find((group) => group.logGroupName === logGroupName)
  if (!found) throw new AwsError('ResourceNotFoundException', `The log group ${logGroupName ?? ''} does not exist.`)
  const { tags } = await logs.ListTagsForResource({ resourceArn: found.arn?.replace(/:\*$/, '') })
  return {
    LogGroupName: found.logGroupName,
    Arn: found.arn,
    RetentionInDays: found.retentionInDays as LogGroup['RetentionInDays'], // Logs takes no other
    LogGroupClass: found.logGroupClass as LogGroup['LogGroupClass'], // nor another
    KmsKeyId: found.kmsKeyId,
    Tags: asList(tags),
  }
}
