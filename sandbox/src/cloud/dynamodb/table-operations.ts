// sandbox/src/cloud/dynamodb/table-operations.ts: tables and what belongs to them: time to live, point-in-time recovery, protection.
import type { DescribeTableCommandOutput, TableDescription } from '@aws-sdk/client-dynamodb'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OperationsOf } from '../service.ts'
import type { Table } from '../store/store.ts'
import { fromEngine, toEngine } from './attribute-values.ts'
import type { Engine } from './engine.ts'
import { refuseUnoffered } from './table-refusals.ts'
import { newSettings, type TableSettings, withSettings } from './table-settings.ts'

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
  const knownForBackups = (name = ''): TableSettings => {
    const found = settings.get(nameIn(name))
    if (found) return found
    throw new AwsError('TableNotFoundException', `Table not found: ${nameIn(name)}`)
  }
  const change = (name: string | undefined, changes: Partial<TableSettings>) => settings.put(nameIn(name ?? ''), { ...known(name), ...changes })
  const described = (description: TableDescription): TableDescription => withSettings(description, settings.get(description.TableName ?? ''), account)
  return {
    async CreateTable(input) {
      refuseUnoffered(input)
      const { TableDescription = {} } = await call<{ TableDescription?: TableDescription }>('CreateTable', input)
      settings.put(input.TableName ?? '', newSettings(input))
      if (input.Tags?.length) await call('TagResource', { ResourceArn: arn('dynamodb', account, `table/${input.TableName ?? ''}`), Tags: input.Tags })
      return { TableDescription: described(TableDescription) }
    },
    async DescribeTable(input) {
      const { Table } = await call<Pick<DescribeTableCommandOutput, 'Table'>>('DescribeTable', { TableName: nameIn(input.TableName ?? '') })
      return { Table: Table && described(Table) }
    },
    async UpdateTable(input) {
      refuseUnoffered(input)
      const { TableName: name = '', BillingMode, ProvisionedThroughput, GlobalSecondaryIndexUpdates, DeletionProtectionEnabled: isProtected, TableClass: tableClass, SSESpecification: encryption } = input
      const ofEngine = { BillingMode, ProvisionedThroughput, GlobalSecondaryIndexUpdates }
      const ofSettings = { ...(isProtected !== undefined && { isProtected }), ...(tableClass !== undefined && { tableClass }), ...(encryption && { isEncryptedByKms: encryption.Enabled === true, kmsKey: encryption.KMSMasterKeyId }) }
      const isOfSettingsAlone = Object.values(ofEngine).every((value) => value === undefined) && Object.keys(ofSettings).length > 0
      if (!isOfSettingsAlone) await call('UpdateTable', { TableName: nameIn(name), ...ofEngine }) // nothing at all, too: that is refused
      change(name, ofSettings)
      const { Table = {} } = await call<{ Table?: TableDescription }>('DescribeTable', { TableName: nameIn(name) })
      return { TableDescription: described(Table) }
    },
    async DeleteTable({ TableName }) {
      const name = nameIn(TableName ?? '')
      if (settings.get(name)?.isProtected) throw new AwsError('ValidationException', `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`, { status: 400 })
      const { TableDescription = {} } = await call<{ TableDescription?: TableDescription }>('DeleteTable', { TableName: name })
      const answer = { TableDescription: described(TableDescription) }
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
      return { ContinuousBackupsDescription: backupsOf(knownForBackups(TableName), clock) }
    },
    UpdateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled = false, RecoveryPeriodInDays = MOST_RECOVERY_DAYS } = { PointInTimeRecoveryEnabled: false } }) {
      const { recoveryDays, recoverableSince } = knownForBackups(TableName)
      change(TableName, PointInTimeRecoveryEnabled ? { recoveryDays: RecoveryPeriodInDays, recoverableSince: recoveryDays === undefined ? clock.now() : recoverableSince } : { recoveryDays: undefined, recoverableSince: undefined })
      return { ContinuousBackupsDescription: backupsOf(knownForBackups(TableName), clock) }
    },
  } satisfies Operations
}

/** Operations take the ARN for the name. */
export const nameIn = (nameOrArn: string) => nameOrArn.split('/').at(-1) ?? ''

const backupsOf = ({ recoveryDays, recoverableSince }: TableSettings, clock: Clock) => ({
  ContinuousBackupsStatus: 'ENABLED' as const,
  PointInTimeRecoveryDescription:
    recoveryDays === undefined
      ? { PointInTimeRecoveryStatus: 'DISABLED' as const }
      : { PointInTimeRecoveryStatus: 'ENABLED' as const, RecoveryPeriodInDays: recoveryDays, EarliestRestorableDateTime: earliest(recoverableSince, recoveryDays, clock.now()), LatestRestorableDateTime: clock.now() },
})

/** As far back as the period goes, and never before it was switched on. */
const earliest = (since: Date | undefined, days: number, now: Date) => new Date(Math.max(since?.getTime() ?? 0, now.getTime() - days * 86_400_000))
