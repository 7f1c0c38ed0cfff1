// sandbox/src/cloud/cloud-control/types/dynamodb-table.ts: AWS::DynamoDB::Table.
import type { TableDescription } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })).min(1)
const Throughput = z.strictObject({ ReadCapacityUnits: z.number().int(), WriteCapacityUnits: z.number().int() })
const Index = z.strictObject({
  IndexName: z.string(),
  KeySchema,
  Projection: z.strictObject({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(), NonKeyAttributes: z.array(z.string()).optional() }),
  ProvisionedThroughput: Throughput.optional(),
})

const Table = z.strictObject({
  TableName: z.string().optional(),
  KeySchema,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })).optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: Throughput.optional(),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index.omit({ ProvisionedThroughput: true })).optional(),
  TableClass: z.enum(['STANDARD', 'STANDARD_INFREQUENT_ACCESS']).optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  SSESpecification: z.strictObject({ SSEEnabled: z.boolean(), SSEType: z.literal('KMS').optional(), KMSMasterKeyId: z.string().optional() }).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
  PointInTimeRecoverySpecification: z.strictObject({ PointInTimeRecoveryEnabled: z.boolean().optional(), RecoveryPeriodInDays: z.number().int().min(1).max(35).optional() }).optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  StreamArn: z.string().optional(),
})
type Table = z.infer<typeof Table>

export const table = resourceType<Table>({
  typeName: 'AWS::DynamoDB::Table',
  schema: Table,
  identifier: ['TableName'],
  createOnly: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  readOnly: ['Arn', 'StreamArn'],
  writeOnly: [],
  async create(model, handling) {
    const TableName = model.TableName ?? handling.generatedName()
    const { SSESpecification: encryption, TimeToLiveSpecification, PointInTimeRecoverySpecification, Arn: _, StreamArn: __, ...rest } = model
    await handling.dynamodb.CreateTable({ ...rest, TableName, BillingMode: model.BillingMode ?? 'PROVISIONED', SSESpecification: encryption && { Enabled: encryption.SSEEnabled, SSEType: encryption.SSEType, KMSMasterKeyId: encryption.KMSMasterKeyId } }) // its schema has the same members
    await settle(TableName, { before: undefined, after: { TimeToLiveSpecification, PointInTimeRecoverySpecification } }, handling)
    return [TableName]
  },
  async read([TableName = ''], { dynamodb }) {
    const { Table: found = {} } = await dynamodb.DescribeTable({ TableName })
    const { Tags } = await dynamodb.ListTagsOfResource({ ResourceArn: found.TableArn })
    const { TimeToLiveDescription: ttl } = await dynamodb.DescribeTimeToLive({ TableName })
    const { ContinuousBackupsDescription: backups } = await dynamodb.DescribeContinuousBackups({ TableName })
    const recovery = backups?.PointInTimeRecoveryDescription
    return {
      ...shown(found),
      TimeToLiveSpecification: ttl?.TimeToLiveStatus === 'ENABLED' ? { AttributeName: ttl.AttributeName, Enabled: true } : undefined,
      PointInTimeRecoverySpecification: recovery?.PointInTimeRecoveryStatus === 'ENABLED' ? { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: recovery.RecoveryPeriodInDays } : { PointInTimeRecoveryEnabled: false },
      Tags: fromTags(Tags),
    }
  },
  async update([TableName = ''], { before, after }, handling) {
    const changes = Object.fromEntries((['BillingMode', 'ProvisionedThroughput', 'DeletionProtectionEnabled', 'TableClass'] as const).flatMap((name) => (JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [[name, after[name]]])))
    if (JSON.stringify(before.GlobalSecondaryIndexes) !== JSON.stringify(after.GlobalSecondaryIndexes)) throw new AwsError('ValidationException', 'Not offered by the sandbox: changes of indexes.', { status: 400 })
    if (Object.keys(changes).length > 0) await handling.dynamodb.UpdateTable({ TableName, ...changes })
    await settle(TableName, { before, after }, handling)
    const { set, remove } = tagChange(before.Tags, after.Tags)
    const ResourceArn = before.Arn
    if (set.length > 0) await handling.dynamodb.TagResource({ ResourceArn, Tags: set })
    if (remove.length > 0) await handling.dynamodb.UntagResource({ ResourceArn, TagKeys: remove })
  },
  async delete([TableName], { dynamodb }) {
    await dynamodb.DeleteTable({ TableName })
  },
  async list({ dynamodb }) {
    const names = await allPages(async (ExclusiveStartTableName) => {
      const { TableNames: items, LastEvaluatedTableName: next } = await dynamodb.ListTables({ ExclusiveStartTableName })
      return { items, next }
    })
    return names.map((name) => [name])
  },
})

type Settings = Pick<Table, 'TimeToLiveSpecification' | 'PointInTimeRecoverySpecification'>

/** What CreateTable does not take. */
async function settle(TableName: string, { before, after }: { readonly before: Settings | undefined; readonly after: Settings }, { dynamodb }: Handling): Promise<void> {
  const [was, wanted] = [before?.TimeToLiveSpecification, after.TimeToLiveSpecification]
  const isChanged = was?.Enabled !== wanted?.Enabled || was?.AttributeName !== wanted?.AttributeName
  if (isChanged && was?.Enabled) await dynamodb.UpdateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: was.AttributeName, Enabled: false } })
  if (isChanged && wanted?.Enabled) await dynamodb.UpdateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: wanted.AttributeName, Enabled: true } })
  const [recovered, recovery] = [before?.PointInTimeRecoverySpecification, after.PointInTimeRecoverySpecification]
  if ((recovered?.PointInTimeRecoveryEnabled ?? false) !== (recovery?.PointInTimeRecoveryEnabled ?? false)) {
    await dynamodb.UpdateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery?.PointInTimeRecoveryEnabled ?? false, RecoveryPeriodInDays: recovery?.RecoveryPeriodInDays } })
  }
}

function shown({ TableName, TableArn, KeySchema: keys, AttributeDefinitions, BillingModeSummary, ProvisionedThroughput, DeletionProtectionEnabled, SSEDescription, TableClassSummary, GlobalSecondaryIndexes }: TableDescription): Table {
  const isOnDemand = BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  return {
    TableName,
    Arn: TableArn,
    KeySchema: keys as Table['KeySchema'], // DynamoDB has checked it
    AttributeDefinitions: AttributeDefinitions as Table['AttributeDefinitions'],
    BillingMode: isOnDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...(!isOnDemand && { ProvisionedThroughput: { ReadCapacityUnits: ProvisionedThroughput?.ReadCapacityUnits ?? 0, WriteCapacityUnits: ProvisionedThroughput?.WriteCapacityUnits ?? 0 } }),
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ IndexName = '', KeySchema: own, Projection = {} }) => ({ IndexName, KeySchema: own, Projection })) as Table['GlobalSecondaryIndexes'] }),
    ...(TableClassSummary?.TableClass && { TableClass: TableClassSummary.TableClass }),
    DeletionProtectionEnabled,
    ...(SSEDescription && { SSESpecification: { SSEEnabled: true, SSEType: 'KMS' as const } }),
  }
}
