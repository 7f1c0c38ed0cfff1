// e2e/soak/lossy-bus.ts: a device's way to the cloud that loses, doubles and delays messages, over a line that can be cut.
import type { CloudBus, CloudMessage, Subscribed } from '@fleet/device-runtime/bus/bus'
import { queue } from '@fleet/device-runtime/queue'
import type { Chance } from './chance.ts'
import { openLine, type LineOptions } from './line.ts'

export interface LossyBus extends CloudBus {
  /** The nucleus starts anew, with what is in charge now. */
  restart(): void
  /** The nucleus is gone until it is started anew. */
  stop(): void
  /** The network is gone for so long. */
  cut(ms: number): void
  close(): Promise<void>
  /** For a person who wonders. */
  describe(): string
}

export interface LossyBusOptions extends Omit<LineOptions, 'topics' | 'onMessage' | 'onSubscribed'> {
  readonly chance: Chance
  /** With each message, in either direction. */
  readonly onTraffic: () => void
}

const MOST_DELAY_MS = 1500

export function lossyBus({ chance, onTraffic, ...options }: LossyBusOptions): LossyBus {
  const arriving = new Set<ReturnType<typeof queue<CloudMessage | Subscribed>>>()
  const faults = { lost: 0, doubled: 0, delayed: 0 }
  let topics: readonly string[] = []
  const line = openLine({
    ...options,
    topics: () => topics,
    onMessage: (message) => disturbed(() => arriving.forEach((each) => each.push(message))),
    onSubscribed: () => arriving.forEach((each) => each.push({ kind: 'subscribed' })),
  })
  /** Of ten messages one is lost, one comes twice, one comes late. */
  const disturbed = (deliver: () => unknown) => {
    onTraffic()
    const fate = chance.below(10)
    if (fate === 0) {
      faults.lost++
      return
    }
    if (fate === 1) {
      faults.doubled++
      deliver()
    }
    if (fate === 2) faults.delayed++
    if (fate === 2) setTimeout(deliver, chance.below(MOST_DELAY_MS))
    else deliver()
  }
  return {
    get session() {
      return line.sessions
    },
    publish(topic, message) {
      const over = line.session
      if (over === undefined) return Promise.reject(new Error('the device is offline'))
      const payload = Buffer.from(JSON.stringify(message))
      disturbed(() => over.publish({ topic, payload, qos: 1, retain: false, properties: {} }).catch(() => undefined)) // lost with its connection
      return Promise.resolve()
    },
    async *subscribe(wanted, signal) {
      const own = queue<CloudMessage | Subscribed>()
      arriving.add(own)
      if (topics.length === 0) {
        topics = wanted
        line.restart() // each connection subscribes when it is made
      } else if (line.session !== undefined) own.push({ kind: 'subscribed' })
      try {
        yield* own.until(signal)
      } finally {
        arriving.delete(own)
      }
    },
    ...{ restart: line.restart, stop: line.stop, cut: line.cut, close: line.close },
    describe: () => `${line.describe()}, ${faults.lost} messages lost, ${faults.doubled} doubled, ${faults.delayed} delayed`,
  }
}
