// sandbox/src/cloud/iot-core/broker/conversation.ts: one client's conversation with the broker, and how a refusal in it is logged.
import type { Client } from './client.ts'
import type { Core } from './core.ts'
import type { RateMeter } from './rate-meter.ts'
import type { Refusal } from './reason-codes.ts'

export interface Conversation {
  readonly core: Core
  readonly client: Client
  readonly rates: RateMeter | undefined
}

/** Logs a refusal of something that this client asked for. */
export function logRefusal({ core, client }: Conversation, refusal: Refusal, fields: { readonly eventType?: string; readonly topicName?: string }): void {
  const { clientId, identity, source } = client
  const who = { clientId, principalId: identity.principalId, sourceIp: source.ip, sourcePort: source.port }
  core.iotLog.failure({ eventType: 'Disconnect', protocol: 'MQTT', ...fields, ...who, reason: refusal.reason, details: refusal.details })
}

/** Logs the refusal and closes the connection. */
export function expel(conversation: Conversation, refusal: Refusal, fields: { readonly eventType?: string; readonly topicName?: string }): void {
  logRefusal(conversation, refusal, fields)
  conversation.client.end({ reason: refusal.disconnectReason, code: refusal.code })
}
