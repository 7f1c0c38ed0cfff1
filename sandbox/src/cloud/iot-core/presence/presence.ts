// sandbox/src/cloud/iot-core/presence/presence.ts: tells on reserved topics who connects, disconnects and subscribes (AWS IoT guide, «Lifecycle events»).
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { ClientIdentity } from '../policy/identity.ts'

/** What of a connection its events tell. */
export interface PresentClient {
  readonly clientId: string
  readonly identity: ClientIdentity
  readonly source: { readonly ip: string }
  readonly sessionIdentifier: string
  readonly versionNumber: number
}

export interface Presence {
  /** The `versionNumber` of a connection that begins: rises by one, and starts at 0 again after an hour offline. */
  nextVersion(clientId: string): number
  connected(client: PresentClient): void
  disconnected(client: PresentClient, ending: { readonly reason: string }): void
  /** Not authorised to connect, or to publish its last will. */
  connectFailed(client: Omit<PresentClient, 'versionNumber'>): void
  subscribed(client: PresentClient, topics: readonly string[]): void
  unsubscribed(client: PresentClient, topics: readonly string[]): void
  /** The last disconnection of this client id, if it is remembered. */
  readonly lastDisconnection: (clientId: string) => { readonly at: Date; readonly reason: string } | undefined
}

export interface PresenceOptions {
  readonly store: Store
  readonly clock: Clock
  readonly publish: (topic: string, payload: string) => void
}

interface Remembered {
  readonly versionNumber: number
  readonly disconnectedAt?: Date
  readonly reason?: string
}

const FORGOTTEN_AFTER_MS = 3600_000

export function presence({ store, clock, publish }: PresenceOptions): Presence {
  const table = store.table<Remembered>('mqtt_presence')
  const tell = (event: string, { clientId }: { readonly clientId: string }, fields: object) => {
    if (/[#+]/.test(clientId)) return // AWS tells nothing of client ids with wildcards
    publish(`$aws/events/${event}/${clientId}`, JSON.stringify(fields))
  }
  const fieldsOf = (client: Omit<PresentClient, 'versionNumber'>, eventType: string) => {
    const thingName = client.identity.exclusiveThing()
    return {
      clientId: client.clientId,
      ...(thingName !== undefined && { thingName }),
      timestamp: clock.now().getTime(),
      eventType,
      sessionIdentifier: client.sessionIdentifier,
      principalIdentifier: client.identity.principalId,
    }
  }
  return {
    nextVersion(clientId) {
      const last = table.get(clientId)
      const forgotten = last?.disconnectedAt && clock.now().getTime() - last.disconnectedAt.getTime() > FORGOTTEN_AFTER_MS
      return last && !forgotten ? last.versionNumber + 1 : 0
    },
    connected: (client) =>
      store.transaction(() => {
        table.put(client.clientId, { versionNumber: client.versionNumber })
        tell('presence/connected', client, { ...fieldsOf(client, 'connected'), ipAddress: client.source.ip, versionNumber: client.versionNumber })
      }),
    disconnected: (client, { reason }) =>
      store.transaction(() => {
        table.put(client.clientId, { versionNumber: client.versionNumber, disconnectedAt: clock.now(), reason })
        const clientInitiatedDisconnect = reason === 'CLIENT_INITIATED_DISCONNECT'
        tell('presence/disconnected', client, { ...fieldsOf(client, 'disconnected'), clientInitiatedDisconnect, disconnectReason: reason, versionNumber: client.versionNumber })
      }),
    connectFailed(client) {
      tell('presence/connect_failed', client, { ...fieldsOf(client, 'connect_failed'), connectFailureReason: 'AUTHORIZATION_FAILED', ipAddress: client.source.ip })
    },
    subscribed: (client, topics) => tell('subscriptions/subscribed', client, { ...fieldsOf(client, 'subscribed'), topics }),
    unsubscribed: (client, topics) => tell('subscriptions/unsubscribed', client, { ...fieldsOf(client, 'unsubscribed'), topics }),
    lastDisconnection(clientId) {
      const last = table.get(clientId)
      return last?.disconnectedAt && { at: last.disconnectedAt, reason: last.reason ?? 'UNKNOWN' }
    },
  }
}
