// packages/device-runtime/src/outbox/deliver.ts: sends a component's events to the cloud and reports its state; an event is dropped when the report after it was accepted.
import type { Log } from '@fleet/log'
import type { CloudBus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { Report } from '../shadow/report.ts'
import { batchesOf, type Timed } from './batches.ts'
import type { Numbered, Outbox } from './outbox.ts'

export interface DeliveryOptions<State, Event> {
  readonly outbox: Outbox<State, Event>
  readonly cloud: CloudBus
  /** Where events go; undefined when nobody wants them, and the report alone tells the state. */
  readonly topic: string | undefined
  readonly entry: (numbered: Numbered<Event>) => Timed
  /** What is reported for the outbox as it is now. */
  readonly reported: () => object
  readonly clock: Clock
  readonly log: Log
}

/**
 * Prepares the reports of `report` (shadow/report.ts). What the nucleus has taken it delivers, in order, so that an event is sent again
 * only when the nucleus itself, or this process, has been restarted meanwhile; the receiver knows it by its number.
 */
export function delivery<State, Event>({ outbox, cloud, topic, entry, reported, clock, log }: DeliveryOptions<State, Event>): () => Promise<Report> {
  let sent = { session: -1, through: 0 }
  return async () => {
    if (sent.session !== cloud.session) sent = { session: cloud.session, through: 0 }
    const through = outbox.sequence
    const unsent = outbox.pending.filter(({ sequence }) => sequence > sent.through)
    const { batches, tooLarge } = batchesOf(unsent.map((numbered) => ({ sequence: numbered.sequence, entry: entry(numbered) })), { sentAt: clock.now().toISOString(), lost: outbox.lost })
    if (tooLarge.length > 0) log.warn('events given up: no message can carry them', { sequences: tooLarge })
    for (const batch of batches) {
      if (topic === undefined) break
      await cloud.publish(topic, batch, 'until-delivered')
      sent = { ...sent, through: batch.lastSequence }
    }
    return { reported: reported(), accepted: () => outbox.drop(through) }
  }
}
