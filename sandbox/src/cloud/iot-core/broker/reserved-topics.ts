// sandbox/src/cloud/iot-core/broker/reserved-topics.ts: topics beginning with `$`, to which only services listen.
import type { CloudLog } from '../../log.ts'
import type { DeviceMessage, Reply } from '../../ports.ts'
import { topicTree } from './topic-tree.ts'

export type ReservedHandler = (message: DeviceMessage, reply: Reply) => Promise<void>

export interface ReservedTopics {
  take(filter: string, handler: ReservedHandler, options: { readonly alsoDeliver: boolean }): void
  /** Whether clients may publish to this reserved topic. */
  has(topic: string): boolean
  /** Whether subscribers shall get such a message too. */
  alsoDelivers(topic: string): boolean
  /** Hands it to the services that took its topic. */
  dispatch(message: DeviceMessage, reply: Reply): void
}

interface Taken {
  readonly handler: ReservedHandler
  readonly alsoDeliver: boolean
}

/** Services of AWS to which devices publish and that this cloud does not have: what comes there is dropped aloud, the client is not to blame. */
const ABSENT_SERVICES = ['$aws/things/+/defender/metrics/+', '$aws/things/+/streams/+/get/+', '$aws/things/+/streams/+/describe/+', '$aws/things/+/greengrass/health/json']

export function reservedTopics(log: CloudLog): ReservedTopics {
  const taken = topicTree<Taken>()
  const absent = topicTree<true>()
  for (const filter of ABSENT_SERVICES) absent.add(filter, true)
  const run = ({ handler }: Taken, message: DeviceMessage, reply: Reply) => {
    handler(message, reply).catch((error: unknown) => log.error('a service failed to handle a message', { topic: message.topic, clientId: message.clientId, error }))
  }
  return {
    take: (filter, handler, { alsoDeliver }) => taken.add(filter.endsWith('/') ? `${filter}#` : filter, { handler, alsoDeliver }),
    has: (topic) => taken.match(topic).length > 0 || absent.match(topic).length > 0,
    alsoDelivers: (topic) => taken.match(topic).some(({ alsoDeliver }) => alsoDeliver),
    dispatch(message, reply) {
      const services = taken.match(message.topic)
      if (services.length === 0) log.warn('message dropped: the sandbox does not offer the service behind this topic', { topic: message.topic })
      for (const service of services) run(service, message, reply)
    },
  }
}
