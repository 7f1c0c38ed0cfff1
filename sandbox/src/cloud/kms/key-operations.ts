// sandbox/src/cloud/kms/key-operations.ts: KMS's operations on keys themselves (API reference): symmetric keys for encryption, in one region.
import { randomBytes, randomUUID } from 'node:crypto'
import type { Tag } from '@aws-sdk/client-kms'
import { type Account, globalArn } from '../account.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost, violations } from '../constraint.ts'
import { compile, PolicyMalformed } from '../iam/policy-evaluation.ts'
import type { Call, OperationsOf } from '../service.ts'
import { namesOf } from '../wire/authorisation.ts'
import { pageOfList } from '../wire/paging.ts'
import { invalid, keyArn, enabled, type KeyRecord, type Keys, notOffered, refusal, usable } from './key-records.ts'

type Kms = OperationsOf<typeof import('@aws-sdk/client-kms')>

export interface KmsContext {
  readonly account: Account
  readonly clock: Clock
  readonly keys: Keys
}

const DAY_MS = 86_400_000
const MOST_TAGS = 50

export function keyOperations({ account, clock, keys }: KmsContext) {
  const change = (key: KeyRecord, changes: Partial<KeyRecord>) => {
    keys.put({ ...key, ...changes })
    return {}
  }
  return {
    CreateKey(input, call) {
      refuseOtherKinds(input)
      const id = randomUUID()
      const policy = checkedPolicy(input.Policy ?? defaultPolicy(account), { id, account, call, isFree: input.BypassPolicyLockoutSafetyCheck === true })
      const key: KeyRecord = { id, description: input.Description ?? '', createdAt: clock.now(), policy, tags: tagged({}, input.Tags), material: randomBytes(32).toString('base64'), materialId: randomBytes(32).toString('hex') }
      keys.put(key)
      return { KeyMetadata: described(key, account) }
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: described(keys.at(KeyId), account) }),
    ListKeys({ Limit, Marker }) {
      refuse(violations(['limit', Limit, atLeast(1), atMost(1000)]))
      const { items, nextToken } = pageOfList(keys.all(), { keyOf: ({ id }) => id, token: Marker, size: { asked: Limit, usual: 100, most: 1000 }, invalid: invalidMarker })
      return { Keys: items.map(({ id }) => ({ KeyId: id, KeyArn: keyArn(account, id) })), NextMarker: nextToken, Truncated: nextToken !== undefined }
    },
    EnableKeyRotation({ KeyId, RotationPeriodInDays = 365 }) {
      refuse(violations(['rotationPeriodInDays', RotationPeriodInDays, atLeast(90), atMost(2560)]))
      return change(enabled(keys.byId(KeyId), account), { rotation: { periodDays: RotationPeriodInDays, since: clock.now() } })
    },
    GetKeyRotationStatus({ KeyId }) {
      const { id, rotation, deletion } = keys.byId(KeyId)
      if (!rotation || deletion) return { KeyId: keyArn(account, id), KeyRotationEnabled: false }
      return { KeyId: keyArn(account, id), KeyRotationEnabled: true, RotationPeriodInDays: rotation.periodDays, NextRotationDate: nextRotation(rotation, clock.now()) }
    },
    GetKeyPolicy({ KeyId, PolicyName = 'default' }) {
      const { policy } = keys.byId(KeyId)
      if (PolicyName !== 'default') throw noSuchPolicy()
      return { Policy: policy, PolicyName }
    },
    PutKeyPolicy({ KeyId, PolicyName = 'default', Policy = '', BypassPolicyLockoutSafetyCheck }, call) {
      const key = keys.byId(KeyId)
      if (PolicyName !== 'default') throw noSuchPolicy()
      return change(key, { policy: checkedPolicy(Policy, { id: key.id, account, call, isFree: BypassPolicyLockoutSafetyCheck === true }) })
    },
    TagResource({ KeyId, Tags }) {
      const key = usable(keys.byId(KeyId), account)
      return change(key, { tags: tagged(key.tags, Tags) })
    },
    ListResourceTags({ KeyId, Limit, Marker }) {
      refuse(violations(['limit', Limit, atLeast(1), atMost(MOST_TAGS)]))
      const tags = Object.entries(keys.byId(KeyId).tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
      const { items, nextToken } = pageOfList(tags, { keyOf: ({ TagKey }) => TagKey, token: Marker, size: { asked: Limit, usual: MOST_TAGS, most: MOST_TAGS }, invalid: invalidMarker })
      return { Tags: [...items], NextMarker: nextToken, Truncated: nextToken !== undefined }
    },
    ScheduleKeyDeletion({ KeyId, PendingWindowInDays: windowDays = 30 }) {
      refuse(violations(['pendingWindowInDays', windowDays, atLeast(7), atMost(30)]))
      const key = usable(keys.byId(KeyId), account)
      const at = new Date(clock.now().getTime() + windowDays * DAY_MS)
      keys.put({ ...key, deletion: { at, windowDays } })
      return { KeyId: keyArn(account, key.id), DeletionDate: at, KeyState: 'PendingDeletion', PendingWindowInDays: windowDays }
    },
    /** It is disabled then: whoever wants it back enables it, too. */
    CancelKeyDeletion({ KeyId }) {
      const { deletion, ...key } = keys.byId(KeyId)
      if (!deletion) throw refusal('KMSInvalidStateException', `${keyArn(account, key.id)} is not pending deletion.`)
      keys.put({ ...key, isDisabled: true })
      return { KeyId: keyArn(account, key.id) }
    },
    DisableKey: ({ KeyId }) => change(usable(keys.byId(KeyId), account), { isDisabled: true }),
    EnableKey: ({ KeyId }) => change(usable(keys.byId(KeyId), account), { isDisabled: false }),
  } satisfies Kms
}

