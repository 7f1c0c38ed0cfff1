// sandbox/src/cloud/kms/kms.ts: AWS KMS: keys for encryption, and the key policies that rule who may use them.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import { globalArn } from '../account.ts'
import { resourcePolicies } from '../iam/resource-policy.ts'
import type { Grant, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import { aliasOperations } from './alias-operations.ts'
import { cryptography, keyIdIn } from './cryptography.ts'
import { keyOperations, type KmsContext } from './key-operations.ts'
import { aliasArn, keyArn, type KeyRecord, keysIn } from './key-records.ts'

export function openKms({ account, store, clock }: { readonly account: Account; readonly store: Store; readonly clock: Clock }): Service {
  const keys = keysIn(store, account, clock)
  const context: KmsContext = { account, clock, keys }
  const operations = { ...keyOperations(context), ...aliasOperations(context), ...cryptography(context) }
  const policies = resourcePolicies((resource) => (resource.includes(':key/') ? keys.find(resource)?.policy : undefined))
  return { model: 'kms', operations, grants: grantsOf(Object.keys(operations), context), resourcePolicy: byKeyPolicy(policies, account), resourcePolicyRules: true }
}

/**
 * What names the caller itself lets it in. What names the account only says that the account's own policies count: for them to decide
 * (KMS guide, «Default key policy»: allows access to the account and enables IAM policies).
 */
function byKeyPolicy({ decide }: ReturnType<typeof resourcePolicies>, account: Account): NonNullable<Service['resourcePolicy']> {
  const ofAccount = [account.accountId, globalArn('iam', account, 'root')]
  return (request) => {
    const { principal } = request
    const byAll = decide(request)
    if (!principal || !byAll?.allowed) return byAll
    const isAccount = principal.names[0] === globalArn('iam', account, 'root')
    const byItself = isAccount ? byAll : decide({ ...request, principal: { ...principal, names: principal.names.filter((name) => !ofAccount.includes(name)) } })
    return byItself?.allowed ? byItself : undefined
  }
}

interface Input {
  readonly KeyId?: string
  readonly TargetKeyId?: string
  readonly AliasName?: string
  readonly CiphertextBlob?: Uint8Array
  readonly EncryptionContext?: Readonly<Record<string, string>>
  readonly Tags?: readonly unknown[]
}

/** On the key, whatever it is called by in the request (service authorization reference, «AWS Key Management Service»). */
function grantsOf(names: readonly string[], context: KmsContext): NonNullable<Service['grants']> {
  const { account, keys } = context
  const onKey = (action: string, input: Input): Grant => {
    const given = input.KeyId ?? input.TargetKeyId ?? keyIdIn(input.CiphertextBlob ?? new Uint8Array())
    const key = keys.find(given)
    return { action, resources: [key ? keyArn(account, key.id) : '*'], context: conditions(input, key, context) }
  }
  const grant = (name: string) => (input: Input): Grant | readonly Grant[] => {
    const action = `kms:${name}`
    if (name === 'ListAliases' || name === 'ListKeys') return { action, resources: ['*'] }
    if (name === 'CreateKey') return [{ action, resources: ['*'] }, ...(input.Tags?.length ? [{ action: 'kms:TagResource', resources: ['*'] }] : [])]
    return name === 'CreateAlias' ? [{ action, resources: [aliasArn(account, input.AliasName ?? '')] }, onKey(action, input)] : onKey(action, input)
  }
  return Object.fromEntries(names.map((name) => [name, grant(name)]))
}

/** KMS guide, «AWS KMS condition keys». */
function conditions({ KeyId = '', EncryptionContext = {} }: Input, key: KeyRecord | undefined, { account, keys }: KmsContext): NonNullable<Grant['context']> {
  const requested = KeyId.slice(KeyId.indexOf('alias/'))
  return {
    'kms:CallerAccount': account.accountId,
    'kms:RequestAlias': KeyId.includes('alias/') ? requested : undefined,
    'kms:ResourceAliases': key && keys.aliases(key.id).map(({ name }) => name),
    'kms:EncryptionContextKeys': Object.keys(EncryptionContext),
    ...Object.fromEntries(Object.entries(EncryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    ...Object.fromEntries(Object.entries(key?.tags ?? {}).map(([name, value]) => [`aws:ResourceTag/${name}`, value])),
  }
}
