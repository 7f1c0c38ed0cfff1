// sandbox/src/cloud/iot-core/broker/reason-codes.ts: the MQTT 5 reason codes that AWS IoT Core gives (AWS IoT guide, «MQTT reason codes»), and why connections end.

export const CODE = {
  success: 0x00,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  unsupportedProtocolVersion: 0x84,
  clientIdInvalid: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  qosNotSupported: 0x9b,
  connectionRateExceeded: 0x9f,
  subscriptionIdentifiersNotSupported: 0xa1,
} as const

/** `disconnectReason` of lifecycle events (AWS IoT guide, «Lifecycle events»). */
export type DisconnectReason =
  | 'AUTH_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CLIENT_ERROR'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_ERROR'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'API_INITIATED_DISCONNECT'
  | 'THROTTLED'

/** How a connection ends. */
export interface Ending {
  readonly reason: DisconnectReason
  /** Sent in a DISCONNECT to a client of MQTT 5; 3.1.1 knows none from a server. */
  readonly code?: number
  /** The client said DISCONNECT: its last will is not published. */
  readonly withoutWill?: boolean
}

/** Something that a client asked for and does not get. */
export interface Refusal {
  readonly code: number
  readonly disconnectReason: DisconnectReason
  /** `reason` and `details` of the entry in AWS IoT's log. */
  readonly reason: string
  readonly details: string
}

export const unauthorized = (details: string): Refusal => ({ code: CODE.notAuthorized, disconnectReason: 'AUTH_ERROR', reason: 'AUTHORIZATION_FAILURE', details })
export const clientError = (code: number, details: string): Refusal => ({ code, disconnectReason: 'CLIENT_ERROR', reason: 'CLIENT_ERROR', details })
export const throttled = (details: string): Refusal => ({ code: CODE.quotaExceeded, disconnectReason: 'THROTTLED', reason: 'THROTTLED', details })
