// sandbox/src/cloud/iot-core/broker/limits.ts: the quotas of AWS IoT Core's message broker (AWS General Reference, «AWS IoT Core endpoints and quotas»).

export interface BrokerLimits {
  readonly payloadBytes: number
  /** Announced in CONNACK: payload, topic and properties together. */
  readonly packetBytes: number
  readonly topicBytes: number
  readonly topicSlashes: number
  readonly clientIdBytes: number
  readonly shareNameBytes: number
  readonly filtersPerSubscribe: number
  readonly subscriptionsPerConnection: number
  /** QoS 1 messages on the way to a client, or from it. */
  readonly unacknowledged: number
  /** QoS 1 messages that wait in memory for an online client whose session will not outlive it. */
  readonly waitingForCleanSession: number
  readonly topicAliases: number
  readonly keepAliveSeconds: { readonly least: number; readonly most: number }
  /** How long a session is kept after its client went. */
  readonly sessionExpirySeconds: number
  readonly messageExpirySeconds: { readonly least: number; readonly most: number }
  readonly retainedMessages: number
  /** A client that has said nothing by then is dropped. */
  readonly connectWithinMs: number
}

export const AWS_LIMITS: BrokerLimits = {
  payloadBytes: 128 * 1024,
  packetBytes: 146 * 1024,
  topicBytes: 256,
  topicSlashes: 7,
  clientIdBytes: 128,
  shareNameBytes: 128,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  unacknowledged: 100,
  waitingForCleanSession: 10_000,
  topicAliases: 8,
  keepAliveSeconds: { least: 30, most: 1200 },
  sessionExpirySeconds: 3600,
  messageExpirySeconds: { least: 1, most: 604_800 },
  retainedMessages: 500_000,
  connectWithinMs: 30_000,
}

/** What AWS meters by time; held to only when the operator asks for real quotas. */
export interface BrokerRates {
  readonly publishesPerSecond: number
  readonly bytesPerSecond: number
  /** CONNECTs of one client id. */
  readonly connectsPerSecond: number
}

export const AWS_RATES: BrokerRates = { publishesPerSecond: 100, bytesPerSecond: 512 * 1024, connectsPerSecond: 1 }
