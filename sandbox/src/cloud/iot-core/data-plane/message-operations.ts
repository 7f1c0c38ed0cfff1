// sandbox/src/cloud/iot-core/data-plane/message-operations.ts: messages and connections by HTTP: Publish, retained messages, what is known of a client.
import type * as sdk from '@aws-sdk/client-iot-data-plane'
import { arn } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { OperationsOf } from '../../service.ts'
import { keyOfToken, pageSize, pageOfList, tokenOf } from '../../wire/paging.ts'
import type { Broker } from '../broker/broker.ts'
import { messageOf } from '../broker/message.ts'
import { AWS_LIMITS } from '../broker/limits.ts'
import type { Clock } from '../../clock.ts'
import { principalIdOf, type Authorise } from './device-authorisation.ts'
import { publishProperties, storedUserProperties } from './publish-properties.ts'

type Operations = OperationsOf<typeof sdk>

const badToken = () => new AwsError('InvalidRequestException', 'Invalid nextToken')

export function messageOperations({ broker, clock, authorise }: { readonly broker: Broker; readonly clock: Clock; readonly authorise: Authorise }) {
  return {
    Publish(input, call) {
      const { topic = '', qos = 0, retain = false, payload = new Uint8Array() } = input
      if (qos !== 0 && qos !== 1) throw new AwsError('InvalidRequestException', 'QoS must be 0 or 1')
      authorise(call, 'iot:Publish', arn('iot', call.account, `topic/${topic}`))
      if (retain) authorise(call, 'iot:RetainPublish', arn('iot', call.account, `topic/${topic}`))
      const published = { topic, qos, retain, payload: Buffer.from(payload), properties: publishProperties(input) } as const
      broker.publishFor(messageOf(published, { clientId: '', nowMs: clock.now().getTime(), limits: AWS_LIMITS }), { principal: principalIdOf(call) })
      return {}
    },
    GetRetainedMessage({ topic = '' }, call) {
      authorise(call, 'iot:GetRetainedMessage', arn('iot', call.account, `topic/${topic}`))
      const retained = broker.retained.get(topic)
      if (!retained) throw new AwsError('ResourceNotFoundException', `No retained message found for topic ${topic}`)
      const { message, lastModified } = retained
      return { topic, payload: new Uint8Array(message.payload), qos: message.qos, lastModifiedTime: lastModified.getTime(), userProperties: storedUserProperties(message) }
    },
    ListRetainedMessages({ nextToken, maxResults }, call) {
      authorise(call, 'iot:ListRetainedMessages', '*')
      const after = keyOfToken(nextToken, badToken)
      const { items, next } = broker.retained.page({ ...(after !== undefined && { after }), limit: pageSize({ asked: maxResults, usual: 200, most: 200 }) })
      const retainedTopics = items.map(({ message: { topic, payload, qos }, lastModified }) => ({ topic, payloadSize: payload.length, qos, lastModifiedTime: lastModified.getTime() }))
      return { retainedTopics, nextToken: next === undefined ? undefined : tokenOf(next) }
    },
    DeleteConnection({ clientId = '', cleanSession = false, preventWillMessage = false }, call) {
      if (clientId.startsWith('$')) throw new AwsError('InvalidRequestException', 'Client IDs cannot start with $')
      authorise(call, 'iot:DeleteConnection', arn('iot', call.account, `client/${clientId}`))
      if (!broker.disconnect(clientId, { cleanSession, preventWillMessage })) throw unknownClient(clientId)
      return {}
    },
    GetConnection({ clientId = '', includeSocketInformation = false }, call) {
      authorise(call, 'iot:GetConnection', arn('iot', call.account, `client/${clientId}`))
      const client = broker.client(clientId)
      if (client) {
        const { ip, port } = client.source
        const thingName = client.identity.exclusiveThing()
        const session = { cleanSession: client.cleanSession, sessionExpiry: client.session.expirySeconds, keepAliveDuration: client.keepAliveSeconds }
        return { clientId, connected: true, thingName, ...session, connectedSince: client.connectedAt.getTime(), ...(includeSocketInformation && { sourceIp: ip, sourcePort: port }) }
      }
      const last = broker.lastDisconnection(clientId)
      if (!last) throw unknownClient(clientId)
      return { clientId, connected: false, disconnectedSince: last.at.getTime(), disconnectReason: last.reason }
    },
    ListSubscriptions({ clientId = '', nextToken: token, maxResults }, call) {
      authorise(call, 'iot:ListSubscriptions', arn('iot', call.account, `client/${clientId}`))
      const held = broker.subscriptionsOf(clientId)
      if (!held) throw unknownClient(clientId)
      const { items, nextToken } = pageOfList(held, { keyOf: ({ filter }) => filter, token, size: { asked: maxResults, usual: 20, most: 200 }, invalid: badToken })
      return { subscriptions: items.map(({ filter, qos }) => ({ topicFilter: filter, qos })), nextToken }
    },
  } satisfies Operations
}

const unknownClient = (clientId: string) => new AwsError('ResourceNotFoundException', `Client ${clientId} is not connected and has no session`)
