// sandbox/src/cloud/iot-core/fleet-index/fleet-index.ts: the fleet index: searches things by registry, connectivity and named shadows, as far as the account indexes them.
import type { ThingDocument, ThingIndexingConfiguration } from '@aws-sdk/client-iot'
import { type Account, arn } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Service } from '../../service.ts'
import { pageOfList } from '../../wire/paging.ts'
import type { Broker } from '../broker/broker.ts'
import { groupsOfThing } from '../registry/group-tree.ts'
import type { IotOperations, RegistryState } from '../registry/registry-state.ts'
import type { Shadows } from '../shadows/shadows.ts'
import { readQuery, type ValueAt } from './index-query.ts'

type Thing = ReturnType<RegistryState['tables']['things']['all']>[number]

export interface FleetIndexOptions {
  readonly registry: RegistryState
  readonly broker: Pick<Broker, 'client' | 'lastDisconnection'>
  readonly shadows: Pick<Shadows, 'find'>
  readonly configuration: () => ThingIndexingConfiguration | undefined
}

const INDEX = 'AWS_Things'
/** API SearchIndex, maxResults. */
const PAGE = { usual: 100, most: 100 }

export function fleetIndex(options: FleetIndexOptions): Service {
  const operations = {
    SearchIndex({ indexName = INDEX, queryString = '', maxResults: asked, nextToken: token }) {
      const configuration = options.configuration()
      if (indexName !== INDEX || configuration === undefined || configuration.thingIndexingMode === 'OFF') throw new AwsError('ResourceNotFoundException', `Index ${indexName} does not exist.`)
      const holds = readQuery(queryString)
      const found = options.registry.tables.things.all().map((thing) => indexed(thing, options, configuration)).filter((entry) => holds(valuesOf(entry)))
      const { items, nextToken } = pageOfList(found, { keyOf: ({ thingName }) => thingName, token, size: { asked, ...PAGE }, invalid: () => new AwsError('InvalidRequestException', 'Invalid nextToken.') })
      return { things: items.map(documentOf), nextToken }
    },
  } satisfies IotOperations
  return { model: 'iot', operations, grants: { SearchIndex: ({ indexName = INDEX }: { readonly indexName?: string }, account: Account) => ({ action: 'iot:SearchIndex', resources: [arn('iot', account, `index/${indexName}`)] }) } }
}

/** As it is searched: shadows as JSON. */
interface Indexed extends Omit<ThingDocument, 'shadow'> {
  readonly thingName: string
  readonly shadow?: { readonly name: Readonly<Record<string, unknown>> }
}

function indexed([thingName, { thingId, thingTypeName, attributes }]: Thing, { registry, broker, shadows }: FleetIndexOptions, configuration: ThingIndexingConfiguration): Indexed {
  const named = configuration.namedShadowIndexingMode === 'ON' ? (configuration.filter?.namedShadowNames ?? []) : []
  const states = named.flatMap((shadowName) => {
    const shadow = shadows.find({ thingName, shadowName })
    return shadow ? [[shadowName, shadow.state] as const] : []
  })
  return {
    thingName,
    thingId,
    thingTypeName,
    thingGroupNames: [...groupsOfThing(registry, thingName)],
    attributes: { ...attributes },
    ...(states.length > 0 && { shadow: { name: Object.fromEntries(states) } }),
    ...(configuration.thingConnectivityIndexingMode === 'STATUS' && { connectivity: connectivityOf(thingName, broker) }),
  }
}

/** The client id must be the thing's name (AWS IoT guide, «Thing connectivity»). */
function connectivityOf(clientId: string, broker: FleetIndexOptions['broker']): ThingDocument['connectivity'] {
  const client = broker.client(clientId)
  if (client) return { connected: true, timestamp: client.connectedAt.getTime() }
  const last = broker.lastDisconnection(clientId)
  return { connected: false, timestamp: last?.at.getTime() ?? 0, ...(last && { disconnectReason: last.reason }) }
}

/** As it is answered: shadows as text. */
const documentOf = ({ shadow, ...entry }: Indexed): ThingDocument => ({ ...entry, ...(shadow && { shadow: JSON.stringify(shadow) }) })

const valuesOf =
  (entry: Indexed): ValueAt =>
  (path) =>
    path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), entry) // JSON
