// sandbox/src/cloud/iot-core/broker/client.ts: a connected client, as the parts of the broker know it.
import type { Packet } from 'mqtt-packet'
import type { ConnectionAuthority } from '../policy/connection-authority.ts'
import type { ClientIdentity } from '../policy/identity.ts'
import type { Message } from './message.ts'
import type { Ending } from './reason-codes.ts'
import type { Session } from './session.ts'

/** Where a connection comes from. */
export interface Source {
  readonly ip: string
  readonly port: number
}

export interface Client {
  readonly clientId: string
  readonly version: 4 | 5
  readonly identity: ClientIdentity
  readonly authority: ConnectionAuthority
  readonly session: Session
  readonly source: Source
  /** Of this connection: `sessionIdentifier` of its lifecycle events. */
  readonly sessionIdentifier: string
  /** The same in the connect and the disconnect event. */
  readonly versionNumber: number
  readonly keepAliveSeconds: number
  readonly cleanSession: boolean
  readonly connectedAt: Date
  readonly will: Message | undefined
  /** Whether reason strings may be sent (MQTT 5, Request Problem Information). */
  readonly wantsReasons: boolean
  /** MQTT 5 topic aliases that the client has set up in this connection. */
  readonly topicAliases: Map<number, string>
  send(packet: Packet): void
  end(ending: Ending): void
}
