// sandbox/src/site/nucleus/mqtt/spooler.ts: sends what waits in the spool, as fast as the cloud takes it, and again what was not acknowledged.
import type { Log } from '@fleet/log'
import type { DeviceConfiguration } from '../config/device-configuration.ts'
import { pause } from '../timing.ts'
import type { CloudConnection } from './connection.ts'
import { MqttRefusal } from './message.ts'
import type { Spool, SpooledMessage } from './spool.ts'

export interface SpoolerOptions {
  readonly device: DeviceConfiguration
  readonly log: Log
  readonly signal: AbortSignal
  readonly waiting: Spool
  readonly isOnline: () => boolean
  /** At least one; it is made when there is none. */
  readonly connections: () => readonly CloudConnection[]
}

/** MQTT 5.0 §3.4.2.1: no matching subscribers (which is a success), not authorized, topic name invalid, payload format invalid. */
const FINAL_REASONS: ReadonlySet<number> = new Set([16, 135, 144, 153])

export function startSpooler({ device, log, signal, waiting, isOnline, connections }: SpoolerOptions): { wake(): void } {
  let isRunning = false
  let inFlight = 0
  let oneLess = () => {}

  async function drain(): Promise<void> {
    await firstOf(connections()).whenConnected()
    while (!waiting.isEmpty && isOnline() && !signal.aborted) {
      if (inFlight >= device.mqtt().maxInFlightPublishes) {
        await new Promise<void>((resolve) => (oneLess = resolve))
        continue
      }
      const connection = soonest(connections())
      const waitMs = connection.pace.waitMs()
      if (waitMs > 0) await pause(waitMs, signal)
      const spooled = waiting.take()
      if (spooled !== undefined) void send(connection, spooled)
    }
  }
  async function send(connection: CloudConnection, spooled: SpooledMessage): Promise<void> {
    inFlight++
    try {
      await connection.publish(spooled.message)
      waiting.done(spooled)
    } catch (error) {
      failed(spooled, error)
    } finally {
      inFlight--
      oneLess()
      wake()
    }
  }
  function failed(spooled: SpooledMessage, error: unknown): void {
    const { topic } = spooled.message
    const most = device.mqtt().maxPublishRetries
    const isFinal = error instanceof MqttRefusal && FINAL_REASONS.has(error.reasonCode)
    if (isFinal) log.info('Publishing message got a non-retryable reason code, not retrying', { topic, reasonCode: error.reasonCode })
    else if (most === -1 || spooled.retries < most) log.error('Failed to publish the message via Spooler and will retry', { topic, error })
    else log.error(`Failed to publish the message via Spooler after retried ${most} times and will drop the message`, { topic, error })
    if (isFinal || (most !== -1 && spooled.retries++ >= most)) waiting.done(spooled)
    else waiting.putBack(spooled)
  }
  function wake(): void {
    if (isRunning || waiting.isEmpty || signal.aborted) return
    isRunning = true
    drain()
      .catch((error: unknown) => signal.aborted || log.error('Error when publishing from spooler', { error }))
      .finally(() => {
        isRunning = false
        if (isOnline()) wake()
      })
  }
  return { wake }
}

function soonest(connections: readonly CloudConnection[]): CloudConnection {
  return connections.reduce((best, each) => (each.pace.waitMs() < best.pace.waitMs() ? each : best))
}

function firstOf(connections: readonly CloudConnection[]): CloudConnection {
  const [first] = connections
  if (first === undefined) throw new Error('there is no connection to publish on')
  return first
}
