// sandbox/src/cloud/iot-core/registry/thing-types.ts: the types that things may have.
import { randomUUID } from 'node:crypto'
import type { ThingTypeProperties } from '@aws-sdk/client-iot'
import { iotArn } from './arns.ts'
import { alreadyExists, found, invalidRequest, required } from './errors.ts'
import { listed } from './listing.ts'
import type { IotOperations, RegistryState, ThingTypeRecord } from './registry-state.ts'
import { removeTags, setTags } from './tags.ts'

/** AWS IoT quotas: searchable attributes of a thing type. */
const MOST_SEARCHABLE = 3
/** Developer guide, «Delete a thing type»: five minutes after it was deprecated. */
const DEPRECATED_MS = 5 * 60_000

export function thingTypeOperations(state: RegistryState) {
  const { tables, account, clock } = state
  const theType = (name: string) => found(tables.thingTypes.get(name), `Thing type ${name}`)
  const arnOf = (name: string) => iotArn(account, 'thingtype', name)
  return {
    CreateThingType(input) {
      const name = required(input.thingTypeName, 'thingTypeName')
      const wanted: ThingTypeRecord = { thingTypeId: randomUUID(), createdAt: clock.now(), ...readProperties(input.thingTypeProperties) }
      const existing = tables.thingTypes.get(name)
      if (existing && !isSame(existing, wanted)) throw alreadyExists(`Thing type ${name} already exists in account with different properties`, existing.thingTypeId, arnOf(name))
      if (!existing)
        state.change(() => {
          tables.thingTypes.put(name, wanted)
          setTags(state, arnOf(name), input.tags)
        })
      return { thingTypeName: name, thingTypeArn: arnOf(name), thingTypeId: (existing ?? wanted).thingTypeId }
    },
    DescribeThingType(input) {
      const name = required(input.thingTypeName, 'thingTypeName')
      return { ...definition(arnOf, name, theType(name)), thingTypeId: theType(name).thingTypeId }
    },
    UpdateThingType(input) {
      const name = required(input.thingTypeName, 'thingTypeName')
      const type = theType(name)
      state.change(() => tables.thingTypes.put(name, { ...type, ...readProperties(input.thingTypeProperties) }))
      return {}
    },
    DeprecateThingType(input) {
      const name = required(input.thingTypeName, 'thingTypeName')
      const { deprecatedAt, ...type } = theType(name)
      state.change(() => tables.thingTypes.put(name, input.undoDeprecate ? type : { ...type, deprecatedAt: deprecatedAt ?? clock.now() }))
      return {}
    },
    DeleteThingType(input) {
      const name = required(input.thingTypeName, 'thingTypeName')
      const { deprecatedAt } = theType(name)
      if (!deprecatedAt || clock.now().getTime() < deprecatedAt.getTime() + DEPRECATED_MS)
        throw invalidRequest(`Cannot delete thing type ${name}: it must have been deprecated for 5 minutes`)
      if (tables.things.all().some(([, thing]) => thing.thingTypeName === name)) throw invalidRequest(`Cannot delete thing type ${name}: there are things that have it`)
      state.change(() => {
        tables.thingTypes.delete(name)
        removeTags(state, arnOf(name))
      })
      return {}
    },
    ListThingTypes(input) {
      const only = input.thingTypeName === undefined ? {} : { keep: (name: string) => name === input.thingTypeName }
      const { items, next } = listed(tables.thingTypes, { token: input.nextToken, size: input.maxResults, ...only })
      return { thingTypes: items.map(([name, type]) => definition(arnOf, name, type)), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

function readProperties(properties: ThingTypeProperties | undefined): Pick<ThingTypeRecord, 'description' | 'searchableAttributes'> {
  if (properties?.mqtt5Configuration) throw invalidRequest('The sandbox does not offer mqtt5Configuration: attributes are not propagated into messages')
  const searchableAttributes = properties?.searchableAttributes ?? []
  if (searchableAttributes.length > MOST_SEARCHABLE) throw invalidRequest(`A thing type can have ${MOST_SEARCHABLE} searchable attributes, not ${searchableAttributes.length}`)
  const description = properties?.thingTypeDescription
  return { searchableAttributes, ...(description === undefined ? {} : { description }) }
}

const isSame = (a: ThingTypeRecord, b: ThingTypeRecord) =>
  a.description === b.description && a.searchableAttributes.join() === b.searchableAttributes.join() && !a.deprecatedAt

const definition = (arnOf: (name: string) => string, name: string, { description, searchableAttributes, createdAt, deprecatedAt }: ThingTypeRecord) => ({
  thingTypeName: name,
  thingTypeArn: arnOf(name),
  thingTypeProperties: { thingTypeDescription: description, searchableAttributes: [...searchableAttributes] },
  thingTypeMetadata: { deprecated: deprecatedAt !== undefined, deprecationDate: deprecatedAt, creationDate: createdAt },
})
