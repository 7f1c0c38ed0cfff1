// sandbox/src/cloud/iot-core/broker/connecting.test.ts: who is let in, over real TLS with real certificates.
import { connect as tcpConnect } from 'node:net'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { openPki } from '../../pki/pki.ts'
import { certificateRequest } from '../../pki/testing.ts'
import { openStore } from '../../store/store.ts'
import { ALLOW_ALL, ended, inbox, iotArn, movableClock, policyAllowing, testCloud, type TestCloud } from '../testing.ts'
import { AWS_LIMITS } from './limits.ts'

const VERSIONS = [4, 5] as const

/** Somebody who hears the lifecycle events. */
async function observer(cloud: TestCloud, filter: string) {
  const client = await cloud.connect(await cloud.issue('observer'), { clientId: 'observer' })
  await client.subscribeAsync(filter, { qos: 1 })
  const box = inbox(client)
  return { next: async () => JSON.parse((await box.next()).text) as Record<string, unknown> }
}

test.each(VERSIONS)('an ACTIVE certificate with iot:Connect is let in, metrics in the user name do not matter (MQTT %s)', async (protocolVersion) => {
  const cloud = await testCloud()
  const device = await cloud.connect(await cloud.issue('d1'), { clientId: 'd1', username: '?SDK=JavaV2&Version=1', protocolVersion })
  expect(device.connected).toBe(true)
  expect(cloud.broker.isConnected('d1')).toBe(true)
  expect(cloud.recorded.entries).toEqual([])
})

test('MQTT 5 is told what the broker offers and what it adjusted', async () => {
  const cloud = await testCloud()
  const connack = await cloud.knock(await cloud.issue('d1'), { clientId: '', protocolVersion: 5, keepalive: 5, properties: { sessionExpiryInterval: 604_800 } })
  expect(connack).toMatchObject({
    reasonCode: 0,
    sessionPresent: false,
    properties: {
      sessionExpiryInterval: 3600,
      serverKeepAlive: 30,
      assignedClientIdentifier: expect.stringMatching(/^\$GEN\//),
      receiveMaximum: 100,
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: 149_504,
      topicAliasMaximum: 8,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: true,
    },
  })
})

/** A certificate that the cloud does not know. */
async function foreignCertificate() {
  const { csr, privateKey } = await certificateRequest('CN=d1')
  return { cert: openPki({ store: openStore(':memory:'), clock: movableClock() }).issueFromRequest(csr).pem, key: privateKey }
}

const REFUSED: [string, (cloud: TestCloud) => Promise<{ cert: string; key: string }>, string][] = [
  ['a certificate of another authority', async () => foreignCertificate(), 'the client certificate is not registered'],
  ['an INACTIVE certificate', async (cloud) => withStatus(cloud, 'INACTIVE'), 'the client certificate is INACTIVE'],
  ['a REVOKED certificate', async (cloud) => withStatus(cloud, 'REVOKED'), 'the client certificate is REVOKED'],
  ['an expired certificate', async (cloud) => (cloud.clock.advance(30 * 365 * 86_400_000), cloud.issue('d1')), 'the client certificate has expired'],
  ['a certificate without a policy', async (cloud) => cloud.issue('d1', []), 'iot:Connect is not allowed as client d1'],
  ['a policy for another client id', async (cloud) => cloud.issue('d1', [policyAllowing(['iot:Connect'], [iotArn('client/d2')])]), 'iot:Connect is not allowed as client d1'],
  ['an explicit deny beside an allow', async (cloud) => cloud.issue('d1', [ALLOW_ALL, ALLOW_ALL.replace('Allow', 'Deny')]), 'iot:Connect is not allowed as client d1'],
]

async function withStatus(cloud: TestCloud, status: 'INACTIVE' | 'REVOKED') {
  const credentials = await cloud.issue('d1')
  cloud.registry.setStatus(credentials.certificateId, status)
  return credentials
}

test.each(REFUSED)('%s is refused: 3.1.1 hears nothing, MQTT 5 the reason code, the log says why', async (_case, credentialsOf, details) => {
  const cloud = await testCloud()
  const credentials = await credentialsOf(cloud)
  expect(await cloud.knock(credentials, { clientId: 'd1', protocolVersion: 4 })).toBe('closed')
  expect(await cloud.knock(credentials, { clientId: 'd1', protocolVersion: 5 })).toMatchObject({ reasonCode: 0x87 })
  expect(cloud.recorded.entries).toHaveLength(2)
  expect(cloud.recorded.entries[0]).toMatchObject({ logLevel: 'ERROR', status: 'Failure', eventType: 'Connect', protocol: 'MQTT', clientId: 'd1', accountId: '000000000000', sourceIp: '127.0.0.1', details })
  expect(cloud.recorded.lines.filter(({ level }) => level === 'warn')).toHaveLength(2)
})

test('a client without a certificate is cut off', async () => {
  const cloud = await testCloud()
  expect(await cloud.knock(undefined, { clientId: 'd1' })).toBe('closed')
  expect(cloud.recorded.lines).toMatchObject([{ event: 'mqtt connection refused: the client showed no certificate' }])
})

test('what is no MQTT, or no TLS, is cut off and harms nobody', async () => {
  const cloud = await testCloud()
  const socket = tcpConnect(cloud.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\n\r\n')
  await once(socket, 'close')
  expect((await cloud.connect(await cloud.issue('d1'), { clientId: 'd1' })).connected).toBe(true)
})

test('a chosen port fits into a short, as the Java nucleus needs it', async () => {
  expect((await testCloud()).port).toBeLessThanOrEqual(32_767)
})

const OWN_THING = policyAllowing(['iot:Connect'], [iotArn('client/${iot:Connection.Thing.ThingName}*')])
const ATTACHED = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*', Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }] })
const TYPE_AND_ATTRIBUTE = policyAllowing(['iot:Connect'], [iotArn('client/${iot:Connection.Thing.ThingTypeName}-${iot:Connection.Thing.Attributes[site]}')])
const OWN_CN = policyAllowing(['iot:Connect'], [iotArn('client/${iot:Certificate.Subject.CommonName}'), iotArn('client/${iot:Certificate.Subject.CommonName}#*')])
const PERSISTENT_ONLY_WITHOUT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*', Condition: { 'ForAllValues:StringNotEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } } }],
})