/** What CreateKey is asked for; CustomerMasterKeySpec is KeySpec's former name. */
interface Kind {
  readonly KeyUsage?: string | undefined
  readonly KeySpec?: string | undefined
  readonly CustomerMasterKeySpec?: string | undefined
  readonly Origin?: string | undefined
  readonly MultiRegion?: boolean | undefined
  readonly CustomKeyStoreId?: string | undefined
  readonly XksKeyId?: string | undefined
}

/** Only what is symmetric, made here and of one region. */
function refuseOtherKinds({ KeyUsage = 'ENCRYPT_DECRYPT', KeySpec, CustomerMasterKeySpec, Origin = 'AWS_KMS', MultiRegion, CustomKeyStoreId, XksKeyId }: Kind): void {
  const spec = KeySpec ?? CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT'
  if (KeyUsage !== 'ENCRYPT_DECRYPT' || spec !== 'SYMMETRIC_DEFAULT') throw notOffered(`keys of the kind ${spec} for ${KeyUsage}`)
  if (Origin !== 'AWS_KMS' || CustomKeyStoreId !== undefined || XksKeyId !== undefined) throw notOffered('key material from elsewhere')
  if (MultiRegion === true) throw notOffered('keys of several regions')
}

const described = ({ id, description, createdAt, deletion, isDisabled = false, materialId }: KeyRecord, account: Account) => ({
  AWSAccountId: account.accountId,
  KeyId: id,
  Arn: keyArn(account, id),
  CreationDate: createdAt,
  Enabled: deletion === undefined && !isDisabled,
  Description: description,
  KeyUsage: 'ENCRYPT_DECRYPT' as const,
  KeyState: deletion ? ('PendingDeletion' as const) : isDisabled ? ('Disabled' as const) : ('Enabled' as const),
  DeletionDate: deletion?.at,
  Origin: 'AWS_KMS' as const,
  KeyManager: 'CUSTOMER' as const,
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' as const,
  KeySpec: 'SYMMETRIC_DEFAULT' as const,
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT' as const],
  MultiRegion: false,
  CurrentKeyMaterialId: materialId,
})

function nextRotation({ periodDays, since }: NonNullable<KeyRecord['rotation']>, now: Date): Date {
  const periodMs = periodDays * DAY_MS
  const passed = Math.floor((now.getTime() - since.getTime()) / periodMs)
  return new Date(since.getTime() + (passed + 1) * periodMs)
}

/** KMS guide, «Default key policy»: of a key that was made without one. */
const defaultPolicy = (account: Account) =>
  JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [{ Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: globalArn('iam', account, 'root') }, Action: 'kms:*', Resource: '*' }] })

interface PolicyCheck {
  readonly id: string
  readonly account: Account
  readonly call: Call
  /** Without the check that the caller can change it again. */
  readonly isFree: boolean
}

/** @throws AwsError MalformedPolicyDocumentException: also for one that locks its own author out (API reference, PutKeyPolicy) */
function checkedPolicy(text: string, { id, account, call, isFree }: PolicyCheck): string {
  const policy = compiled(text)
  const letsAuthorGoOn = policy.evaluate({ action: 'kms:PutKeyPolicy', resource: keyArn(account, id), principal: { type: 'AWS', names: namesOf(call.principal, account) } }).allowed
  if (!isFree && !letsAuthorGoOn) throw malformed('The new key policy will not allow you to update the key policy in the future.')
  return text
}

function compiled(text: string) {
  try {
    return compile(text, { kind: 'resource' })
  } catch (error) {
    throw error instanceof PolicyMalformed ? malformed(error.message) : error
  }
}

const malformed = (message: string) => refusal('MalformedPolicyDocumentException', message)
const noSuchPolicy = () => refusal('NotFoundException', 'No such policy exists')
export const invalidMarker = () => refusal('InvalidMarkerException', 'Could not deserialize marker')

function tagged(known: KeyRecord['tags'], more: readonly Tag[] = []): KeyRecord['tags'] {
  const given = more.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue] as const)
  if (new Set(given.map(([key]) => key)).size < given.length) throw refusal('TagException', 'Duplicate tag keys')
  if (given.some(([key]) => key.startsWith('aws:'))) throw refusal('TagException', 'aws: prefixed tag key names are not allowed for external use.')
  const all = { ...known, ...Object.fromEntries(given) }
  if (Object.keys(all).length > MOST_TAGS) throw refusal('LimitExceededException', 'Too many tags')
  return all
}

/** @throws AwsError ValidationException */
export function refuse(found: string | undefined): void {
  if (found !== undefined) throw invalid(found)
}
