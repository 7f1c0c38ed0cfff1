// sandbox/src/cloud/dynamodb/table-settings.ts: what a table has that the engine does not know: when items expire, back-ups, protection.
import { randomUUID } from 'node:crypto'
import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb'
import { type Account, arn } from '../account.ts'
import type { Store, Table } from '../store/store.ts'

export interface TableSettings {
  /** Name of the hash key: the condition key dynamodb:LeadingKeys asks for its value. */
  readonly hashKey: string
  readonly rangeKey: string | undefined
  readonly isProtected: boolean
  readonly isEncryptedByKms: boolean
  /** An id or an ARN. Undefined: that of AWS. */
  readonly kmsKey?: string | undefined
  /** Undefined of a table of an earlier version: the engine's own, which is shorter than AWS's. */
  readonly id?: string
  readonly tableClass: string | undefined
  readonly ttl: { readonly attribute: string; readonly isEnabled: boolean } | undefined
  readonly recoveryDays: number | undefined
  readonly recoverableSince?: Date | undefined
}

export const tableSettings = (store: Store): Table<TableSettings> => store.table('dynamodb_tables')

export const newSettings = ({ KeySchema = [], DeletionProtectionEnabled = false, SSESpecification, TableClass }: CreateTableCommandInput): TableSettings => ({
  hashKey: KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
  rangeKey: KeySchema.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName,
  isProtected: DeletionProtectionEnabled,
  isEncryptedByKms: SSESpecification?.Enabled ?? false,
  kmsKey: SSESpecification?.KMSMasterKeyId,
  id: randomUUID(),
  tableClass: TableClass,
  ttl: undefined,
  recoveryDays: undefined,
})

/** The engine's description of a table with what the engine does not know. */
export const withSettings = (description: TableDescription, settings: TableSettings | undefined, account: Account): TableDescription => ({
  ...description,
  ...(settings?.id !== undefined && { TableId: settings.id }),
  DeletionProtectionEnabled: settings?.isProtected ?? false,
  ...(settings?.isEncryptedByKms && { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', ...(settings.kmsKey !== undefined && { KMSMasterKeyArn: keyArn(settings.kmsKey, account) }) } }),
  ...(settings?.tableClass !== undefined && { TableClassSummary: { TableClass: settings.tableClass as 'STANDARD' } }), // as it was given
})

const keyArn = (key: string, account: Account) => (key.startsWith('arn:') ? key : arn('kms', account, key.startsWith('alias/') ? key : `key/${key}`))
