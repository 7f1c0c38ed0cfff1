// sandbox/src/cloud/iot-core/registry/things.ts: the things of the registry.
import { randomUUID } from 'node:crypto'
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { mergedAttributes, sameAttributes, withoutEmpty } from './attributes.ts'
import { alreadyExists, found, invalidRequest, notFound, required, versionConflict } from './errors.ts'
import { listed } from './listing.ts'
import type { IotOperations, RegistryState, ThingRecord } from './registry-state.ts'

export function thingOperations(state: RegistryState) {
  const { tables, account } = state
  return {
    CreateThing(input) {
      const thingName = required(input.thingName, 'thingName')
      const wanted = newThing(state, input)
      const existing = tables.things.get(thingName)
      if (existing && !isSame(existing, wanted)) throw existsDifferently(state, thingName, existing)
      const thing = existing ?? wanted
      if (!existing) state.change(() => tables.things.put(thingName, thing))
      return { thingName, thingArn: iotArn(account, 'thing', thingName), thingId: thing.thingId }
    },
    DescribeThing(input) {
      const thingName = required(input.thingName, 'thingName')
      const thing = theThing(state, thingName)
      return { ...shown(thing), defaultClientId: thingName, thingName, thingArn: iotArn(account, 'thing', thingName), thingId: thing.thingId }
    },
    UpdateThing(input) {
      const thingName = required(input.thingName, 'thingName')
      const thing = theThing(state, thingName)
      checkVersion(thingName, thing.version, input.expectedVersion)
      if (input.removeThingType && input.thingTypeName !== undefined) throw invalidRequest('A thing type cannot be given and removed in one request.')
      const { thingTypeName: currentType, ...untyped } = thing
      const thingTypeName = input.removeThingType ? undefined : (input.thingTypeName ?? currentType)
      if (input.thingTypeName !== undefined) checkType(state, input.thingTypeName)
      const attributes = mergedAttributes(thing.attributes, input.attributePayload)
      checkCount(attributes, thingTypeName)
      writeThing(state, thingName, { ...untyped, ...(thingTypeName === undefined ? {} : { thingTypeName }), attributes, version: thing.version + 1 })
      return {}
    },
    DeleteThing(input) {
      const thingName = required(input.thingName, 'thingName')
      const thing = tables.things.get(thingName)
      if (!thing) return {} // «returns successfully … or you specify a thing that doesn't exist»
      checkVersion(thingName, thing.version, input.expectedVersion)
      if (tables.thingPrincipals.count(prefixOf(thingName)) > 0) throw invalidRequest(`Cannot delete. Thing ${thingName} is still attached to one or more principals`)
      state.change(() => removeThing(state, thingName))
      return {}
    },
    ListThings(input) {
      const { items, next } = listed(tables.things, { token: input.nextToken, size: input.maxResults, ...thingFilter(input) })
      const things = items.map(([thingName, thing]) => ({ thingName, thingArn: iotArn(account, 'thing', thingName), ...shown(thing) }))
      return { things, nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

/** @throws AwsError ResourceNotFoundException */
export const theThing = ({ tables }: RegistryState, thingName: string): ThingRecord => found(tables.things.get(thingName), `Thing ${thingName}`)

/** Writes a thing as it is now; what its certificates may do can depend on its type and attributes. */
function writeThing(state: RegistryState, thingName: string, thing: ThingRecord): void {
  state.change(() => {
    state.tables.things.put(thingName, thing)
    certificatesOf(state, thingName).forEach(state.certificateChanged)
  })
}

/** Ids of the certificates that are attached to this thing. */
export const certificatesOf = ({ tables }: RegistryState, thingName: string): string[] =>
  tables.thingPrincipals.all(prefixOf(thingName)).map(([key]) => partsOf(key)[1] ?? '')

/** Things with attributes of a type have room for more (AWS IoT quotas, «Thing resource limits»). */
function checkCount(attributes: Readonly<Record<string, string>>, thingTypeName: string | undefined): void {
  const most = thingTypeName === undefined ? 3 : 50
  const count = Object.keys(attributes).length
  if (count > most) throw invalidRequest(`A thing ${thingTypeName === undefined ? 'without' : 'with'} a thing type can have ${most} attributes, not ${count}`)
}

/** @throws AwsError when there is no such type, or no new thing may have it */
function checkType({ tables }: RegistryState, thingTypeName: string): void {
  const type = found(tables.thingTypes.get(thingTypeName), `Thing type ${thingTypeName}`)
  if (type.deprecatedAt) throw invalidRequest(`Can not create or update a thing with the deprecated thing type ${thingTypeName}. Please use a thing type that is not deprecated.`)
}

interface NewThing {
  readonly thingTypeName?: string | undefined
  readonly billingGroupName?: string | undefined
  readonly attributePayload?: { readonly attributes?: Record<string, string> | undefined } | undefined
}

function newThing(state: RegistryState, { thingTypeName, billingGroupName, attributePayload }: NewThing): ThingRecord {
  if (billingGroupName !== undefined) throw notFound(`Billing group ${billingGroupName} not found`) // the sandbox has none
  if (thingTypeName !== undefined) checkType(state, thingTypeName)
  const attributes = withoutEmpty(attributePayload?.attributes ?? {})
  checkCount(attributes, thingTypeName)
  return { thingId: randomUUID(), ...(thingTypeName === undefined ? {} : { thingTypeName }), attributes, version: 1 }
}

const isSame = (a: ThingRecord, b: ThingRecord) => a.thingTypeName === b.thingTypeName && sameAttributes(a.attributes, b.attributes)

const existsDifferently = ({ account }: RegistryState, thingName: string, { thingId }: ThingRecord) =>
  alreadyExists(`Thing ${thingName} already exists in account with different attributes`, thingId, iotArn(account, 'thing', thingName))

const shown = ({ thingTypeName, attributes, version }: ThingRecord) => ({ thingTypeName, attributes: { ...attributes }, version })

/** @throws AwsError VersionConflictException */
export function checkVersion(name: string, version: number, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) throw versionConflict(`The version of ${name} is ${version}, not the expected ${expected}`)
}

function removeThing(state: RegistryState, thingName: string): void {
  const { tables } = state
  for (const [key] of tables.thingGroups.all(prefixOf(thingName))) {
    tables.thingGroups.delete(key)
    tables.groupThings.delete(keyOf(partsOf(key)[1] ?? '', thingName))
  }
  tables.things.delete(thingName)
  state.thingChanged({ kind: 'deleted', thingName })
}

interface ThingFilter {
  readonly attributeName?: string | undefined
  readonly attributeValue?: string | undefined
  readonly thingTypeName?: string | undefined
  readonly usePrefixAttributeValue?: boolean | undefined
}

function thingFilter({ attributeName, attributeValue, thingTypeName, usePrefixAttributeValue }: ThingFilter): { keep?: (key: string, thing: ThingRecord) => boolean } {
  if (attributeName === undefined && attributeValue !== undefined) throw invalidRequest('An attribute value was given without the name of the attribute.')
  if (attributeName === undefined && thingTypeName === undefined) return {}
  const matches = (value: string) => attributeValue === undefined || (usePrefixAttributeValue ? value.startsWith(attributeValue) : value === attributeValue)
  const hasAttribute = ({ attributes }: ThingRecord) => attributeName === undefined || (attributes[attributeName] !== undefined && matches(attributes[attributeName]))
  return { keep: (_key, thing) => (thingTypeName === undefined || thing.thingTypeName === thingTypeName) && hasAttribute(thing) }
}
