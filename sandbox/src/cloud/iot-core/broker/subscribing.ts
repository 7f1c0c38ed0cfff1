// sandbox/src/cloud/iot-core/broker/subscribing.ts: a client subscribes and unsubscribes.
import type { ISubscribePacket, ISubscription, IUnsubscribePacket } from 'mqtt-packet'
import { expel, logRefusal, type Conversation } from './conversation.ts'
import { clientError, CODE, throttled, unauthorized, type Refusal } from './reason-codes.ts'
import type { Subscription } from './subscriptions.ts'
import { faultOfFilter, hasWildcard, sharedFilter } from './topics.ts'

/** In a SUBACK of 3.1.1 there is one code for every failure. */
const FAILURE = 0x80

export function handleSubscribe(conversation: Conversation, packet: ISubscribePacket): void {
  const { client } = conversation
  const wrong = faultOfPacket(conversation, packet)
  if (wrong === 'ignore') return
  if (wrong) return expel(conversation, wrong, { eventType: 'Subscribe' })
  const granted: number[] = []
  const places = freePlaces(conversation)
  for (const asked of packet.subscriptions) {
    const refusal = faultOfSubscription(conversation, asked) ?? places.faultOf(asked.topic)
    if (refusal && client.version !== 5 && refusal.code !== CODE.quotaExceeded) return expel(conversation, refusal, { eventType: 'Subscribe', topicName: asked.topic })
    if (refusal) logRefusal(conversation, refusal, { eventType: 'Subscribe', topicName: asked.topic })
    granted.push(refusal ? (client.version === 5 ? refusal.code : FAILURE) : asked.qos)
  }
  client.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted })
  const taken = packet.subscriptions.filter((_, i) => (granted[i] ?? FAILURE) < FAILURE)
  for (const asked of taken) subscribe(conversation, asked)
  if (taken.length > 0) conversation.core.presence.subscribed(client, taken.map(({ topic }) => topic))
  if (granted.includes(client.version === 5 ? CODE.quotaExceeded : FAILURE)) client.end({ reason: 'THROTTLED', code: CODE.quotaExceeded })
}

/** What is wrong with the packet as a whole; QoS 2 gets no answer from AWS in 3.1.1. */
function faultOfPacket(conversation: Conversation, { subscriptions, properties }: ISubscribePacket): Refusal | 'ignore' | undefined {
  const { core, client } = conversation
  if (properties?.subscriptionIdentifier !== undefined) return clientError(CODE.subscriptionIdentifiersNotSupported, 'subscription identifiers are not supported')
  if (subscriptions.length > core.limits.filtersPerSubscribe) return throttled(`a SUBSCRIBE has at most ${core.limits.filtersPerSubscribe} topic filters`)
  if (!subscriptions.some(({ qos }) => qos === 2)) return undefined
  const refusal = clientError(CODE.qosNotSupported, 'QoS 2 is not supported')
  if (client.version === 5) return refusal
  logRefusal(conversation, refusal, { eventType: 'Subscribe' })
  return 'ignore'
}

function faultOfSubscription({ core, client }: Conversation, { topic }: ISubscription): Refusal | undefined {
  const fault = faultOfFilter(topic, core.limits)
  if (fault) return clientError(CODE.topicFilterInvalid, fault)
  if (topic.startsWith('$aws/rules/')) return clientError(CODE.topicFilterInvalid, 'basic ingest topics cannot be subscribed to')
  return client.authority.maySubscribe(topic) ? undefined : unauthorized(`iot:Subscribe is not allowed on ${topic}`)
}

/** Subscribing again to the same filter takes no further place. */
function freePlaces({ core, client }: Conversation) {
  const held = new Set(core.subscriptions.of(client.session).map(({ filter }) => filter))
  const most = core.limits.subscriptionsPerConnection
  return {
    faultOf: (filter: string) => (held.add(filter).size > most ? throttled(`a connection has at most ${most} subscriptions`) : undefined),
  }
}

function subscribe({ core, client }: Conversation, { topic: filter, qos, nl, rap, rh }: ISubscription): void {
  const subscription: Subscription = { filter, qos: qos === 0 ? 0 : 1, ...(nl && { noLocal: true }), ...(rap && { retainAsPublished: true }) }
  const isNew = core.sessions.subscribe(client.session, subscription)
  core.subscriptions.cameOnline(client.session)
  // Filters with wildcards and shared ones bring no retained messages (AWS IoT guide, «differences from MQTT specifications»)
  if (hasWildcard(filter) || sharedFilter(filter) || rh === 2 || (rh === 1 && !isNew)) return
  const retained = core.retained.get(filter)
  if (retained) client.session.deliver(retained.message, { qos: retained.message.qos === 1 ? subscription.qos : 0, retain: true })
}

export function handleUnsubscribe({ core, client }: Conversation, { messageId = 0, unsubscriptions }: IUnsubscribePacket): void {
  const granted = unsubscriptions.map((filter) => (core.sessions.unsubscribe(client.session, filter) ? CODE.success : CODE.noSubscriptionExisted))
  client.send({ cmd: 'unsuback', messageId, granted })
  core.presence.unsubscribed(client, unsubscriptions)
}
