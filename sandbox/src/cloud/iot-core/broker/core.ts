// sandbox/src/cloud/iot-core/broker/core.ts: what the parts of the broker share.
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { Reply } from '../../ports.ts'
import type { IotLog } from '../iot-log.ts'
import type { Presence } from '../presence/presence.ts'
import type { Client } from './client.ts'
import type { BrokerLimits, BrokerRates } from './limits.ts'
import type { Message } from './message.ts'
import type { Outbox } from './outbox.ts'
import type { ConnectMeter } from './rate-meter.ts'
import type { ReservedTopics } from './reserved-topics.ts'
import type { RetainedMessages } from './retained-messages.ts'
import type { Sessions } from './sessions.ts'
import type { Subscriptions } from './subscriptions.ts'

/** Who published, as topic rules (`principal()`) and services hear it; `reply` reaches the publisher alone. */
export interface Origin {
  readonly principal: string
  readonly reply: Reply
}

export interface Core {
  readonly account: Account
  readonly clock: Clock
  readonly log: CloudLog
  readonly iotLog: IotLog
  readonly limits: BrokerLimits
  /** Undefined: nothing is metered. */
  readonly rates: BrokerRates | undefined
  readonly mayConnect: ConnectMeter
  readonly sessions: Sessions
  readonly subscriptions: Subscriptions
  readonly outbox: Outbox
  readonly retained: RetainedMessages
  readonly reserved: ReservedTopics
  readonly presence: Presence
  /** By client id. */
  readonly clients: Map<string, Client>
  /** Brings a message that was let in to services, subscribers and rules. */
  route(message: Message, origin: Origin): void
}
