// sandbox/src/site/nucleus/ipc/operations/mqtt-proxy.ts: components publish to the cloud and subscribe to its topics through the nucleus's connection.
import { booleanOf, isJsonObject, numberOf, textOf, type JsonObject, type JsonValue } from '../../json.ts'
import type { CloudMessage, CloudSubscription, MqttClient } from '../../mqtt/mqtt-client.ts'
import type { MessageProperties } from '../../mqtt/message.ts'
import { MQTT_PROXY, type Authorization } from '../authorization.ts'
import type { GsonValue } from '../gson.ts'
import { IpcError } from '../ipc-error.ts'
import { streaming, unary, type IpcCall, type IpcOperations } from '../operation.ts'

export function mqttProxyOperations(authorization: Authorization, mqtt: MqttClient): IpcOperations {
  const checked = ({ component, request }: IpcCall, operation: string): string => {
    if (request.topicName === undefined || request.topicName === null) throw new IpcError('InvalidArgumentsError', 'Topic is required')
    const topic = textOf(request.topicName)
    if (!authorization.isAllowed({ service: MQTT_PROXY, component, operation: `aws.greengrass#${operation}`, resource: topic })) throw new IpcError('UnauthorizedError', 'Not Authorized')
    return topic
  }
  return {
    PublishToIoTCore: unary((call) => {
      const topic = checked(call, 'PublishToIoTCore')
      const { payload, retain, qos } = call.request
      if (payload === undefined || payload === null) throw new IpcError('InvalidArgumentsError', 'Payload is required')
      const message = { topic, payload: Buffer.from(textOf(payload), 'base64'), qos: qosOf(qos), retain: booleanOf(retain), properties: propertiesOf(call.request) }
      try {
        mqtt.publish(message)
      } catch (error) {
        throw new IpcError('ServiceError', `Publish to topic ${topic} failed: ${messageOf(error)}`)
      }
      return {}
    }),
    SubscribeToIoTCore: streaming(async (call) => {
      const topic = checked(call, 'SubscribeToIoTCore')
      const subscription: CloudSubscription = { filter: topic, qos: qosOf(call.request.qos), onMessage: (message) => call.stream.send('IoTCoreMessage', eventOf(message)) }
      call.stream.onClose(() => void mqtt.unsubscribe(subscription).catch(() => {})) // it logs what fails itself
      try {
        await mqtt.subscribe(subscription)
      } catch (error) {
        throw new IpcError('ServiceError', `Subscribe to topic ${topic} failed with error ${messageOf(error)}`)
      }
      return {}
    }),
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function qosOf(qos: JsonValue | undefined): 0 | 1 {
  if (qos === undefined || qos === null) throw new IpcError('InvalidArgumentsError', 'QoS is required')
  if (qos === '0' || qos === '1') return qos === '1' ? 1 : 0
  throw new IpcError('InvalidArgumentsError', `Invalid QoS value: ${textOf(qos)}`)
}

function propertiesOf({ userProperties, messageExpiryIntervalSeconds, correlationData, responseTopic, payloadFormat }: JsonObject): MessageProperties {
  const pairs = Array.isArray(userProperties) ? (userProperties as readonly JsonValue[]).filter(isJsonObject) : [] // Array.isArray forgets the type
  return {
    isUtf8: payloadFormat === '1',
    ...(typeof responseTopic === 'string' && { responseTopic }),
    ...(typeof correlationData === 'string' && { correlationData: Buffer.from(correlationData, 'base64') }),
    ...(messageExpiryIntervalSeconds !== undefined && { messageExpirySeconds: numberOf(messageExpiryIntervalSeconds, 0) }),
    ...(pairs.length > 0 && { userProperties: pairs.map(({ key, value }) => [textOf(key), textOf(value)] as const) }),
  }
}

function eventOf({ topic, payload, retain, properties }: CloudMessage): GsonValue {
  const { isUtf8, responseTopic, correlationData, messageExpirySeconds, contentType, userProperties } = properties
  return {
    message: {
      topicName: topic,
      payload: Buffer.from(payload).toString('base64'),
      retain,
      payloadFormat: isUtf8 ? '1' : '0',
      responseTopic,
      correlationData: correlationData && Buffer.from(correlationData).toString('base64'),
      messageExpiryIntervalSeconds: messageExpirySeconds,
      contentType,
      userProperties: userProperties?.map(([key, value]) => ({ key, value })),
    },
  }
}
