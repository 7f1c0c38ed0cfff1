// infra/src/telemetry/telemetry-sql.ts: the rules' statements: what was reported, and by whom, as topic and connection say.
import { ALARM_KEYS } from '@fleet/contract/alarm'
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

/** One item of the alarms. */
export function alarmSql(topics: readonly Pick<IngestTopic, 'ruleFilter' | 'thingLevel'>[]): string {
  const { filter, thing, last } = levels(topics)
  return `SELECT *, topic(${thing}) AS ${ALARM_KEYS.hash}, topic(${last}) AS ${ALARM_KEYS.range}, timestamp() AS receivedAt FROM '${filter}'`
}

/** A device that ends its connection itself means to (it is switched off, or rotates); one whose newer connection takes over is not offline. */
const MEANT = ['CLIENT_INITIATED_DISCONNECT', 'DUPLICATE_CLIENTID']

/** Of devices alone: a console has no thing, and further connections of the nucleus have another name (AWS IoT guide, «Lifecycle events»). */
export const PRESENCE_SQL = {
  offline: presenceSql({ event: 'disconnected', state: 'raised', why: "concat('connection lost: ', disconnectReason)", only: MEANT.map((reason) => ` AND disconnectReason <> '${reason}'`).join('') }),
  online: presenceSql({ event: 'connected', state: 'cleared', why: "'connected again'", only: '' }),
} as const

function presenceSql({ event, state, why, only }: { readonly event: string; readonly state: string; readonly why: string; readonly only: string }): string {
  const at = `parse_time("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", timestamp) AS at`
  return `SELECT '${state}' AS state, ${at}, ${why} AS why, clientId AS ${ALARM_KEYS.hash}, 'offline' AS ${ALARM_KEYS.range}, timestamp() AS receivedAt FROM '$aws/events/presence/${event}/+' WHERE clientId = thingName${only}`
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
