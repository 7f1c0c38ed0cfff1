// sandbox/src/site/nucleus/mqtt/topic-filter.ts: which subscription covers which topic, and what topics AWS IoT takes at all.
import { MqttRequestError } from './message.ts'

/** Whether a subscription to `filter` brings all that one to `other` (a topic or a filter) would. */
export function covers(filter: string, other: string): boolean {
  if (filter === other) return true
  const levels = filter.split('/')
  const others = other.split('/')
  const shorter = Math.min(levels.length, others.length)
  for (let at = 0; at < shorter; at++) {
    if (levels[at] === '#') return true
    if (levels[at] !== '+' && levels[at] !== others[at]) return false
  }
  return levels.length === others.length
}

const LONGEST_TOPIC = 256
const MOST_SLASHES = 7
const LONGEST_RESERVED_TOPIC = 512
const SHARED = /^\$share\/\S+?\/(?=\S)/
const BASIC_INGEST = /^\$aws\/rules\/\S+?\/(?=\S)/

/** @throws MqttRequestError for a topic that AWS IoT would close the connection for */
export function checkTopic(topic: string, version: 'mqtt3' | 'mqtt5', operation: 'publish' | 'subscribe'): void {
  if (topic === '') throw new MqttRequestError('Topic must not be empty')
  if (operation === 'publish' && /[#+]/.test(topic)) throw new MqttRequestError("Publish topics must not contain wildcard characters of '#' or '+'")
  const effective = effectiveTopic(topic, version, operation)
  if (effective === undefined) return checkReserved(topic)
  if (effective.split('/').length - 1 > MOST_SLASHES) throw new MqttRequestError(`The request topic must have no more than ${MOST_SLASHES} forward slashes (/)`)
  if (effective.length > LONGEST_TOPIC) throw new MqttRequestError(`The topic size of request must be no larger than ${LONGEST_TOPIC} bytes of UTF-8 encoded characters`)
}

/** The part that the limits count; undefined for a reserved topic, whose limits AWS IoT knows alone. */
function effectiveTopic(topic: string, version: 'mqtt3' | 'mqtt5', operation: 'publish' | 'subscribe'): string | undefined {
  if (!topic.startsWith('$')) return topic
  if (version === 'mqtt5' && SHARED.test(topic)) return operation === 'subscribe' ? topic.replace(SHARED, '') : topic
  if (BASIC_INGEST.test(topic)) return topic.replace(BASIC_INGEST, '')
  return version === 'mqtt5' ? undefined : topic
}

function checkReserved(topic: string): void {
  if (topic.length > LONGEST_RESERVED_TOPIC) throw new MqttRequestError(`Reserved topic total length is greater than ${LONGEST_RESERVED_TOPIC} bytes of UTF-8 encoded characters`)
}
