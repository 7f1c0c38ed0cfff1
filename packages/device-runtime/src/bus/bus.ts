// packages/device-runtime/src/bus/bus.ts: the ports to other components of this device and to the cloud, both through the nucleus.

/** The subscription stands, again after each loss: what was said before may have been missed. */
export interface Subscribed {
  readonly kind: 'subscribed'
}

export interface LocalMessage {
  readonly kind: 'message'
  /** Parsed JSON, to be checked by its schema. */
  readonly message: unknown
}

/** Publish/subscribe between the components of one device; works without the cloud, keeps nothing. */
export interface LocalBus {
  publish(topic: string, message: object): Promise<void>
  subscribe(topic: string, signal: AbortSignal): AsyncIterable<Subscribed | LocalMessage>
}

export interface CloudMessage {
  readonly kind: 'message'
  readonly topic: string
  readonly payload: Uint8Array
}

/**
 * How the nucleus treats a message. `until-delivered` (QoS 1): kept in its memory and sent until the cloud has it, also after an outage;
 * it is gone only when the nucleus itself goes. `now` (QoS 0): refused at once while the cloud is out of reach.
 */
export type Delivery = 'until-delivered' | 'now'

export interface CloudBus {
  /** Resolves when the nucleus has taken the message. */
  publish(topic: string, message: object, delivery: Delivery): Promise<void>
  /** All topics as one stream; `subscribed` when all of them stand. */
  subscribe(topics: readonly string[], signal: AbortSignal): AsyncIterable<Subscribed | CloudMessage>
  /** Rises with each new connection to the nucleus: what an earlier one has taken may be lost with it. */
  readonly session: number
}

/** The component's own configuration in the nucleus, as deployments have made it. */
export interface Configuration {
  read(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>
  /** An item whenever something of it may have changed: at first, with each change, after each loss of the nucleus. */
  updates(signal: AbortSignal): AsyncIterable<unknown>
}
