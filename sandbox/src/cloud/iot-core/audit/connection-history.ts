// sandbox/src/cloud/iot-core/audit/connection-history.ts: who was connected when, by which certificate: collected while a check needs it.
import type { Clock } from '../../clock.ts'
import type { DeviceMessage } from '../../ports.ts'
import type { Store } from '../../store/store.ts'
import { isObject, parseJson } from '../json.ts'

export interface PastConnection {
  readonly clientId: string
  readonly certificateId: string
  readonly connectedAt: Date
  /** Undefined while it lasts. */
  readonly disconnectedAt?: Date
  /** `DUPLICATE_CLIENTID`: another one took its client id. */
  readonly reason?: string
}

export interface ConnectionHistory {
  /** Those that overlap this time, the latest first. */
  between(from: Date, to: Date): readonly PastConnection[]
  /** Forgets what ended before. */
  forget(before: Date): void
}

const EVENTS = /^\$aws\/events\/presence\/(connected|disconnected)\//

export interface HistoryOptions {
  readonly store: Store
  readonly clock: Clock
  /** Whether a check that needs it is enabled («When you enable a check, data collection starts immediately»). */
  readonly isWanted: () => boolean
  readonly listen: (listener: (message: Pick<DeviceMessage, 'topic' | 'payload'>) => void) => void
}

/** From the lifecycle events, which AWS does not send for client ids with a wildcard: a core's further connections (`<thing>#2`) are not in it. */
export function connectionHistory({ store, clock, isWanted, listen }: HistoryOptions): ConnectionHistory {
  const connections = store.table<PastConnection>('audit_connections')
  for (const [key, connection] of connections.all()) if (!connection.disconnectedAt) connections.put(key, { ...connection, disconnectedAt: clock.now() }) // they ended with the former process
  listen(({ topic, payload }) => {
    const [, what] = EVENTS.exec(topic) ?? []
    if (what === undefined || !isWanted()) return
    const event = parseJson(payload)
    if (!isObject(event)) return
    const { clientId, principalIdentifier, sessionIdentifier, timestamp, disconnectReason } = event
    if (typeof clientId !== 'string' || typeof principalIdentifier !== 'string' || typeof sessionIdentifier !== 'string' || typeof timestamp !== 'number' || !/^[0-9a-f]{64}$/.test(principalIdentifier)) return
    const at = new Date(timestamp)
    const known = connections.get(sessionIdentifier) ?? { clientId, certificateId: principalIdentifier, connectedAt: at }
    connections.put(sessionIdentifier, what === 'connected' ? known : { ...known, disconnectedAt: at, ...(typeof disconnectReason === 'string' ? { reason: disconnectReason } : {}) })
  })
  return {
    between: (from, to) =>
      connections
        .all()
        .map(([, connection]) => connection)
        .filter(({ connectedAt, disconnectedAt = to }) => connectedAt <= to && disconnectedAt >= from)
        .sort((one, other) => other.connectedAt.getTime() - one.connectedAt.getTime()),
    forget(before) {
      for (const [key, { disconnectedAt }] of connections.all()) if (disconnectedAt && disconnectedAt < before) connections.delete(key)
    },
  }
}
