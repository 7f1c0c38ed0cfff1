// ops/src/bootstrap/secrets-key.ts: the key that encrypts the secrets in the stack's state: one for a stage, found by its alias.
import {
  AlreadyExistsException,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSInvalidStateException,
  NotFoundException,
  paginateListKeys,
  paginateListResourceTags,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  type KeyMetadata,
  type KMSClient,
} from '@aws-sdk/client-kms'
import { FleetError } from '@fleet/contract/errors'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'
import { PROJECT } from '@fleet/contract/stage'
import { secretsKeyPolicy } from './secrets-key-policy.ts'

/** `completed`: a run was killed before it was set up, or somebody changed it. */
export type SecretsKeyOutcome = 'made' | 'completed' | 'kept'

/** Its id, when the alias is there; changes nothing. @throws FleetError SECRETS_KEY_TAKEN, SECRETS_KEY_UNUSABLE */
export async function findSecretsKey(kms: KMSClient, stage: StageIdentity): Promise<string | undefined> {
  const { secretsKeyAlias: alias } = fleetNames(stage)
  const key = await described(kms, alias)
  if (key?.KeyId === undefined) return undefined
  if (!(await isOurs(kms, key.KeyId, stage))) throw taken(alias, key.KeyId)
  if (key.KeyState !== 'Enabled') throw unusable(alias, key)
  return key.KeyId
}

/** @param found what findSecretsKey has just said. @throws FleetError SECRETS_KEY_TAKEN, SECRETS_KEY_UNUSABLE */
export async function ensureSecretsKey(kms: KMSClient, stage: StageIdentity, found: string | undefined): Promise<SecretsKeyOutcome> {
  if (found !== undefined) return (await setUp(kms, stage, found)) ? 'completed' : 'kept'
  const left = await leftWithoutAlias(kms, stage)
  const KeyId = left ?? (await made(kms, stage))
  if (await aliased(kms, stage, KeyId)) {
    await setUp(kms, stage, KeyId)
    return left === undefined ? 'made' : 'completed'
  }
  return ensureSecretsKey(kms, stage, await findSecretsKey(kms, stage))
}

async function described(kms: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata
  } catch (error) {
    if (error instanceof NotFoundException) return undefined
    throw error
  }
}

const tagsOf = ({ stage }: StageIdentity) => ({ project: PROJECT, stage })
const descriptionOf = (stage: StageIdentity) => `Secrets in the state of ${fleetNames(stage).thingGroup}; made by fleet bootstrap`

async function isOurs(kms: KMSClient, KeyId: string, stage: StageIdentity): Promise<boolean> {
  const tags: Record<string, string | undefined> = {}
  for await (const { Tags = [] } of paginateListResourceTags({ client: kms }, { KeyId })) for (const { TagKey = '', TagValue } of Tags) tags[TagKey] = TagValue
  return Object.entries(tagsOf(stage)).every(([key, value]) => tags[key] === value)
}

/** That of a run that was killed before it gave the alias: a key costs money for as long as it is there. */
async function leftWithoutAlias(kms: KMSClient, stage: StageIdentity): Promise<string | undefined> {
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId = '' } of Keys) if (await isLeft(kms, KeyId, stage)) return KeyId
  }
  return undefined
}

/** A key whose policy shows us nothing of it is somebody else's. */
async function isLeft(kms: KMSClient, KeyId: string, stage: StageIdentity): Promise<boolean> {
  try {
    if (!(await isOurs(kms, KeyId, stage))) return false
    const key = await described(kms, KeyId)
    return key?.KeyState === 'Enabled' && key.Description === descriptionOf(stage)
  } catch (error) {
    if (error instanceof Error && ['AccessDeniedException', 'NotFoundException'].includes(error.name)) return false
    throw error
  }
}

async function made(kms: KMSClient, stage: StageIdentity): Promise<string> {
  const Tags = Object.entries(tagsOf(stage)).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: descriptionOf(stage), Policy: JSON.stringify(secretsKeyPolicy(stage)), Tags }))
  return KeyMetadata?.KeyId ?? ''
}

/** False when another run has given the alias to a key of its own at the same time: ours is not needed then. */
async function aliased(kms: KMSClient, stage: StageIdentity, TargetKeyId: string): Promise<boolean> {
  const { secretsKeyAlias: AliasName } = fleetNames(stage)
  try {
    await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }))
    return true
  } catch (error) {
    if (await isPendingDeletion(kms, TargetKeyId, error)) return false
    if (!(error instanceof AlreadyExistsException)) throw error
    const winner = await described(kms, AliasName)
    if (winner && winner.KeyId !== TargetKeyId) await leaveBehind(kms, TargetKeyId)
    return false
  }
}

/** Another run may have taken the same key for one that was left, and have left it behind already. */
async function leaveBehind(kms: KMSClient, KeyId: string): Promise<void> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })) // the shortest that KMS takes
  } catch (error) {
    if (!(await isPendingDeletion(kms, KeyId, error))) throw error
  }
}

/** Whether that is why the call was refused. */
const isPendingDeletion = async (kms: KMSClient, KeyId: string, error: unknown): Promise<boolean> =>
  error instanceof KMSInvalidStateException && (await described(kms, KeyId))?.KeyState === 'PendingDeletion'

export interface SecretsKey {
  readonly id: string
  /** Once a year, by itself. */
  readonly rotates: boolean
  readonly hasOurPolicy: boolean
}

/** Changes nothing. Undefined: there is none. @throws FleetError SECRETS_KEY_TAKEN, SECRETS_KEY_UNUSABLE */
export async function inspectSecretsKey(kms: KMSClient, stage: StageIdentity): Promise<SecretsKey | undefined> {
  const id = await findSecretsKey(kms, stage)
  return id === undefined ? undefined : inspected(kms, stage, id)
}

async function inspected(kms: KMSClient, stage: StageIdentity, KeyId: string): Promise<SecretsKey> {
  const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }))
  const { Policy = '{}' } = await kms.send(new GetKeyPolicyCommand({ KeyId }))
  return { id: KeyId, rotates: KeyRotationEnabled === true, hasOurPolicy: JSON.stringify(JSON.parse(Policy)) === JSON.stringify(secretsKeyPolicy(stage)) }
}

/** @returns whether anything had to be set */
async function setUp(kms: KMSClient, stage: StageIdentity, KeyId: string): Promise<boolean> {
  const { rotates, hasOurPolicy } = await inspected(kms, stage, KeyId)
  if (!rotates) await kms.send(new EnableKeyRotationCommand({ KeyId }))
  if (!hasOurPolicy) await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify(secretsKeyPolicy(stage)) }))
  return !rotates || !hasOurPolicy
}

const taken = (alias: string, keyId: string) =>
  new FleetError('SECRETS_KEY_TAKEN', `${alias} is there already, and its key ${keyId} is not this stage's: it lacks the tags project and stage`, 'Look whose it is (aws kms list-resource-tags). If it is meant for this stage, tag it so; if not, give the stage another name.')

function unusable(alias: string, { KeyId = '', KeyState }: KeyMetadata): FleetError {
  const cancel = KeyState === 'PendingDeletion' ? `aws kms cancel-key-deletion --key-id ${KeyId}, then ` : ''
  return new FleetError('SECRETS_KEY_UNUSABLE', `the key ${KeyId} of ${alias} is ${KeyState ?? 'in no state'}: the secrets in the stack's state cannot be opened`, `${cancel}aws kms enable-key --key-id ${KeyId}; and run this again.`)
}
