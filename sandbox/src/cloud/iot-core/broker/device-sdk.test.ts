// sandbox/src/cloud/iot-core/broker/device-sdk.test.ts: AWS's own device SDK connects, by mutual TLS and by WebSocket with Signature Version 4.
import { iotshadow, mqtt5, iot, auth } from 'aws-iot-device-sdk-v2'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { authentication } from '../../wire/authentication.ts'
import { ACCOUNT, ACCOUNT_KEY, knownIdentities, openTestGateway, SESSION_ARN, SESSION_KEY } from '../../wire/testing.ts'
import { cognitoIdentities } from '../policy/cognito-identity.ts'
import { deviceIdentities } from '../policy/device-identity.ts'
import { openShadows } from '../shadows/shadows.ts'
import { iotArn, policyAllowing, testCloud, type TestCloud } from '../testing.ts'
import { mqttWebSocketRoute } from './web-socket.ts'

const POOL_ID = 'eu-central-1:0b1c2d3e-3c1d-4d51-9e7e-0f2f3c1f8a11'

/** A gateway that takes MQTT over WebSocket for this cloud's broker. */
async function webSocketGateway(cloud: TestCloud, { rolePolicies = [], identityId, onConnect }: Omit<Session, 'keys'>) {
  const { clock, broker, registry } = cloud
  const known = knownIdentities({ expiration: new Date(clock.now().getTime() + 3600_000), rolePolicies })
  const context: Record<string, string> = identityId === undefined ? {} : { 'cognito-identity.amazonaws.com:aud': POOL_ID, 'cognito-identity.amazonaws.com:sub': identityId, 'cognito-identity.amazonaws.com:amr': 'authenticated' }
  const identities = { ...known, sessionContext: () => context }
  const authenticate = authentication({ identities, account: ACCOUNT, clock, verifySignatures: true })
  return openTestGateway({ services: [], clock, routes: [mqttWebSocketRoute({ broker, devices: deviceIdentities(registry, clock), identities, people: cognitoIdentities(identities, registry, onConnect), authenticate })] })
}

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

interface Session {
  readonly keys: Keys
  readonly rolePolicies?: readonly string[]
  /** Of Cognito. */
  readonly identityId?: string
  /** Hears of the identity pool. */
  readonly onConnect?: (poolId: string) => void
}

async function overWebSocket(cloud: TestCloud, { keys, ...session }: Session) {
  const gateway = await webSocketGateway(cloud, session)
  const credentialsProvider = auth.AwsCredentialsProvider.newStatic(keys.accessKeyId, keys.secretAccessKey, keys.sessionToken)
  return started(iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth('localhost', { region: 'eu-central-1', credentialsProvider }), { port: gateway.port, ca: gateway.pki.caPem, clientId: 'w1' })
}

function started(builder: iot.AwsIotMqtt5ClientConfigBuilder, { port, ca, clientId }: { port: number; ca: string; clientId: string }): mqtt5.Mqtt5Client {
  const config = builder.withPort(port).withCertificateAuthority(ca).withConnectProperties({ keepAliveIntervalSeconds: 60, clientId }).build()
  const client = new mqtt5.Mqtt5Client(config)
  onTestFinished(async () => {
    client.stop()
    await once(client, 'stopped')
    client.close()
  })
  client.start()
  return client
}

test('the SDK connects by mutual TLS with MQTT 5 and uses shadows by its own client', async () => {
  const cloud = await testCloud()
  openShadows({ store: cloud.store, clock: cloud.clock, bus: cloud.broker })
  const { cert, key } = await cloud.issue('t1')
  const client = started(iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory('localhost', cert, key), { port: cloud.port, ca: cloud.pki.caPem, clientId: 't1' })
  const [{ settings }] = (await once(client, 'connectionSuccess')) as [mqtt5.ConnectionSuccessEvent]
  expect(settings).toMatchObject({ maximumQos: 1, receiveMaximumFromServer: 100, retainAvailable: true, sharedSubscriptionsAvailable: true, subscriptionIdentifiersAvailable: false })
  const options = { maxRequestResponseSubscriptions: 6, maxStreamingSubscriptions: 2, operationTimeoutInSeconds: 10 }
  const shadows = iotshadow.IotShadowClientv2.newFromMqtt5(client, options)
  onTestFinished(() => shadows.close())
  const updated = await shadows.updateNamedShadow({ thingName: 't1', shadowName: 'led', state: { reported: { frequencyHz: 5 } } })
  expect(updated).toMatchObject({ version: 1, state: { reported: { frequencyHz: 5 } } })
  expect(await shadows.getNamedShadow({ thingName: 't1', shadowName: 'led' })).toMatchObject({ version: 1 })
  await expect(shadows.getShadow({ thingName: 't1' })).rejects.toMatchObject({ modeledError: { code: 404 } })
})