test.each<[string, string, { clientId: string; clean?: boolean }, { admitted: boolean; thing?: string; exclusive?: boolean }]>([
  ['the thing that the client id names and that is attached', OWN_THING, { clientId: 't1' }, { thing: 't1', admitted: true }],
  ['a thing that is not attached', OWN_THING, { clientId: 't1' }, { admitted: false }],
  ['another client id than the thing', OWN_THING, { clientId: 't1#2' }, { thing: 't1', admitted: false }],
  ['another client id, attached exclusively', OWN_THING, { clientId: 't1#2' }, { thing: 't1', exclusive: true, admitted: true }],
  ['IsAttached with an attached thing', ATTACHED, { clientId: 't1' }, { thing: 't1', admitted: true }],
  ['IsAttached without', ATTACHED, { clientId: 't1' }, { thing: 't2', admitted: false }],
  ['type and attribute of the thing', TYPE_AND_ATTRIBUTE, { clientId: 'pi-zurich' }, { thing: 'pi-zurich', admitted: true }],
  ['the CN of the certificate', OWN_CN, { clientId: 'd1' }, { admitted: true }],
  ['a further connection of the CN', OWN_CN, { clientId: 'd1#3' }, { admitted: true }],
  ['another CN', OWN_CN, { clientId: 'd2' }, { admitted: false }],
  ['a clean session where persistent ones are not allowed', PERSISTENT_ONLY_WITHOUT, { clientId: 'd1' }, { admitted: true }],
  ['a persistent one there', PERSISTENT_ONLY_WITHOUT, { clientId: 'd1', clean: false }, { admitted: false }],
])('policy variables: %s', async (_case, policy, options, { thing, exclusive = false, admitted }) => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1', [policy])
  if (thing !== undefined) cloud.registry.addThing(thing, { certificateId: credentials.certificateId, exclusive, thingTypeName: 'pi', attributes: { site: 'zurich' } })
  expect((await cloud.knock(credentials, options)) !== 'closed').toBe(admitted)
})

test('a wildcard in the common name does not widen a policy', async () => {
  const cloud = await testCloud()
  expect(await cloud.knock(await cloud.issue('*', [OWN_CN]), { clientId: 'anything' })).toBe('closed')
})

test.each([['$aws-like'], ['x'.repeat(129)], ['a\u001fb']])('the client id «%s» is not taken', async (clientId) => {
  const cloud = await testCloud()
  expect(await cloud.knock(await cloud.issue('d1'), { clientId, protocolVersion: 5 })).toMatchObject({ reasonCode: 0x85 })
  expect(await cloud.knock(await cloud.issue('d1'), { clientId, protocolVersion: 4 })).toMatchObject({ returnCode: 2 })
})

test.each([
  [4, undefined],
  [5, 0x8e],
] as const)('a second connection with the same client id takes over (MQTT %s)', async (protocolVersion, code) => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const events = await observer(cloud, '$aws/events/presence/+/d1')
  const first = await cloud.connect(credentials, { clientId: 'd1', protocolVersion })
  const firstEnded = ended(first)
  const second = await cloud.connect(credentials, { clientId: 'd1', protocolVersion })
  expect(await firstEnded).toBe(code)
  expect(second.connected).toBe(true)
  expect(await events.next()).toMatchObject({ eventType: 'connected', versionNumber: 0 })
  expect(await events.next()).toMatchObject({ eventType: 'disconnected', versionNumber: 0, disconnectReason: 'DUPLICATE_CLIENTID', clientInitiatedDisconnect: false })
  expect(await events.next()).toMatchObject({ eventType: 'connected', versionNumber: 1 })
})

