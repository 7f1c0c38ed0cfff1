// sandbox/src/cloud/iot-core/broker/rate-meter.ts: holds one connection to what AWS meters by the second.
import type { BrokerRates } from './limits.ts'

export interface RateMeter {
  /** Whether one more publish is within the rate; beyond it AWS discards. */
  publish(): boolean
  /** Counts bytes. @returns for how many milliseconds to stop reading; beyond the rate AWS delays. */
  read(bytes: number): number
}

/** A bucket that holds one second's worth and fills steadily. */
export function meter({ publishesPerSecond, bytesPerSecond }: BrokerRates, nowMs: () => number = () => performance.now()): RateMeter {
  const publishes = bucket(publishesPerSecond, nowMs)
  const bytes = bucket(bytesPerSecond, nowMs)
  return {
    publish: () => publishes.take(1) === 0,
    read: (count) => bytes.borrow(count),
  }
}

/** @returns whether a client id may send one more CONNECT now */
export type ConnectMeter = (clientId: string) => boolean

/** Of ids that were silent for a second nothing needs to be known. */
export function connectMeter({ connectsPerSecond }: BrokerRates, nowMs: () => number = () => performance.now()): ConnectMeter {
  const connectedAt = new Map<string, number>() // in the order of time
  return (clientId) => {
    const longAgo = nowMs() - 1000 / connectsPerSecond
    for (const [known, at] of connectedAt) {
      if (at > longAgo) break
      connectedAt.delete(known)
    }
    if (connectedAt.has(clientId)) return false
    connectedAt.set(clientId, nowMs())
    return true
  }
}

function bucket(perSecond: number, nowMs: () => number) {
  let level = perSecond
  let filledAt = nowMs()
  const fill = () => {
    const now = nowMs()
    level = Math.min(perSecond, level + ((now - filledAt) / 1000) * perSecond)
    filledAt = now
  }
  return {
    /** @returns 0, or how many are missing: then nothing is taken */
    take(count: number): number {
      fill()
      if (level < count) return count - level
      level -= count
      return 0
    },
    /** Takes in any case. @returns milliseconds until the debt is paid */
    borrow(count: number): number {
      fill()
      level -= count
      return level >= 0 ? 0 : Math.ceil((-level / perSecond) * 1000)
    },
  }
}
