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
      const found = options.registry.tables.things.all().map(([name]) => documentOf(name, options, configuration)).filter((document) => holds(valuesOf(document)))
      const { items, nextToken } = pageOfList(found, { keyOf: ({ thingName = '' }) => thingName, token, size: { asked, ...PAGE }, invalid: () => new AwsError('InvalidRequestException', 'Invalid nextToken.') })
      return { things: [...items], nextToken }
    },
  } satisfies IotOperations
  return { model: 'iot', operations, grants: { SearchIndex: ({ indexName = INDEX }: { readonly indexName?: string }, account: Account) => ({ action: 'iot:SearchIndex', resources: [arn('iot', account, `index/${indexName}`)] }) } }
}

function documentOf(thingName: string, { registry, broker, shadows }: FleetIndexOptions, configuration: ThingIndexingConfiguration): ThingDocument {
  const { thingId, thingTypeName, attributes = {} } = registry.tables.things.get(thingName) ?? {}
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
    ...(states.length > 0 && { shadow: JSON.stringify({ name: Object.fromEntries(states) }) }),
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

function valuesOf(document: ThingDocument): ValueAt {
  const whole: unknown = { ...document, shadow: document.shadow === undefined ? undefined : (JSON.parse(document.shadow) as unknown) }
  return (path) => path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), whole) // JSON
}
