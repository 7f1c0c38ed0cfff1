// e2e/soak/lossy-bus.ts: a device's way to the cloud that loses, doubles and delays messages, and breaks when it is told to.
import type { CloudBus, CloudMessage, Subscribed } from '@fleet/device-runtime/bus/bus'
import { queue } from '@fleet/device-runtime/queue'
import { openSession, type MqttSession } from '@fleet/sandbox/site/nucleus/mqtt/session'
import type { Chance } from './chance.ts'

export interface Credentials {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface LossyBus extends CloudBus {
  /** The nucleus starts anew, with what is in charge now. */
  restart(): Promise<void>
  /** The line is down until it is restored; the nucleus connects again by itself. */
  cut(): Promise<void>
  close(): Promise<void>
  readonly faults: { lost: number; doubled: number; delayed: number }
}

export interface LossyBusOptions {
  readonly serial: string
  readonly cloud: { readonly network: Parameters<typeof openSession>[0]['network']; readonly host: string; readonly mqttPort: number; readonly rootCaPem: string }
  /** Read at each connection, as the nucleus does. */
  readonly credentials: () => Credentials
  readonly chance: Chance
}

const LIMIT_MS = 5000
const MOST_TRIES = 5
const MOST_DELAY_MS = 1500

export function lossyBus({ serial, cloud, credentials, chance }: LossyBusOptions): LossyBus {
  const faults = { lost: 0, doubled: 0, delayed: 0 }
  const arriving = new Set<ReturnType<typeof queue<CloudMessage | Subscribed>>>()
  let topics: readonly string[] = []
  let session: MqttSession | undefined
  let number = 0
  let isOpen = true
  /** One connection after the other: two with one client id would throw each other out. */
  let order: Promise<void> = Promise.resolve()

  const connect = async () => {
    const { certificatePem: certificate, privateKeyPem: privateKey } = credentials()
    const opened = await openSession({
      ...{ network: cloud.network, host: cloud.host, port: cloud.mqttPort, tls: { ca: cloud.rootCaPem, certificate, privateKey } },
      ...{ version: 'mqtt5', clientId: serial, username: '', clean: true, keepAliveSeconds: 60, connectTimeoutMs: LIMIT_MS, operationTimeoutMs: LIMIT_MS },
      onMessage: ({ topic, payload }) => hear({ kind: 'message', topic, payload: new Uint8Array(payload) }),
    })
    for (const topic of topics) await opened.subscribe(topic, 1)
    session = opened
    number++
    for (const each of arriving) each.push({ kind: 'subscribed' })
    void opened.lost.then(() => {
      if (session === opened) session = undefined
    })
  }
  const hear = (message: CloudMessage) => disturbed(() => arriving.forEach((each) => each.push(message)))
  /** Of ten messages one is lost, one comes twice, one comes late. */
  const disturbed = (deliver: () => unknown) => {
    const fate = chance.below(10)
    if (fate === 0) {
      faults.lost++
      return
    }
    if (fate === 1) faults.doubled++
    if (fate === 2) faults.delayed++
    if (fate === 1) deliver()
    if (fate === 2) setTimeout(deliver, chance.below(MOST_DELAY_MS))
    else deliver()
  }
  const drop = async () => {
    const old = session
    session = undefined
    await old?.end()
  }
  const reconnect = async () => {
    await drop()
    for (let tries = 0; isOpen && tries < MOST_TRIES; tries++) {
      const isUp = await connect().then(() => true, () => false)
      if (isUp) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return {
    faults,
    get session() {
      return number
    },
    async publish(topic, message) {
      if (session === undefined) throw new Error('the device is offline')
      const over = session
      const payload = Buffer.from(JSON.stringify(message))
      disturbed(() => over.publish({ topic, payload, qos: 1, retain: false, properties: {} }).catch(() => undefined)) // lost with its connection
    },
    async *subscribe(wanted, signal) {
      const own = queue<CloudMessage | Subscribed>()
      arriving.add(own)
      const isNew = topics.length === 0
      topics = wanted
      if (isNew) for (const topic of wanted) await session?.subscribe(topic, 1).catch(() => undefined) // a lost one is subscribed to again
      own.push({ kind: 'subscribed' })
      try {
        yield* own.until(signal)
      } finally {
        arriving.delete(own)
      }
    },
    restart: () => (order = order.then(reconnect)),
    cut: drop,
    async close() {
      isOpen = false
      await drop()
    },
  }
}
