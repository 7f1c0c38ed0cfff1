// packages/device-runtime/src/outbox/deliver.ts: sends a component's events to the cloud and reports its state; an event is dropped when the report after it was accepted.
import type { CloudBus } from '../bus/bus.ts'
import type { Report } from '../shadow/report.ts'
import type { Numbered, Outbox } from './outbox.ts'

export interface DeliveryOptions<State, Event> {
  readonly outbox: Outbox<State, Event>
  readonly cloud: CloudBus
  /** Where events go; undefined when nobody wants them, and the report alone tells the state. */
  readonly topic: string | undefined
  readonly payload: (numbered: Numbered<Event>) => object
  /** What is reported for the outbox as it is now. */
  readonly reported: () => object
}

/**
 * Prepares the reports of `report` (shadow/report.ts). What the nucleus has taken it delivers, in order, so that an event is sent again
 * only when the nucleus itself, or this process, has been restarted meanwhile; the receiver knows it by its number.
 */
export function delivery<State, Event>({ outbox, cloud, topic, payload, reported }: DeliveryOptions<State, Event>): () => Promise<Report> {
  let sent = { session: -1, through: 0 }
  return async () => {
    if (sent.session !== cloud.session) sent = { session: cloud.session, through: 0 }
    for (const numbered of outbox.pending) {
      if (topic === undefined || numbered.sequence <= sent.through) continue
      await cloud.publish(topic, payload(numbered), 'until-delivered')
      sent = { ...sent, through: numbered.sequence }
    }
    const through = outbox.sequence
    return { reported: reported(), accepted: () => outbox.drop(through) }
  }
}
