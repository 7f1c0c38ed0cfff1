// sandbox/src/cloud/iot-core/audit/suppression-operations.ts: findings that somebody has decided to live with (Device Defender guide, «Audit finding suppressions»).
import type { AuditSuppression, ResourceIdentifier } from '@aws-sdk/client-iot'
import type { Clock } from '../../clock.ts'
import { keyOf } from '../../store/store.ts'
import { alreadyExists, found, invalidRequest, required } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import { type AuditTables, isSameResource, type SuppressionRecord } from './audit-records.ts'
import { isCheckName } from './check-names.ts'

interface Named {
  readonly checkName?: string | undefined
  readonly resourceIdentifier?: ResourceIdentifier | undefined
}

export function suppressionOperations({ tables, clock }: { readonly tables: AuditTables; readonly clock: Clock }) {
  const keyOfNamed = ({ checkName, resourceIdentifier }: Named) => {
    const resource = required(resourceIdentifier, 'resourceIdentifier')
    const sorted = Object.entries(resource).filter(([, value]) => value !== undefined).sort(([one], [other]) => (one < other ? -1 : 1))
    return keyOf(required(checkName, 'checkName'), JSON.stringify(sorted))
  }
  const named = (input: Named) => found(tables.suppressions.get(keyOfNamed(input)), 'The audit suppression')
  const checked = ({ expirationDate, suppressIndefinitely = false }: { readonly expirationDate?: Date | undefined; readonly suppressIndefinitely?: boolean | undefined }) => {
    if (suppressIndefinitely === (expirationDate !== undefined)) throw invalidRequest('Give either an expirationDate or suppressIndefinitely.')
    if (expirationDate && expirationDate <= clock.now()) throw invalidRequest('The expirationDate has passed.')
    return { suppressIndefinitely, ...(expirationDate ? { expirationDate } : {}) }
  }
  return {
    CreateAuditSuppression(input) {
      const { checkName = '', resourceIdentifier = {}, description } = input
      const key = keyOfNamed(input)
      if (!isCheckName(checkName)) throw invalidRequest(`${checkName} is not an audit check.`)
      if (tables.suppressions.get(key)) throw alreadyExists('The audit suppression already exists.', checkName, '')
      tables.suppressions.put(key, { checkName, resourceIdentifier, ...checked(input), ...(description === undefined ? {} : { description }) })
      return {}
    },
    UpdateAuditSuppression(input) {
      const before = named(input)
      const { expirationDate, suppressIndefinitely, ...kept } = before
      const until = input.suppressIndefinitely ? { suppressIndefinitely: true } : { expirationDate: input.expirationDate ?? expirationDate, suppressIndefinitely: input.suppressIndefinitely ?? (input.expirationDate ? false : suppressIndefinitely) }
      tables.suppressions.put(keyOfNamed(input), { ...kept, ...checked(until), ...(input.description === undefined ? {} : { description: input.description }) })
      return {}
    },
    DescribeAuditSuppression: (input) => ({ ...named(input) }),
    DeleteAuditSuppression(input) {
      tables.suppressions.delete(keyOfNamed(input))
      return {}
    },
    ListAuditSuppressions({ checkName, resourceIdentifier, ascendingOrder = true, nextToken, maxResults }) {
      const keep = (_key: string, each: SuppressionRecord) => (checkName === undefined || each.checkName === checkName) && (resourceIdentifier === undefined || isSameResource(each.resourceIdentifier, resourceIdentifier))
      const { items, next } = listed(tables.suppressions, { token: nextToken, size: maxResults, order: ascendingOrder ? 'ascending' : 'descending', keep })
      return { suppressions: items.map(([, suppression]): AuditSuppression => ({ ...suppression })), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}