test('a certificate that leaves ACTIVE loses its live connections within a second', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const events = await observer(cloud, '$aws/events/presence/disconnected/#')
  const connections = [await cloud.connect(credentials, { clientId: 'd1', protocolVersion: 5 }), await cloud.connect(credentials, { clientId: 'd1#2' })]
  const ends = Promise.all(connections.map(ended))
  let ticks = 0 // of this process: time in which a busy machine did not let it run does not count
  const ticking = setInterval(() => (ticks += 1), 10)
  onTestFinished(() => clearInterval(ticking))
  cloud.registry.setStatus(credentials.certificateId, 'INACTIVE')
  expect(await ends).toEqual([0x87, undefined])
  expect(ticks).toBeLessThan(100)
  expect(await events.next()).toMatchObject({ disconnectReason: 'AUTH_ERROR' })
})

test('lifecycle events tell what AWS tells', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('t1')
  cloud.registry.addThing('t1', { certificateId: credentials.certificateId, exclusive: true })
  const events = await observer(cloud, '$aws/events/+/+/t1')
  const device = await cloud.connect(credentials, { clientId: 't1' })
  await device.subscribeAsync(['a/b', 'c/#'])
  await device.unsubscribeAsync('a/b')
  await device.endAsync()
  const common = { clientId: 't1', thingName: 't1', timestamp: expect.any(Number), sessionIdentifier: expect.stringMatching(/^[0-9a-f-]{36}$/), principalIdentifier: credentials.certificateId }
  expect(await events.next()).toEqual({ ...common, eventType: 'connected', ipAddress: '127.0.0.1', versionNumber: 0 })
  expect(await events.next()).toEqual({ ...common, eventType: 'subscribed', topics: ['a/b', 'c/#'] })
  expect(await events.next()).toEqual({ ...common, eventType: 'unsubscribed', topics: ['a/b'] })
  expect(await events.next()).toEqual({ ...common, eventType: 'disconnected', clientInitiatedDisconnect: true, disconnectReason: 'CLIENT_INITIATED_DISCONNECT', versionNumber: 0 })
  expect(await cloud.knock(await cloud.issue('x', []), { clientId: 't1' })).toBe('closed')
  expect(await events.next()).toMatchObject({ eventType: 'connect_failed', connectFailureReason: 'AUTHORIZATION_FAILED', ipAddress: '127.0.0.1' })
})

test('a version number begins anew after an hour offline', async () => {
  const cloud = await testCloud()
  const credentials = await cloud.issue('d1')
  const events = await observer(cloud, '$aws/events/presence/connected/d1')
  await (await cloud.connect(credentials, { clientId: 'd1' })).endAsync()
  await (await cloud.connect(credentials, { clientId: 'd1' })).endAsync()
  cloud.clock.advance(3601_000)
  await cloud.connect(credentials, { clientId: 'd1' })
  expect([await events.next(), await events.next(), await events.next()].map(({ versionNumber }) => versionNumber)).toEqual([0, 1, 0])
})

test.each([
  [4, undefined],
  [5, 0x8d],
] as const)('who is silent for 1.5 times the keep-alive is disconnected (MQTT %s)', async (protocolVersion, code) => {
  const cloud = await testCloud({ limits: { ...AWS_LIMITS, keepAliveSeconds: { least: 1, most: 1 } } })
  const device = await cloud.connect(await cloud.issue('d1'), { clientId: 'd1', keepalive: 0, protocolVersion })
  expect(await ended(device)).toBe(code)
  expect(cloud.broker.lastDisconnection('d1')?.reason).toBe('MQTT_KEEP_ALIVE_TIMEOUT')
})

test('a second CONNECT on a connection ends it', async () => {
  const cloud = await testCloud()
  const device = await cloud.connect(await cloud.issue('d1'), { clientId: 'd1', protocolVersion: 5 })
  const end = ended(device)
  device.stream.write(Buffer.from([0x10, 0x10, 0, 4, 77, 81, 84, 84, 5, 2, 0, 30, 0, 0, 3, 100, 49, 49]))
  expect(await end).toBe(0x82)
})

// Repeated: on a machine that takes more than a second for these three, the last of them may rightly connect.
test('with quotas, a client id may connect once a second', async () => {
  let second = 0
  const cloud = await testCloud({ quotas: true, nowMs: () => second * 1000 })
  const credentials = await cloud.issue('d1')
  await cloud.connect(credentials, { clientId: 'd1' })
  expect(await cloud.knock(credentials, { clientId: 'd1' })).toBe('closed')
  expect(await cloud.knock(credentials, { clientId: 'd1', protocolVersion: 5 })).toMatchObject({ reasonCode: 0x9f })
  expect(await cloud.knock(credentials, { clientId: 'd2' })).toMatchObject({ returnCode: 0 })
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'Connect', reason: 'THROTTLED' }, { reason: 'THROTTLED' }])
  expect(cloud.broker.isConnected('d1')).toBe(true)
  second = 1
  expect(await cloud.knock(credentials, { clientId: 'd1' })).toMatchObject({ returnCode: 0 })
})
