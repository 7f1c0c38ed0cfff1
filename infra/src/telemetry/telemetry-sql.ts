// infra/src/telemetry/telemetry-sql.ts: the rule's statement: what was reported, and by whom, as the connection says.
import type { IngestTopic } from '@fleet/contract/topic'

/** Thing and certificate are added from topic and connection, over whatever the payload claims: later columns win. */
export function telemetrySql(topics: readonly Pick<IngestTopic, 'ruleFilter' | 'thingLevel'>[]): string {
  const filter = commonFilter(topics.map(({ ruleFilter }) => ruleFilter))
  const [thingLevel, ...others] = new Set(topics.map((topic) => topic.thingLevel))
  if (thingLevel === undefined || others.length > 0) throw new Error('telemetry topics must carry the thing at one level')
  const last = filter.split('/').length
  return `SELECT *, topic(${thingLevel}) AS thing, topic(${last}) AS component, principal() AS certificateId, timestamp() AS receivedAt FROM '${filter}'`
}

/** The narrowest filter of one level each that matches all. */
function commonFilter(filters: readonly string[]): string {
  const [first = [], ...rest] = filters.map((filter) => filter.split('/'))
  if (rest.some((levels) => levels.length !== first.length)) throw new Error(`no common filter for ${filters.join(', ')}`)
  return first.map((level, i) => (rest.every((levels) => levels[i] === level) ? level : '+')).join('/')
}
