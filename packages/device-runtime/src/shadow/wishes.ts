// packages/device-runtime/src/shadow/wishes.ts: what the cloud wishes of a component, through outages and restarts.
import type { Log } from '@fleet/log'
import { backoff } from '../backoff.ts'
import { sleep, type Clock } from '../clock.ts'
import type { Queue } from '../queue.ts'
import type { ShadowClient, ShadowNews, Wished } from './shadow-client.ts'

export interface WishesOptions {
  readonly shadow: ShadowClient
  readonly news: Queue<ShadowNews>
  readonly clock: Clock
  readonly log: Log
}

/**
 * All wishes at the start and whenever some may have been missed, then each difference as it arises; ends with the signal. A delta that is
 * older than what was seen is left out: MQTT may deliver it late.
 */
export async function* wishes({ news, ...asking }: WishesOptions, signal: AbortSignal): AsyncGenerator<Wished['desired']> {
  let seen = 0
  for await (const latest of news.until(signal)) {
    if (latest.kind === 'delta' && latest.version <= seen) continue
    const wished = latest.kind === 'delta' ? latest : await currentWishes(asking, signal)
    if (wished === undefined) continue
    seen = wished.version
    yield wished.desired
  }
}

/** Asks until it is answered; the cloud may be out of reach for days. */
async function currentWishes({ shadow, clock, log }: Omit<WishesOptions, 'news'>, signal: AbortSignal): Promise<Wished | undefined> {
  const retry = backoff({ firstMs: 1000, mostMs: 30_000 })
  for (;;) {
    try {
      return await shadow.get(signal)
    } catch (why) {
      signal.throwIfAborted()
      log.warn('wishes not known yet', { why })
      await sleep(clock, retry.next(), signal)
    }
  }
}
