// sandbox/src/cloud/iot-core/broker/topics.ts: topic names and topic filters as AWS IoT Core reads them.
import type { BrokerLimits } from './limits.ts'

/** Bytes of a clear text that MQTT forbids in topics and that would confuse the keys of our tables. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/
const INGEST = '$aws/rules/'

/** @returns what is wrong with a topic to publish to, in words; undefined when it is fine. */
export function faultOfName(topic: string, limits: BrokerLimits): string | undefined {
  if (topic === '') return 'the topic is empty'
  if (topic.includes('#') || topic.includes('+')) return 'a topic name has no wildcards'
  return faultOfLength(withoutIngestPrefix(topic), limits)
}

/** The same for a filter to subscribe to; for a shared one (`$share/group/filter`) its last part is looked at. */
export function faultOfFilter(filter: string, limits: BrokerLimits): string | undefined {
  if (filter.startsWith(SHARE)) {
    const shared = sharedFilter(filter)
    if (!shared) return 'a shared subscription is $share/{name}/{filter}'
    if (Buffer.byteLength(shared.group) > limits.shareNameBytes) return `a share name has at most ${limits.shareNameBytes} bytes`
    return faultOfFilter(shared.filter, limits)
  }
  if (filter === '') return 'the topic filter is empty'
  const levels = filter.split('/')
  if (levels.some((level) => level.length > 1 && (level.includes('#') || level.includes('+')))) return 'a wildcard stands alone in its level'
  if (levels.slice(0, -1).includes('#')) return '# is the last level'
  return faultOfLength(filter, limits)
}

function faultOfLength(topic: string, limits: BrokerLimits): string | undefined {
  if (CONTROL.test(topic)) return 'control characters are not allowed'
  if (topic.length > limits.topicBytes || Buffer.byteLength(topic) > limits.topicBytes) return `a topic has at most ${limits.topicBytes} bytes`
  let slashes = 0
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) slashes++
  return slashes > limits.topicSlashes ? `a topic has at most ${limits.topicSlashes} slashes` : undefined
}

/** The first three levels of basic ingest do not count (AWS IoT guide, «Basic Ingest»). */
const withoutIngestPrefix = (topic: string) => (topic.startsWith(INGEST) ? (ingested(topic)?.topic ?? topic) : topic)

/** `$aws/rules/<rule>/<topic>`: which rule it is for, and the topic as that rule sees it. */
export function ingested(topic: string): { readonly rule: string; readonly topic: string } | undefined {
  if (!topic.startsWith(INGEST)) return undefined
  const [rule, ...rest] = topic.slice(INGEST.length).split('/')
  return rule ? { rule, topic: rest.join('/') } : undefined
}

const SHARE = '$share/'

/** `$share/{group}/{filter}`: members of a group share what matches (MQTT 5, 4.8.2; AWS offers it for 3.1.1 too). */
export function sharedFilter(filter: string): { readonly group: string; readonly filter: string } | undefined {
  const match = /^\$share\/([^/+#]+)\/(.+)$/s.exec(filter)
  return match?.[1] && match[2] ? { group: match[1], filter: match[2] } : undefined
}

export const isReserved = (topic: string) => topic.startsWith('$')
export const hasWildcard = (filter: string) => filter.includes('+') || filter.includes('#')

/** Client ids beginning with `$` are AWS's own; control characters are never meant. */
export function faultOfClientId(clientId: string, limits: BrokerLimits): string | undefined {
  if (clientId.startsWith('$')) return 'client ids beginning with $ are reserved'
  if (CONTROL.test(clientId)) return 'control characters are not allowed'
  return Buffer.byteLength(clientId) > limits.clientIdBytes ? `a client id has at most ${limits.clientIdBytes} bytes` : undefined
}
