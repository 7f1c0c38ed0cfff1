// sandbox/src/cloud/dynamodb/table-operations.ts: tables and what belongs to them: time to live, point-in-time recovery, protection.
import type { CreateTableCommandInput, DescribeTableCommandOutput, TableDescription } from '@aws-sdk/client-dynamodb'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import type { Table } from '../store/store.ts'
import { fromEngine, toEngine } from './attribute-values.ts'
import type { Engine } from './engine.ts'
import type { TableSettings } from './table-settings.ts'

type Operations = OperationsOf<typeof import('@aws-sdk/client-dynamodb')>

export interface TableContext {
  readonly account: Account
  readonly engine: Engine
  readonly settings: Table<TableSettings>
  readonly clock: Clock
}

const MOST_RECOVERY_DAYS = 35

export function tableOperations({ account, engine, settings, clock }: TableContext) {
  const call = async <Answer>(operation: string, input: object): Promise<Answer> => fromEngine(await engine.call(operation, toEngine(input) as object)) as Answer
  const known = (name = ''): TableSettings => {
    const found = settings.get(nameIn(name))
    if (found) return found
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`)
  }
  const change = (name: string | undefined, changes: Partial<TableSettings>) => settings.put(nameIn(name ?? ''), { ...known(name), ...changes })
  const described = (description: TableDescription): TableDescription => withSettings(description, settings.get(description.TableName ?? ''))
  return {
    async CreateTable(input) {
      refuseUnknown(input)
      const { TableDescription = {} } = await call<{ TableDescription?: TableDescription }>('CreateTable', input)
      settings.put(input.TableName ?? '', newSettings(input))
      if (input.Tags?.length) await call('TagResource', { ResourceArn: arn('dynamodb', account, `table/${input.TableName ?? ''}`), Tags: input.Tags })
      return { TableDescription: described(TableDescription) }
    },
    async DescribeTable(input) {
      const { Table } = await call<Pick<DescribeTableCommandOutput, 'Table'>>('DescribeTable', { TableName: nameIn(input.TableName ?? '') })
      return { Table: Table && described(Table) }
    },
    async UpdateTable({ DeletionProtectionEnabled, TableClass, SSESpecification, TableName, ...rest }) {
      if (DeletionProtectionEnabled !== undefined) change(TableName, { isProtected: DeletionProtectionEnabled })
      if (TableClass !== undefined) change(TableName, { tableClass: TableClass })
      if (SSESpecification?.Enabled !== undefined) change(TableName, { isEncryptedByKms: SSESpecification.Enabled })
      const hasMore = (Object.values(rest) as unknown[]).some((value) => value !== undefined) // undefined for members that were not sent
      if (hasMore) return call('UpdateTable', { TableName, ...rest })
      const { Table = {} } = await call<{ Table?: TableDescription }>('DescribeTable', { TableName })
      return { TableDescription: described(Table) }
    },
    async DeleteTable({ TableName }) {
      const name = nameIn(TableName ?? '')
      if (settings.get(name)?.isProtected) throw new AwsError('ValidationException', `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`, { status: 400 })
      const answer = await call<{ TableDescription?: TableDescription }>('DeleteTable', { TableName: name })
      settings.delete(name)
      return answer
    },
    ListTables: (input) => call('ListTables', input),
    TagResource: (input) => call('TagResource', input),
    UntagResource: (input) => call('UntagResource', input),
    ListTagsOfResource: (input) => call('ListTagsOfResource', input),
    UpdateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: attribute = '', Enabled: isEnabled = false } = {} }) {
      const { ttl } = known(TableName)
      if (ttl?.isEnabled === true && isEnabled) throw new AwsError('ValidationException', 'TimeToLive is already enabled', { status: 400 })
      if (ttl?.isEnabled !== true && !isEnabled) throw new AwsError('ValidationException', 'TimeToLive is already disabled', { status: 400 })
      change(TableName, { ttl: { attribute, isEnabled } })
      return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isEnabled } }
    },
    DescribeTimeToLive({ TableName }) {
      const { ttl } = known(TableName)
      return { TimeToLiveDescription: ttl?.isEnabled ? { TimeToLiveStatus: 'ENABLED', AttributeName: ttl.attribute } : { TimeToLiveStatus: 'DISABLED' } }
    },
    DescribeContinuousBackups({ TableName }) {
      return { ContinuousBackupsDescription: backupsOf(known(TableName), clock) }
    },
    UpdateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled = false, RecoveryPeriodInDays = MOST_RECOVERY_DAYS } = { PointInTimeRecoveryEnabled: false } }) {
      change(TableName, { recoveryDays: PointInTimeRecoveryEnabled ? RecoveryPeriodInDays : undefined })
      return { ContinuousBackupsDescription: backupsOf(known(TableName), clock) }
    },
  } satisfies Operations
}

/** Operations take the ARN for the name. */
export const nameIn = (nameOrArn: string) => nameOrArn.split('/').at(-1) ?? ''

function refuseUnknown({ StreamSpecification, GlobalTableWitnesses, WarmThroughput }: CreateTableCommandInput & { readonly GlobalTableWitnesses?: unknown }): void {
  const not = StreamSpecification?.StreamEnabled ? 'streams' : GlobalTableWitnesses ? 'global tables' : WarmThroughput ? 'warm throughput' : undefined
  if (not !== undefined) throw new AwsError('ValidationException', `Not offered by the sandbox: ${not}.`, { status: 400 })
}

const newSettings = ({ KeySchema = [], DeletionProtectionEnabled = false, SSESpecification, TableClass }: CreateTableCommandInput): TableSettings => ({
  hashKey: KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
  rangeKey: KeySchema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
  isProtected: DeletionProtectionEnabled,
  isEncryptedByKms: SSESpecification?.Enabled ?? false,
  tableClass: TableClass,
  ttl: undefined,
  recoveryDays: undefined,
})

const withSettings = (description: TableDescription, settings: TableSettings | undefined): TableDescription => ({
  ...description,
  DeletionProtectionEnabled: settings?.isProtected ?? false,
  ...(settings?.isEncryptedByKms && { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' } }),
  ...(settings?.tableClass !== undefined && { TableClassSummary: { TableClass: settings.tableClass as 'STANDARD' } }), // as it was given
})

const backupsOf = ({ recoveryDays }: TableSettings, clock: Clock) => ({
  ContinuousBackupsStatus: 'ENABLED' as const,
  PointInTimeRecoveryDescription:
    recoveryDays === undefined
      ? { PointInTimeRecoveryStatus: 'DISABLED' as const }
      : { PointInTimeRecoveryStatus: 'ENABLED' as const, RecoveryPeriodInDays: recoveryDays, LatestRestorableDateTime: clock.now() },
})
