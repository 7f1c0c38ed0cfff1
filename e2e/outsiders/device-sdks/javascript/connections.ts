// e2e/outsiders/device-sdks/javascript/connections.ts: connections of AWS's device SDK, and its clients for the services behind MQTT, in both versions of MQTT.
import { once } from 'node:events'
import { auth, iot, iotidentity, iotjobs, iotshadow, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2'
import { REGION, type Twin } from '../../twin.ts'
import type { Certificate, SessionKey } from '../fleet.ts'

export const VERSIONS = ['MQTT 3.1.1', 'MQTT 5'] as const
export type Version = (typeof VERSIONS)[number]

/** One connection; what it opens is closed with it. */
export interface Connection extends AsyncDisposable {
  readonly shadows: iotshadow.IotShadowClientv2
  readonly jobs: iotjobs.IotJobsClientv2
  readonly identity: iotidentity.IotIdentityClientv2
  /** QoS 1; resolves with what came. */
  echo(topic: string, text: string): Promise<string>
}

type Credentials = { readonly certificate: Certificate } | { readonly key: SessionKey }

export interface Connect {
  readonly twin: Twin
  readonly version: Version
  readonly clientId: string
  /** A certificate connects by mutual TLS, a session key by WebSocket with Signature Version 4. */
  readonly credentials: Credentials
}

/** Rejects when the twin does not let it in. */
export const connect = (options: Connect): Promise<Connection> => (options.version === 'MQTT 5' ? connect5(options) : connect311(options))

const SERVICE_OPTIONS = { maxRequestResponseSubscriptions: 8, maxStreamingSubscriptions: 4, operationTimeoutInSeconds: 20 }
const PORT = ({ mqttPort, gatewayPort }: Twin, credentials: Credentials) => ('key' in credentials ? gatewayPort : mqttPort)
const provider = ({ accessKeyId, secretAccessKey, sessionToken }: SessionKey) => auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken)

async function connect5({ twin, clientId, credentials }: Connect): Promise<Connection> {
  const builder =
    'key' in credentials
      ? iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth('localhost', { region: REGION, credentialsProvider: provider(credentials.key) })
      : iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory('localhost', credentials.certificate.certificatePem, credentials.certificate.privateKeyPem)
  const client = new mqtt5.Mqtt5Client(builder.withPort(PORT(twin, credentials)).withCertificateAuthority(twin.caPem).withConnectProperties({ keepAliveIntervalSeconds: 60, clientId }).build())
  const end = async () => {
    const stopped = once(client, 'stopped')
    client.stop()
    await stopped
    client.close()
  }
  const success = once(client, 'connectionSuccess')
  const failure = once(client, 'connectionFailure') as Promise<[mqtt5.ConnectionFailureEvent]>
  client.start()
  const refused = await Promise.race([success.then(() => undefined), failure.then(([event]) => event)])
  if (refused !== undefined) {
    await end()
    throw new Error(`not connected: ${refused.error.error_name}`, { cause: refused.error })
  }
  return connection({
    shadows: iotshadow.IotShadowClientv2.newFromMqtt5(client, SERVICE_OPTIONS),
    jobs: iotjobs.IotJobsClientv2.newFromMqtt5(client, SERVICE_OPTIONS),
    identity: iotidentity.IotIdentityClientv2.newFromMqtt5(client, SERVICE_OPTIONS),
    end,
    async echo(topic, text) {
      const came = once(client, 'messageReceived') as Promise<[mqtt5.MessageReceivedEvent]>
      const { reasonCodes } = await client.subscribe({ subscriptions: [{ topicFilter: topic, qos: mqtt5.QoS.AtLeastOnce }] })
      if (reasonCodes.some((code) => code >= mqtt5.SubackReasonCode.UnspecifiedError)) throw new Error(`SUBACK ${reasonCodes.join()}`)
      const ack = await client.publish({ topicName: topic, qos: mqtt5.QoS.AtLeastOnce, payload: text })
      if (ack !== undefined && ack.reasonCode >= mqtt5.PubackReasonCode.UnspecifiedError) throw new Error(`PUBACK ${ack.reasonCode}`)
      return Buffer.from((await came)[0].message.payload as ArrayBuffer).toString()
    },
  })
}

async function connect311({ twin, clientId, credentials }: Connect): Promise<Connection> {
  const builder =
    'key' in credentials
      ? iot.AwsIotMqttConnectionConfigBuilder.new_with_websockets({ region: REGION, credentials_provider: provider(credentials.key) })
      : iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(credentials.certificate.certificatePem, credentials.certificate.privateKeyPem)
  const config = builder.with_endpoint('localhost').with_port(PORT(twin, credentials)).with_certificate_authority(twin.caPem).with_client_id(clientId).with_clean_session(true).build()
  const client = new mqtt.MqttClient().new_connection(config)
  client.on('error', () => undefined) // the promise of what failed tells it
  await client.connect()
  return connection({
    shadows: iotshadow.IotShadowClientv2.newFromMqtt311(client, SERVICE_OPTIONS),
    jobs: iotjobs.IotJobsClientv2.newFromMqtt311(client, SERVICE_OPTIONS),
    identity: iotidentity.IotIdentityClientv2.newFromMqtt311(client, SERVICE_OPTIONS),
    async end() {
      await client.disconnect()
    },
    async echo(topic, text) {
      const { promise, resolve } = Promise.withResolvers<string>()
      const { qos, error_code: refused } = await client.subscribe(topic, mqtt.QoS.AtLeastOnce, (_topic, payload) => resolve(Buffer.from(payload).toString()))
      if (qos > mqtt.QoS.AtLeastOnce || (refused ?? 0) !== 0) throw new Error(`SUBACK ${qos} ${refused}`)
      await client.publish(topic, text, mqtt.QoS.AtLeastOnce)
      return promise
    },
  })
}

function connection({ end, ...clients }: Omit<Connection, typeof Symbol.asyncDispose> & { readonly end: () => Promise<void> }): Connection {
  return {
    ...clients,
    async [Symbol.asyncDispose]() {
      for (const client of [clients.shadows, clients.jobs, clients.identity]) client.close()
      await end()
    },
  }
}
