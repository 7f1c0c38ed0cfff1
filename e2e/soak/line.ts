// e2e/soak/line.ts: keeps a device connected, as the nucleus does: one connection at a time, made anew as often as it is lost.
import { setTimeout as after } from 'node:timers/promises'
import type { CloudMessage } from '@fleet/device-runtime/bus/bus'
import { openSession, type MqttSession } from '@fleet/sandbox/site/nucleus/mqtt/session'

export interface Credentials {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface LineOptions {
  readonly serial: string
  readonly cloud: { readonly network: Parameters<typeof openSession>[0]['network']; readonly host: string; readonly mqttPort: number; readonly rootCaPem: string }
  /** Read at each connection. */
  readonly credentials: () => Credentials
  readonly topics: () => readonly string[]
  readonly onMessage: (message: CloudMessage) => void
  /** Connected, and all topics are subscribed to. */
  readonly onSubscribed: () => void
}

export interface Line {
  /** While it is connected and subscribed. */
  readonly session: MqttSession | undefined
  /** How many there have been. */
  readonly sessions: number
  readonly restart: () => void
  readonly stop: () => void
  readonly cut: (ms: number) => void
  readonly close: () => Promise<void>
  describe(): string
}

/** For one request: a busy machine is slow, and a connection that was given up is work done in vain. */
const LIMIT_MS = 20_000
const LOOK_MS = 100
const AGAIN_MS = 500

/**
 * What is wanted of the line is state, not a queue of work: on a busy machine cuts and restarts come faster than connections are made,
 * and one that was put in line for each of them would never come to its end.
 */
export function openLine(options: LineOptions): Line {
  let [isOpen, isStopped, isStale, downUntil, sessions, tries] = [true, false, false, 0, 0, 0]
  let session: MqttSession | undefined
  const isWanted = () => isOpen && !isStopped && !isStale && performance.now() >= downUntil

  /** From one connection's beginning to its end. */
  const connection = async () => {
    tries++
    const opened = await open(options)
    const ends = new AbortController()
    void opened.lost.then(() => ends.abort())
    try {
      for (const topic of options.topics()) await opened.subscribe(topic, 1)
      session = opened
      sessions++
      options.onSubscribed()
      while (isWanted() && !ends.signal.aborted) await after(LOOK_MS)
    } finally {
      session = undefined
      await opened.end()
    }
  }
  const work = (async () => {
    while (isOpen) {
      isStale = false
      if (isWanted()) await connection().catch(() => after(AGAIN_MS)) // refused, or cut off: it is tried again
      await after(LOOK_MS)
    }
  })()
  return {
    get session() {
      return isWanted() ? session : undefined
    },
    get sessions() {
      return sessions
    },
    restart: () => ([isStopped, isStale] = [false, true]),
    stop: () => (isStopped = true),
    cut: (ms) => (downUntil = performance.now() + ms),
    close: async () => {
      isOpen = false
      await work
    },
    describe: () => `${session === undefined ? 'offline' : 'online'}, ${sessions} connections of ${tries} tries`,
  }
}

function open({ serial, cloud, credentials, onMessage }: LineOptions): Promise<MqttSession> {
  const { certificatePem: certificate, privateKeyPem: privateKey } = credentials()
  return openSession({
    ...{ network: cloud.network, host: cloud.host, port: cloud.mqttPort, tls: { ca: cloud.rootCaPem, certificate, privateKey } },
    ...{ version: 'mqtt5', clientId: serial, username: '', clean: true, keepAliveSeconds: 60, connectTimeoutMs: LIMIT_MS, operationTimeoutMs: LIMIT_MS },
    onMessage: ({ topic, payload }) => onMessage({ kind: 'message', topic, payload: new Uint8Array(payload) }),
  })
}
