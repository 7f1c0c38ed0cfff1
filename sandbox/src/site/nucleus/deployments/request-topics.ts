// sandbox/src/site/nucleus/deployments/request-topics.ts: subscribes to topics of the cloud until all of them stand.
import type { Log } from '@fleet/log'
import type { CloudSubscription, MqttClient } from '../mqtt/mqtt-client.ts'
import { pause, type Timings } from '../timing.ts'

export interface SubscribeOptions {
  readonly mqtt: MqttClient
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
}

/** One after another; after a failure all of them again, a little later. */
export async function subscribeToAll(subscriptions: readonly CloudSubscription[], { mqtt, log, timings, signal }: SubscribeOptions): Promise<void> {
  for (;;) {
    try {
      for (const subscription of subscriptions) await mqtt.subscribe(subscription)
      return
    } catch (error) {
      signal.throwIfAborted()
      log.warn('Caught exception while subscribing to deployment topics, will retry shortly', { error })
    }
    await pause(timings.subscriptionRetry + (Math.random() * timings.subscriptionRetry) / 12, signal) // up to 10 s in 2 min
  }
}
