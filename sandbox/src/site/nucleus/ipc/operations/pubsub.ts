// sandbox/src/site/nucleus/ipc/operations/pubsub.ts: local publish/subscribe between the components of this device.
import { isJsonObject, textOf, type JsonObject } from '../../json.ts'
import { PUB_SUB, refusal, type Authorization } from '../authorization.ts'
import { Doubles, type GsonValue } from '../gson.ts'
import { IpcError } from '../ipc-error.ts'
import { streaming, unary, type EventStream, type IpcOperations } from '../operation.ts'

interface Subscription {
  readonly component: string
  readonly levels: readonly string[]
  readonly fromOthersOnly: boolean
  readonly stream: EventStream
}

export function pubSubOperations(authorization: Authorization): IpcOperations {
  const subscriptions = new Set<Subscription>()
  const authorize = (component: string, operation: string, topic: string | undefined) => {
    const request = { service: PUB_SUB, component, operation: `aws.greengrass#${operation}`, resource: topic }
    if (!authorization.isAllowed(request)) throw new IpcError('UnauthorizedError', refusal(request))
  }
  return {
    PublishToTopic: unary(({ component, request }) => {
      const topic = topicOf(request)
      authorize(component, 'PublishToTopic', topic)
      if (topic === undefined) throw new IpcError('InvalidArgumentsError', 'Publish topic must not be null')
      if (/[+#*]/.test(topic)) throw new IpcError('InvalidArgumentsError', 'Publish topic must not contain a wildcard.')
      const event = eventOf(request, topic)
      for (const { component: subscriber, levels, fromOthersOnly, stream } of subscriptions) {
        if (matches(levels, levelsOf(topic)) && !(fromOthersOnly && subscriber === component)) stream.send('SubscriptionResponseMessage', event)
      }
      return {}
    }),
    SubscribeToTopic: streaming(({ component, request, stream }) => {
      const topic = topicOf(request)
      authorize(component, 'SubscribeToTopic', topic)
      if (topic === undefined || topic === '') throw new IpcError('InvalidArgumentsError', 'Subscribe topic must not be empty')
      const levels = levelsOf(topic)
      const subscription = { component, levels, stream, fromOthersOnly: receivesFromOthersOnly(request, levels) }
      subscriptions.add(subscription)
      stream.onClose(() => subscriptions.delete(subscription))
      return {}
    }),
  }
}

const topicOf = ({ topic }: JsonObject) => (topic === undefined || topic === null ? undefined : textOf(topic))

/** The nucleus's own splitting: empty levels at the end do not count. */
const levelsOf = (topic: string) => topic.replace(/\/+$/, '').split('/')

/** `#` takes one level at least, so `a/#` is not `a`; a character among others is no wildcard. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  const at = filter.findIndex((level, index) => level === '#' || (level !== '+' && level !== topic[index]))
  if (at === -1) return filter.length === topic.length
  return filter[at] === '#' && at === filter.length - 1 && topic.length > at
}

function receivesFromOthersOnly({ receiveMode }: JsonObject, levels: readonly string[]): boolean {
  if (typeof receiveMode === 'string') return receiveMode === 'RECEIVE_MESSAGES_FROM_OTHERS'
  return levels.includes('+') || levels.at(-1) === '#'
}

function eventOf({ publishMessage }: JsonObject, topic: string): GsonValue {
  const { jsonMessage, binaryMessage } = isJsonObject(publishMessage) ? publishMessage : {}
  const context = { topic }
  if (isJsonObject(jsonMessage)) return { jsonMessage: { message: new Doubles(jsonMessage.message ?? null), context } }
  if (isJsonObject(binaryMessage)) return { binaryMessage: { message: binaryMessage.message ?? '', context } }
  throw new IpcError('ServiceError', 'publishMessage has neither a jsonMessage nor a binaryMessage')
}
