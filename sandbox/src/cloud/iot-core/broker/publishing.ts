// sandbox/src/cloud/iot-core/broker/publishing.ts: a client publishes.
import type { IPublishPacket } from 'mqtt-packet'
import type { Client } from './client.ts'
import { expel, logRefusal, type Conversation } from './conversation.ts'
import type { Core } from './core.ts'
import { messageOf, type Message } from './message.ts'
import { clientError, CODE, throttled, unauthorized, type Refusal } from './reason-codes.ts'
import { faultOfName, isReserved } from './topics.ts'

export function handlePublish(conversation: Conversation, packet: IPublishPacket): void {
  const { core, client, rates } = conversation
  if (packet.qos === 2) return refuseQos2(conversation, packet)
  const topic = resolveAlias(client, packet, core.limits.topicAliases)
  if (topic === undefined) return expel(conversation, clientError(CODE.topicAliasInvalid, 'unknown topic alias'), { eventType: 'Publish-In' })
  if (rates && !rates.publish()) return logRefusal(conversation, throttled('more publishes per second than the quota of a connection'), { eventType: 'Publish-In', topicName: topic })
  const { clientId } = client
  const message = messageOf({ ...packet, topic }, { clientId, nowMs: core.clock.now().getTime(), limits: core.limits })
  const refusal = faultOfMessage(core, message) ?? denial(client, message)
  if (refusal) return refuse(conversation, packet, { refusal, topic })
  core.route(message, originOf(core, client))
  if (packet.qos === 1) client.send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: CODE.success })
}

/** What no policy could allow: also for what comes by HTTP or from a topic rule. */
export function faultOfMessage({ limits, reserved, retained }: Core, { topic, payload, retain }: Message): Refusal | undefined {
  const fault = faultOfName(topic, limits)
  if (fault) return clientError(CODE.topicNameInvalid, fault)
  if (payload.length > limits.payloadBytes) return clientError(CODE.packetTooLarge, `the payload is larger than ${limits.payloadBytes} bytes`)
  if (isReserved(topic) && retain) return clientError(CODE.topicNameInvalid, 'messages to reserved topics cannot be retained')
  if (isReserved(topic) && !reserved.has(topic)) return clientError(CODE.topicNameInvalid, 'this reserved topic is not for clients to publish to')
  return retain && !retained.hasRoomFor({ topic, payload, retain, qos: 0, clientId: '' }) ? throttled('the account has no room for more retained messages') : undefined
}

function denial({ authority }: Client, { topic, retain }: Message): Refusal | undefined {
  if (!authority.mayPublish(topic)) return unauthorized(`iot:Publish is not allowed on ${topic}`)
  return retain && !authority.mayRetain(topic) ? unauthorized(`iot:RetainPublish is not allowed on ${topic}`) : undefined
}

/** MQTT 5 hears of it in its PUBACK and goes on; otherwise AWS closes the connection. */
function refuse(conversation: Conversation, packet: IPublishPacket, { refusal, topic }: { readonly refusal: Refusal; readonly topic: string }): void {
  const { client } = conversation
  const fields = { eventType: 'Publish-In', topicName: topic }
  if (client.version !== 5 || packet.qos === 0 || refusal.code === CODE.packetTooLarge) return expel(conversation, refusal, fields)
  logRefusal(conversation, refusal, fields)
  const properties = client.wantsReasons ? { properties: { reasonString: refusal.details } } : {}
  client.send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: refusal.code, ...properties })
}

/** A 3.1.1 client gets no answer at all (AWS IoT guide, «differences from MQTT specifications»); MQTT 5 was told the maximum QoS. */
function refuseQos2(conversation: Conversation, { topic }: IPublishPacket): void {
  const refusal = clientError(CODE.qosNotSupported, 'QoS 2 is not supported')
  const fields = { eventType: 'Publish-In', topicName: topic }
  if (conversation.client.version === 5) expel(conversation, refusal, fields)
  else logRefusal(conversation, refusal, fields)
}

function resolveAlias({ topicAliases }: Client, { topic, properties }: IPublishPacket, most: number): string | undefined {
  const alias = properties?.topicAlias
  if (alias === undefined) return topic
  if (alias < 1 || alias > most) return undefined
  if (topic !== '') topicAliases.set(alias, topic)
  return topicAliases.get(alias)
}

/** Answers reach this client whether it subscribed or not, in the QoS of its subscription if there is one. */
function originOf(core: Core, client: Client): { principal: string; reply: (topic: string, payload: Uint8Array | string) => Promise<void> } {
  return {
    principal: client.identity.principalId,
    reply: async (topic, payload) => {
      const qos = core.subscriptions.qosFor(client.session, topic) ?? 0
      client.session.deliver({ topic, payload: Buffer.from(payload), qos, retain: false, clientId: 'n/a' }, { qos, retain: false })
      core.outbox.commit()
    },
  }
}
