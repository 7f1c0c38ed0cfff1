// sandbox/src/cloud/kms/alias-operations.ts: KMS's operations on aliases (API reference).
import { atLeast, atMost, matching, notLongerThan, violations } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import { pageOfList } from '../wire/paging.ts'
import { invalidMarker, type KmsContext, refuse } from './key-operations.ts'
import { aliasArn, refusal, usable } from './key-records.ts'

type Kms = OperationsOf<typeof import('@aws-sdk/client-kms')>

export function aliasOperations({ account, clock, keys }: KmsContext) {
  return {
    CreateAlias({ AliasName: name = '', TargetKeyId }) {
      refuse(violations(['aliasName', name, notLongerThan(256), matching(/^[a-zA-Z0-9:/_-]+$/)]))
      if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) throw invalidName('Invalid identifier')
      if (name.startsWith('alias/aws/')) throw refusal('NotAuthorizedException', '') // reserved for AWS's own keys
      const { id } = usable(keys.byId(TargetKeyId), account)
      if (keys.aliases().some((alias) => alias.name === name)) throw refusal('AlreadyExistsException', `An alias with the name ${aliasArn(account, name)} already exists`)
      keys.putAlias({ name, keyId: id, createdAt: clock.now() })
      return {}
    },
    ListAliases({ KeyId, Limit, Marker }) {
      refuse(violations(['limit', Limit, atLeast(1), atMost(100)]))
      const found = keys.aliases(KeyId === undefined ? undefined : keys.byId(KeyId).id)
      const { items, nextToken } = pageOfList(found, { keyOf: ({ name }) => name, token: Marker, size: { asked: Limit, usual: 50, most: 100 }, invalid: invalidMarker })
      const Aliases = items.map(({ name, keyId, createdAt }) => ({ AliasName: name, AliasArn: aliasArn(account, name), TargetKeyId: keyId, CreationDate: createdAt, LastUpdatedDate: createdAt }))
      return { Aliases, NextMarker: nextToken, Truncated: nextToken !== undefined }
    },
  } satisfies Kms
}

const invalidName = (message: string) => refusal('InvalidAliasNameException', message)
