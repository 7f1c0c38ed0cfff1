// sandbox/src/cloud/dynamodb/table-settings.ts: what a table has that the engine does not know: when items expire, back-ups, protection.
import type { Store, Table } from '../store/store.ts'

export interface TableSettings {
  /** Name of the hash key: the condition key dynamodb:LeadingKeys asks for its value. */
  readonly hashKey: string
  readonly rangeKey: string | undefined
  readonly isProtected: boolean
  readonly isEncryptedByKms: boolean
  readonly tableClass: string | undefined
  readonly ttl: { readonly attribute: string; readonly isEnabled: boolean } | undefined
  readonly recoveryDays: number | undefined
}

export const tableSettings = (store: Store): Table<TableSettings> => store.table('dynamodb_tables')
