// sandbox/src/cloud/iot-core/registry/thing-principals.ts: which certificates belong to which things, exclusively or not.
import type { ThingPrincipalType } from '@aws-sdk/client-iot'
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { certificateOfPrincipal } from './certificate-records.ts'
import { invalidRequest, required } from './errors.ts'
import { listed } from './listing.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'
import { theThing } from './things.ts'

export function thingPrincipalOperations(state: RegistryState) {
  const { tables, account } = state
  const principalsOf = (input: { thingName?: string | undefined } & PageOfType) => {
    const thingName = required(input.thingName, 'thingName')
    theThing(state, thingName)
    const { items, next } = listed(tables.thingPrincipals, { prefix: prefixOf(thingName), ...pageOfType(input) })
    const objects = items.map(([key, type]) => ({ principal: iotArn(account, 'cert', partsOf(key)[1] ?? ''), thingPrincipalType: type }))
    return { objects, next }
  }
  const thingsOf = (input: { principal?: string | undefined } & PageOfType) => {
    const certificateId = certificateOfPrincipal(state, required(input.principal, 'principal'))
    const { items, next } = listed(tables.principalThings, { prefix: prefixOf(certificateId), ...pageOfType(input) })
    return { objects: items.map(([key, type]) => ({ thingName: partsOf(key)[1] ?? '', thingPrincipalType: type })), next }
  }
  return {
    AttachThingPrincipal(input) {
      const thingName = required(input.thingName, 'thingName')
      const certificateId = certificateOfPrincipal(state, required(input.principal, 'principal'))
      attachCertificate(state, thingName, certificateId, input.thingPrincipalType ?? 'NON_EXCLUSIVE_THING')
      return {}
    },
    DetachThingPrincipal(input) {
      const thingName = required(input.thingName, 'thingName')
      const certificateId = certificateOfPrincipal(state, required(input.principal, 'principal'))
      theThing(state, thingName)
      detachCertificate(state, thingName, certificateId)
      return {}
    },
    ListThingPrincipals(input) {
      const { objects, next } = principalsOf(input)
      return { principals: objects.map(({ principal }) => principal), nextToken: next }
    },
    ListThingPrincipalsV2(input) {
      const { objects, next } = principalsOf(input)
      return { thingPrincipalObjects: objects, nextToken: next }
    },
    ListPrincipalThings(input) {
      const { objects, next } = thingsOf(input)
      return { things: objects.map(({ thingName }) => thingName), nextToken: next }
    },
    ListPrincipalThingsV2(input) {
      const { objects, next } = thingsOf(input)
      return { principalThingObjects: objects, nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

/**
 * Developer guide, «Associating a thing to an MQTT client connection»: a certificate of an exclusive thing can be attached to another
 * only after it was detached. Attached once more to the same thing, it takes the new type.
 */
export function attachCertificate(state: RegistryState, thingName: string, certificateId: string, type: ThingPrincipalType): void {
  const { tables } = state
  theThing(state, thingName)
  if (tables.principalThings.get(keyOf(certificateId, thingName)) === type) return
  const others = tables.principalThings.page({ prefix: prefixOf(certificateId), limit: 2 }).items.filter(([key]) => partsOf(key)[1] !== thingName) // all are of one type
  if (others.some(([, otherType]) => otherType === 'EXCLUSIVE_THING')) throw invalidRequest(`The principal is exclusively attached to another thing; detach it first`)
  if (type === 'EXCLUSIVE_THING' && others.length > 0) throw invalidRequest(`The principal is attached to other things; it cannot be attached to ${thingName} exclusively`)
  state.change(() => {
    tables.principalThings.put(keyOf(certificateId, thingName), type)
    tables.thingPrincipals.put(keyOf(thingName, certificateId), type)
    state.certificateChanged(certificateId)
  })
}

function detachCertificate(state: RegistryState, thingName: string, certificateId: string): void {
  const { tables } = state
  state.change(() => {
    tables.principalThings.delete(keyOf(certificateId, thingName))
    tables.thingPrincipals.delete(keyOf(thingName, certificateId))
    state.certificateChanged(certificateId)
  })
}

interface PageOfType {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
  readonly thingPrincipalType?: ThingPrincipalType | undefined
}

function pageOfType({ nextToken, maxResults, thingPrincipalType }: PageOfType) {
  const filter = thingPrincipalType === undefined ? {} : { keep: (_key: string, type: ThingPrincipalType) => type === thingPrincipalType }
  return { token: nextToken, size: maxResults, ...filter }
}
