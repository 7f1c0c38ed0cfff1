// sandbox/src/cloud/kms/key-records.ts: keys and their aliases as they are kept, how both are named, and the errors that all operations share.
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { Store, Table } from '../store/store.ts'

export interface KeyRecord {
  readonly id: string
  readonly description: string
  readonly createdAt: Date
  /** JSON text, as it was given. */
  readonly policy: string
  readonly tags: Readonly<Record<string, string>>
  /** 32 bytes, base64. It never leaves the cloud. */
  readonly material: string
  /** 64 hexadecimal digits. */
  readonly materialId: string
  readonly rotation?: { readonly periodDays: number; readonly since: Date }
  /** Only when somebody has disabled it, or a deletion of it was cancelled. */
  readonly isDisabled?: boolean
  /** Only when it was scheduled. */
  readonly deletion?: { readonly at: Date; readonly windowDays: number }
}

export interface AliasRecord {
  /** `alias/mine` */
  readonly name: string
  readonly keyId: string
  readonly createdAt: Date
}

export interface Keys {
  put(key: KeyRecord): void
  all(): readonly KeyRecord[]
  /** By id, ARN, alias name or alias ARN. */
  find(identifier: string | undefined): KeyRecord | undefined
  /** @throws AwsError NotFoundException */
  at(identifier: string | undefined): KeyRecord
  /** For operations that take no alias: most that manage a key. @throws AwsError NotFoundException, InvalidArnException */
  byId(identifier: string | undefined): KeyRecord
  /** In the order of their names; without those of keys that have been deleted since. */
  aliases(keyId?: string): readonly AliasRecord[]
  putAlias(alias: AliasRecord): void
}

export const keyArn = (account: Account, id: string) => arn('kms', account, `key/${id}`)
export const aliasArn = (account: Account, name: string) => arn('kms', account, name)

export function keysIn(store: Store, account: Account, clock: Clock): Keys {
  const records: Table<KeyRecord> = store.table('kms_keys')
  const aliases: Table<AliasRecord> = store.table('kms_aliases')
  const live = (id: string) => {
    const key = records.get(id)
    return key?.deletion && key.deletion.at <= clock.now() ? undefined : key
  }
  const ours = arn('kms', account, '')
  const local = (identifier: string) => (identifier.startsWith(ours) ? identifier.slice(ours.length).replace(/^key\//, '') : identifier)
  const find = (identifier = '') => {
    const name = local(identifier)
    if (!name.startsWith('alias/')) return live(name)
    const alias = aliases.get(name)
    return alias && live(alias.keyId)
  }
  const at = (identifier = '') => {
    const key = find(identifier)
    if (key) return key
    throw missing(identifier, local(identifier), account)
  }
  return {
    put: (key) => records.put(key.id, key),
    all: () => records.all().flatMap(([id]) => live(id) ?? []),
    find,
    at,
    byId(identifier = '') {
      if (identifier.startsWith('alias/')) throw refusal('NotFoundException', `Invalid keyId '${identifier}'`)
      if (/^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(identifier)) throw refusal('InvalidArnException', `Invalid arn ${identifier}`)
      return at(identifier)
    },
    aliases: (keyId) => aliases.all().map(([, alias]) => alias).filter((alias) => live(alias.keyId) !== undefined && (keyId === undefined || alias.keyId === keyId)),
    putAlias: (alias) => aliases.put(alias.name, alias),
  }
}

function missing(identifier: string, name: string, account: Account): AwsError {
  if (identifier.startsWith('arn:') && name === identifier) {
    const [, , service, region = ''] = identifier.split(':')
    return service === 'kms' && region !== account.region ? refusal('NotFoundException', `Invalid arn ${region}`) : refusal('InvalidArnException', `Invalid arn ${identifier}`)
  }
  if (name.startsWith('alias/')) return refusal('NotFoundException', `Alias ${aliasArn(account, name)} is not found.`)
  return refusal('NotFoundException', /^(mrk-[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/.test(name) ? `Key '${keyArn(account, name)}' does not exist` : `Invalid keyId '${identifier}'`)
}

/** What a key that is to be deleted cannot do any more (KMS guide, «Key states»). @throws AwsError KMSInvalidStateException */
export function usable(key: KeyRecord, account: Account): KeyRecord {
  if (key.deletion) throw refusal('KMSInvalidStateException', `${keyArn(account, key.id)} is pending deletion.`)
  return key
}

/** For what encrypts, decrypts or rotates: a disabled key only manages itself (KMS guide, «Key states»). @throws AwsError DisabledException, KMSInvalidStateException */
export function enabled(key: KeyRecord, account: Account): KeyRecord {
  if (usable(key, account).isDisabled === true) throw refusal('DisabledException', `${keyArn(account, key.id)} is disabled.`)
  return key
}

/** Whatever the model says: KMS refuses with 400 (API reference, «Common errors» and those of each operation). */
export const refusal = (code: string, message: string) => new AwsError(code, message, { status: 400 })
export const invalid = (message: string) => refusal('ValidationException', message)
export const notOffered = (what: string) => refusal('UnsupportedOperationException', `Not offered by the sandbox: ${what}.`)
