// infra/src/telemetry/telemetry-sql.ts: the rules' statements: what was reported, and by whom, as topic and connection say.
import { ALARM_KEYS, OPEN_ALARMS } from '@fleet/contract/alarm'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { TELEMETRY_KEYS } from '@fleet/contract/telemetry'
import type { IngestTopic } from '@fleet/contract/topic'

const DAY_S = 86_400

/**
 * One item of the history. Thing, kind and certificate come over whatever the payload claims: later columns win. The item expires by the
 * cloud's clock, whatever time the device believes it is.
 */
export function telemetrySql(topics: readonly Pick<IngestTopic, 'ruleFilter' | 'thingLevel'>[], { days }: { readonly days: number }): string {
  const { filter, thing, last } = levels(topics)
  const { history } = TELEMETRY_KEYS
  return [
    `SELECT *, topic(${thing}) AS ${history.hash}, topic(${last}) AS kind, concat(topic(${last}), '#', firstAt, '#', firstSequence) AS ${history.range},`,
    `principal() AS certificateId, timestamp() AS receivedAt, floor(timestamp() / 1000) + ${days * DAY_S} AS ${history.expires} FROM '${filter}'`,
  ].join(' ')
}

/** One item of the alarms. Column by column: whatever else a device says could be taken for an acknowledgement. */
export function alarmSql(topics: readonly Pick<IngestTopic, 'ruleFilter' | 'thingLevel'>[]): string {
  const { filter, thing, last } = levels(topics)
  const open = `CASE state WHEN 'raised' THEN ${shardOf(`topic(${thing})`)} END AS ${OPEN_ALARMS.hash}`
  return `SELECT state, at, measured, limit, why, topic(${thing}) AS ${ALARM_KEYS.hash}, topic(${last}) AS ${ALARM_KEYS.range}, timestamp() AS receivedAt, ${open} FROM '${filter}'`
}

/** The last digit of a serial number. Undefined, it is left out of the item, and the item out of the index. */
const shardOf = (thing: string) => `substring(${thing}, ${OPEN_ALARMS.digitAt})`

/** A device that ends its connection itself means to (it is switched off, or rotates); one whose newer connection takes over is not offline. */
const MEANT = ['CLIENT_INITIATED_DISCONNECT', 'DUPLICATE_CLIENTID']

export type Presence = 'offline' | 'online'

export interface PresenceOf {
  /** The thing group that the things of this stage name in their attributes. */
  readonly fleet: string
  /** The role in which the registry is asked. */
  readonly registryRoleArn: string
}

/**
 * Of the devices of this stage alone. AWS IoT tells of the connections of a whole account, by client id: a console has no thing, further
 * connections of the nucleus have another name (AWS IoT guide, «Lifecycle events»), and whose fleet a thing is of the registry knows.
 */
export const presenceSql = (presence: Presence, of: PresenceOf): string =>
  presence === 'offline'
    ? statement({ ...of, event: 'disconnected', state: 'raised', more: `concat('connection lost: ', disconnectReason) AS why, ${shardOf('clientId')} AS ${OPEN_ALARMS.hash}`, only: MEANT.map((reason) => ` AND disconnectReason <> '${reason}'`).join('') })
    : statement({ ...of, event: 'connected', state: 'cleared', more: "'connected again' AS why", only: '' })

function statement({ fleet, registryRoleArn, event, state, more, only }: PresenceOf & { readonly event: string; readonly state: string; readonly more: string; readonly only: string }): string {
  const at = `parse_time("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", timestamp) AS at`
  const isOurs = `get_registry_data("DescribeThing", clientId, '${registryRoleArn}').attributes.${THING_ATTRIBUTES.fleet} = '${fleet}'`
  return `SELECT '${state}' AS state, ${at}, ${more}, clientId AS ${ALARM_KEYS.hash}, 'offline' AS ${ALARM_KEYS.range}, timestamp() AS receivedAt FROM '$aws/events/presence/${event}/+' WHERE clientId = thingName${only} AND ${isOurs}`
}

function levels(topics: readonly Pick<IngestTopic, 'ruleFilter' | 'thingLevel'>[]) {
  const filter = commonFilter(topics.map(({ ruleFilter }) => ruleFilter))
  const [thing, ...others] = new Set(topics.map((topic) => topic.thingLevel))
  if (thing === undefined || others.length > 0) throw new Error('telemetry topics must carry the thing at one level')
  return { filter, thing, last: filter.split('/').length }
}

/** The narrowest filter of one level each that matches all. */
function commonFilter(filters: readonly string[]): string {
  const [first = [], ...rest] = filters.map((filter) => filter.split('/'))
  if (rest.some((levels) => levels.length !== first.length)) throw new Error(`no common filter for ${filters.join(', ')}`)
  return first.map((level, i) => (rest.every((levels) => levels[i] === level) ? level : '+')).join('/')
}
