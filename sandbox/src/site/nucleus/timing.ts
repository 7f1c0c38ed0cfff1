// sandbox/src/site/nucleus/timing.ts: how long the nucleus waits, where its configuration does not say; and waiting itself.
import { setTimeout as timer } from 'node:timers/promises'

/** In milliseconds, as nucleus 2.18 and its claim plugin have them; tests wait less. */
export const NUCLEUS_TIMINGS = {
  /** For each step of provisioning by claim. */
  provisioningStep: 30_000,
  provisioningConnectRetry: 5000,
  /** Between a change of the cloud's address or the device's identity and the reconnection. */
  reconfigured: 1000,
  /** After a subscription to jobs or the deployment shadow failed; up to a sixth more, so that a fleet does not return at one moment. */
  subscriptionRetry: 120_000,
  /** Between tries of the data plane, of S3 and of downloads, while the device is offline or the cloud has a fault. */
  cloudRetry: 60_000,
  /** First wait of docker pull and login; it doubles. */
  dockerRetry: 10_000,
  /** Between looks whether the services of a deployment have started. */
  servicePoll: 1000,
  /** Least time between two messages of a status that changed. */
  statusSpacing: 3000,
  /** Between TERM and KILL. */
  gracefulStop: 5000,
  /** Between connections by MQTT 3.1.1. */
  mqtt3Connect: 11_000,
} as const

export type Timings = { readonly [name in keyof typeof NUCLEUS_TIMINGS]: number }

/** Rejects with the signal's reason when it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await timer(ms, undefined, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw cause
  }
}

/** Between half of it and all of it. */
export const jittered = (ms: number): number => ms / 2 + (Math.random() * ms) / 2

/** The promise, or a rejection when it takes longer. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  const over = new AbortController()
  try {
    return await Promise.race([promise, timer(ms, undefined, { signal: over.signal }).then(() => Promise.reject(new TimeoutError(`${what} took longer than ${ms / 1000} s`)))])
  } finally {
    over.abort()
  }
}

export class TimeoutError extends Error {
  override readonly name = 'TimeoutException'
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
