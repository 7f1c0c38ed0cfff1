// sandbox/src/site/nucleus/ipc/authorization.ts: which component may do what, as the accessControl of the configurations says; nothing else is allowed.
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import { isJsonObject, member, parseJson, stringsOf, type JsonObject, type JsonValue } from '../json.ts'
import { resourceMatcher, type PatternStyle } from './resource-pattern.ts'

export const PUB_SUB = 'aws.greengrass.ipc.pubsub'
export const MQTT_PROXY = 'aws.greengrass.ipc.mqttproxy'
export const LIFECYCLE = 'aws.greengrass.ipc.lifecycle'
export const COMPONENT_METRIC = 'aws.greengrass.ipc.componentmetric'

export interface Request {
  readonly service: string
  readonly component: string
  /** `aws.greengrass#PublishToTopic` */
  readonly operation: string
  readonly resource: string | undefined
}

export interface Authorization {
  readonly isAllowed: (request: Request) => boolean
}

interface Permission {
  readonly operation: string
  readonly matches: (resource: string) => boolean
}

/** Follows the configuration: what a deployment grants counts at once. */
export function openAuthorization(config: ConfigStore, log: Log): Authorization {
  let permissions: Map<string, Permission[]> | undefined
  config.onChange(['services'], ({ path }) => {
    const isAccessControl = path[2]?.toLowerCase() === 'configuration' && (path.length < 4 || path[3]?.toLowerCase() === 'accesscontrol')
    if (path.length <= 2 || isAccessControl) permissions = undefined
  })
  return {
    isAllowed({ service, component, operation, resource }) {
      permissions ??= allPermissions(config, log)
      const granted = permissions.get(`${component}\n${service}`) ?? []
      return granted.some((permission) => (permission.operation === operation || permission.operation === '*') && (resource === undefined || (resource !== '' && permission.matches(resource))))
    },
  }
}

/** In the words of the nucleus. */
export const refusal = ({ service, component, operation, resource = 'null' }: Request): string => `Principal ${component} is not authorized to perform ${service}:${operation} on resource ${resource}`

function allPermissions(config: ConfigStore, log: Log): Map<string, Permission[]> {
  const all = new Map<string, Permission[]>()
  for (const [component, service] of Object.entries(config.plain('services'))) {
    const configuration = isJsonObject(service) ? service.configuration : undefined
    const accessControl = asObject(isJsonObject(configuration) ? member(configuration, 'accessControl') : undefined)
    for (const [destination, policies] of Object.entries(accessControl)) {
      const policy = Object.entries(asObject(policies)).flatMap(([policyId, each]) => permissionsOf(asObject(each), destination, log.with({ component, policyId })))
      all.set(`${component}\n${destination}`, policy)
    }
  }
  return all
}

function permissionsOf(policy: JsonObject, destination: string, log: Log): Permission[] {
  const operations = stringsOf(member(policy, 'operations'))
  if (operations.length === 0) log.error('Policy operations are missing or invalid')
  const style: PatternStyle = destination === MQTT_PROXY ? 'mqtt' : 'plain'
  const matchers = stringsOf(member(policy, 'resources')).flatMap((resource) => {
    try {
      return [resourceMatcher(resource, style)]
    } catch (error) {
      log.error('Error while adding permission', { resource, error })
      return []
    }
  })
  return operations.map((operation) => ({ operation, matches: (resource) => matchers.some((matches) => matches(resource)) }))
}

/** The nucleus also reads an object that was given as JSON text. */
function asObject(value: JsonValue | undefined): JsonObject {
  const parsed = typeof value === 'string' ? parseJson(value) : value
  return isJsonObject(parsed) ? parsed : {}
}