test('a signed WebSocket is let in with the account key', async () => {
  const cloud = await testCloud()
  const client = await overWebSocket(cloud, { keys: ACCOUNT_KEY })
  await once(client, 'connectionSuccess')
  await client.subscribe({ subscriptions: [{ topicFilter: 'a/b', qos: mqtt5.QoS.AtLeastOnce }] })
  const received = once(client, 'messageReceived') as Promise<[mqtt5.MessageReceivedEvent]>
  expect(await client.publish({ topicName: 'a/b', qos: mqtt5.QoS.AtLeastOnce, payload: 'hello' })).toMatchObject({ reasonCode: 0 })
  expect(Buffer.from((await received)[0].message.payload as ArrayBuffer).toString()).toBe('hello')
  expect(cloud.broker.client('w1')?.identity.principalId).toMatch(/^arn:aws:iam/)
})

test('a role session over WebSocket is held to its IAM policies', async () => {
  const cloud = await testCloud()
  const rolePolicies = [policyAllowing(['iot:Connect', 'iot:Publish'], [iotArn('client/w1'), iotArn('topic/own/*')])]
  const client = await overWebSocket(cloud, { keys: SESSION_KEY, rolePolicies })
  await once(client, 'connectionSuccess')
  expect(await client.publish({ topicName: 'own/x', qos: mqtt5.QoS.AtLeastOnce })).toMatchObject({ reasonCode: 0 })
  expect(await client.publish({ topicName: 'others/x', qos: mqtt5.QoS.AtLeastOnce })).toMatchObject({ reasonCode: 0x87 })
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'Publish-In', principalId: SESSION_ARN }])
})

test.each<[string, Keys]>([
  ['a wrong secret', { ...ACCOUNT_KEY, secretAccessKey: 'wrong' }],
  ['an unknown key', { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }],
])('%s is refused before MQTT begins', async (_case, keys) => {
  const cloud = await testCloud()
  const client = await overWebSocket(cloud, { keys })
  await once(client, 'connectionFailure')
  expect(cloud.broker.isConnected('w1')).toBe(false)
})

test('a signed-in identity of Cognito is held to its role and to the AWS IoT policies attached to it', async () => {
  const cloud = await testCloud()
  const identityId = 'eu-central-1:6f1b1c62-3c1d-4d51-9e7e-0f2f3c1f8a11'
  const rolePolicies = [policyAllowing(['iot:Connect', 'iot:Publish'], ['*'])]
  const pools: string[] = []
  const session = { keys: SESSION_KEY, rolePolicies, identityId, onConnect: (poolId: string) => void pools.push(poolId) }
  const refused = await overWebSocket(cloud, session)
  await once(refused, 'connectionFailure')
  expect([cloud.broker.isConnected('w1'), pools]).toEqual([false, []])
  cloud.registry.attachToIdentity(identityId, [policyAllowing(['iot:Connect', 'iot:Publish'], [iotArn('client/w1'), iotArn('topic/own/*')])])
  const client = await overWebSocket(cloud, session)
  await once(client, 'connectionSuccess')
  expect(new Set(pools)).toEqual(new Set([POOL_ID])) // what Device Defender's checks of identity pools go by
  expect(await client.publish({ topicName: 'own/x', qos: mqtt5.QoS.AtLeastOnce })).toMatchObject({ reasonCode: 0 })
  expect(await client.publish({ topicName: 'others/x', qos: mqtt5.QoS.AtLeastOnce })).toMatchObject({ reasonCode: 0x87 })
})
