// sandbox/src/cloud/iot-core/broker/packets.ts: what a connected client may say, and who answers it.
import type { IDisconnectPacket, Packet } from 'mqtt-packet'
import type { Client } from './client.ts'
import { expel, type Conversation } from './conversation.ts'
import { handlePublish } from './publishing.ts'
import { clientError, CODE } from './reason-codes.ts'
import { handleSubscribe, handleUnsubscribe } from './subscribing.ts'

export function handlePacket(conversation: Conversation, packet: Packet): void {
  const { client } = conversation
  switch (packet.cmd) {
    case 'publish':
      return handlePublish(conversation, packet)
    case 'puback':
      return client.session.acknowledge(packet.messageId ?? 0)
    case 'pingreq':
      return client.send({ cmd: 'pingresp' })
    case 'subscribe':
      return handleSubscribe(conversation, packet)
    case 'unsubscribe':
      return handleUnsubscribe(conversation, packet)
    case 'disconnect':
      return handleDisconnect(client, packet)
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return expel(conversation, clientError(CODE.protocolError, 'QoS 2 is not supported'), {})
    default:
      return expel(conversation, clientError(CODE.protocolError, `a client does not send ${packet.cmd} now`), {})
  }
}

/** MQTT 5: the client may change how long its session is kept, but not begin to have one; 0x04 asks for the last will all the same. */
function handleDisconnect(client: Client, { reasonCode, properties }: IDisconnectPacket): void {
  const asked = properties?.sessionExpiryInterval
  if (asked !== undefined && client.session.expirySeconds > 0) client.session.expirySeconds = Math.min(asked, client.session.expirySeconds)
  const withWill = client.version === 5 && reasonCode === 0x04
  client.end({ reason: 'CLIENT_INITIATED_DISCONNECT', withoutWill: !withWill })
}
