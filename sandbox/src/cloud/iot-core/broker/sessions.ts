// sandbox/src/cloud/iot-core/broker/sessions.ts: the sessions of all client ids, kept over disconnections and restarts until they expire.
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import type { BrokerLimits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import { newSession, type Session } from './session.ts'
import type { Subscription, Subscriptions } from './subscriptions.ts'

export interface Sessions {
  /** The session for a client that connects: what is left of its former one unless `cleanStart`, else a new one. */
  open(clientId: string, options: { readonly cleanStart: boolean; readonly expirySeconds: number }): { readonly session: Session; readonly present: boolean }
  /** Its connection is gone; the time until it expires begins. */
  close(session: Session): void
  /** Forgets subscriptions and messages. */
  end(session: Session): void
  find(clientId: string): Session | undefined
  /** Since when it has no connection; undefined while it has one. */
  disconnectedSince(clientId: string): Date | undefined
  subscribe(session: Session, subscription: Subscription): boolean
  unsubscribe(session: Session, filter: string): boolean
  /** Ends what has expired by the cloud's clock. */
  readonly sweep: () => void
}

interface SessionRecord {
  readonly expirySeconds: number
  readonly subscriptions: readonly Subscription[]
  readonly disconnectedAt?: Date
}

export interface SessionsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly limits: BrokerLimits
  readonly outbox: Outbox
  readonly subscriptions: Subscriptions
}

export function openSessions({ store, clock, limits, outbox, subscriptions }: SessionsOptions): Sessions {
  const table = store.table<SessionRecord>('mqtt_sessions')
  const sessions = new Map<string, Session>()
  const goneSince = new Map<Session, Date>()
  const nowMs = () => clock.now().getTime()

  const create = (clientId: string, expirySeconds: number) => {
    const session = newSession({ clientId, outbox, limits, nowMs, persistent: expirySeconds > 0, expirySeconds })
    sessions.set(clientId, session)
    return session
  }
  const save = (session: Session) => {
    if (!session.persistent) return
    const disconnectedAt = goneSince.get(session)
    table.put(session.clientId, { expirySeconds: session.expirySeconds, subscriptions: subscriptions.of(session), ...(disconnectedAt && { disconnectedAt }) })
  }
  const end = (session: Session) => {
    subscriptions.removeAll(session)
    goneSince.delete(session)
    if (sessions.get(session.clientId) === session) sessions.delete(session.clientId)
    if (!session.persistent) return
    table.delete(session.clientId)
    outbox.clear(session.clientId)
  }
  const hasExpired = (session: Session) => {
    const since = goneSince.get(session)
    return since !== undefined && since.getTime() + session.expirySeconds * 1000 <= nowMs()
  }
  /** Their connections ended with the former process, at the latest now. */
  const restore = () => {
    for (const [clientId, { expirySeconds, subscriptions: filters, disconnectedAt = clock.now() }] of table.all()) {
      const session = create(clientId, expirySeconds)
      goneSince.set(session, disconnectedAt)
      for (const subscription of filters) subscriptions.add(session, subscription)
      save(session)
    }
  }
  restore()
  return {
    open(clientId, { cleanStart, expirySeconds }) {
      const former = sessions.get(clientId)
      const resumed = former && !cleanStart && !hasExpired(former) ? former : undefined
      if (former && !resumed) end(former)
      const session = resumed ?? create(clientId, expirySeconds)
      session.expirySeconds = expirySeconds
      goneSince.delete(session)
      save(session)
      return { session, present: resumed !== undefined }
    },
    close(session) {
      session.detach()
      outbox.commit()
      if (!session.persistent || session.expirySeconds === 0) return end(session)
      goneSince.set(session, clock.now())
      save(session)
    },
    end,
    find: (clientId) => sessions.get(clientId),
    disconnectedSince(clientId) {
      const session = sessions.get(clientId)
      return session && goneSince.get(session)
    },
    subscribe(session, subscription) {
      const isNew = subscriptions.add(session, subscription)
      save(session)
      return isNew
    },
    unsubscribe(session, filter) {
      const held = subscriptions.remove(session, filter)
      if (held) save(session)
      return held
    },
    sweep() {
      for (const session of [...goneSince.keys()]) if (hasExpired(session)) end(session)
    },
  }
}
