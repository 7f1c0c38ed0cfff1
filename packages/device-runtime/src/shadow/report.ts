// packages/device-runtime/src/shadow/report.ts: keeps what is reported in the cloud equal to the component's state, as soon as the cloud can be reached.
import type { Log } from '@fleet/log'
import { backoff } from '../backoff.ts'
import type { Bell } from '../bell.ts'
import { sleep, type Clock } from '../clock.ts'
import { untilFirst } from '../task-group.ts'
import type { ShadowClient } from './shadow-client.ts'

export interface Report {
  /** What to report: asked anew for each try, so that the latest state wins. */
  readonly reported: object
  /** The cloud has accepted it. */
  readonly accepted: () => Promise<void>
}

export interface ReportingOptions {
  readonly shadow: ShadowClient
  /** Rung when there is something to report. */
  readonly bell: Bell
  /** Called before each try; what it throws counts as a failed try. */
  readonly prepare: () => Promise<Report>
  readonly clock: Clock
  readonly log: Log
}

/** A loop: reports at each ring and tries again, with back-off and jitter, until the cloud has accepted. A ring meanwhile ends the waiting. */
export async function report(options: ReportingOptions, signal: AbortSignal): Promise<void> {
  for (;;) {
    await options.bell.rung(signal)
    await untilAccepted(options, signal)
  }
}

async function untilAccepted({ shadow, bell, prepare, clock, log }: ReportingOptions, signal: AbortSignal): Promise<void> {
  const retry = backoff({ firstMs: 1000, mostMs: 15_000 })
  for (;;) {
    try {
      const { reported, accepted } = await prepare()
      await shadow.update(reported, signal)
      await accepted()
      return
    } catch (why) {
      signal.throwIfAborted()
      log.warn('not reported yet', { why })
      await untilFirst(signal, (own) => sleep(clock, retry.next(), own), (own) => bell.rung(own))
      signal.throwIfAborted()
    }
  }
}
