// e2e/security-edges.test.ts: what a device or the holder of the claim must not do, on the running stack: refused, logged, the connection closed.
import { readFileSync } from 'node:fs'
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { generateKeyPairSync } from 'node:crypto'
import { ListCertificatesCommand } from '@aws-sdk/client-iot'
import { claimKeys } from '@fleet/contract/names'
import { claimClientId } from '@fleet/contract/provisioning'
import { shadows, telemetry } from '@fleet/contract/topics'
import { claimContext } from '@fleet/ops/claim/show-claim'
import { certificateRequest } from '@fleet/sandbox/site/certificate-request'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connected, deviceCredentials, type Credentials } from './device-connection.ts'
import { runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [OWN, VICTIM] = [serial(1), serial(2)]

let sandbox: RunningSandbox
let device: Credentials
let claim: Credentials
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [OWN, VICTIM], pis: 2 })
  device = deviceCredentials(sandbox, OWN)
  const { store } = claimContext(sandbox.target)
  const text = async (key: string) => (await store.read(key))?.text ?? ''
  claim = { cert: await text(claimKeys.certificate), key: await text(claimKeys.privateKey) }
})
afterAll(() => sandbox[Symbol.asyncDispose]())

interface Entry {
  readonly eventType: string
  readonly clientId?: string
  readonly topicName?: string
  readonly reason?: string
}

/** What AWS IoT wrote into its log about this. */
const logged = (expected: Partial<Entry>) =>
  expect
    .poll(async () => {
      const { events = [] } = await sandbox.logs.send(new FilterLogEventsCommand({ logGroupName: 'AWSIotLogsV2', filterPattern: `{ $.eventType = "${expected.eventType ?? ''}" }` }))
      return events.map(({ message = '' }) => JSON.parse(message) as Entry) // JSON, as AWS writes it
    })
    .toContainEqual(expect.objectContaining(expected))

const OWN_CLIENT = `${OWN}#test` // beside the nucleus's own connections

test('what a device may do, it may do', async () => {
  await using line = await connected(sandbox, device, OWN_CLIENT)
  await line.client.subscribeAsync(shadows.led.getAccepted.of(OWN), { qos: 1 })
  const answer = new Promise<string>((resolve) => line.client.once('message', (topic) => resolve(topic)))
  await line.client.publishAsync(shadows.led.get.of(OWN), '', { qos: 1 })
  expect(await answer).toBe(shadows.led.getAccepted.of(OWN))
})

test.each([
  ["another device's telemetry", () => telemetry.led.of(sandbox.target.names.telemetryRule, VICTIM)],
  ["another device's shadow", () => shadows.led.update.of(VICTIM)],
  ["another device's jobs", () => `$aws/things/${VICTIM}/jobs/start-next`],
  ['a topic of nobody', () => 'fleet/anything'],
  ['another rule', () => `$aws/rules/other/fleet/${OWN}/telemetry/led`],
])('publishing to %s closes the connection', async (_case, topicOf) => {
  const topic = topicOf()
  await using line = await connected(sandbox, device, OWN_CLIENT)
  line.client.publish(topic, '{}', { qos: 1 })
  await line.closed
  await logged({ eventType: 'Publish-In', clientId: OWN_CLIENT, topicName: topic, reason: 'AUTHORIZATION_FAILURE' })
})

test.each([
  ['everything', () => '#'],
  ["another device's shadow", () => shadows.led.updateDelta.of(VICTIM)],
  ['the shadows of all devices', () => '$aws/things/+/shadow/#'],
  ["another device's jobs", () => `$aws/things/${VICTIM}/jobs/notify`],
])('subscribing to %s is refused', async (_case, topicOf) => {
  const topic = topicOf()
  await using line = await connected(sandbox, device, OWN_CLIENT)
  const heard: string[] = []
  line.client.on('message', (name) => heard.push(name))
  const granted = await Promise.race([line.client.subscribeAsync(topic, { qos: 1 }).catch(() => []), line.closed.then(() => [])])
  expect(granted.filter(({ qos }) => qos < 128)).toEqual([])
  await logged({ eventType: 'Subscribe', clientId: OWN_CLIENT, topicName: topic, reason: 'AUTHORIZATION_FAILURE' })
  expect(heard).toEqual([])
})

test.each([
  ["another device's", () => VICTIM],
  ["one that begins like its own", () => `${OWN}x`],
  ['one of anybody', () => 'console'],
])('connecting with a client id that is not its own (%s) is refused, and disturbs nobody', async (_case, clientIdOf) => {
  const clientId = clientIdOf()
  await expect(connected(sandbox, device, clientId)).rejects.toThrow()
  await logged({ eventType: 'Connect', clientId, reason: 'AUTHORIZATION_FAILURE' })
  expect(sandbox.site.pi(VICTIM)?.stand.connected).toBe(true)
})

test('the claim may ask for a certificate, and do nothing else with it', async () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  await using line = await connected(sandbox, claim, claimClientId('10000000ffffffff'))
  await line.client.subscribeAsync('$aws/certificates/create-from-csr/json/accepted', { qos: 1 })
  const answer = new Promise<{ certificatePem: string }>((resolve) => line.client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString('utf8')) as { certificatePem: string })))
  await line.client.publishAsync('$aws/certificates/create-from-csr/json', JSON.stringify({ certificateSigningRequest: certificateRequest(key, VICTIM) }), { qos: 1 })
  const { certificatePem } = await answer
  const unregistered = { cert: certificatePem, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  await expect(connected(sandbox, unregistered, VICTIM)).rejects.toThrow() // it is not ACTIVE before a thing is registered with it
  expect(sandbox.site.pi(VICTIM)?.stand.connected).toBe(true)
})

test.each<[string, (claimId: string) => string]>([
  ['a device', () => VICTIM],
  ['anything else', () => 'console'],
])('the claim cannot connect as %s', async (_case, clientIdOf) => {
  const clientId = clientIdOf('')
  await expect(connected(sandbox, claim, clientId)).rejects.toThrow()
  await logged({ eventType: 'Connect', clientId, reason: 'AUTHORIZATION_FAILURE' })
})

test.each([
  ["a device's telemetry", () => telemetry.led.of(sandbox.target.names.telemetryRule, VICTIM)],
  ["a device's shadow", () => shadows.led.update.of(VICTIM)],
  ['keys made in the cloud', () => '$aws/certificates/create/json'],
  ['another template', () => '$aws/provisioning-templates/other/provision/json'],
])('publishing with the claim to %s closes the connection', async (_case, topicOf) => {
  const [topic, clientId] = [topicOf(), claimClientId(VICTIM)]
  await using line = await connected(sandbox, claim, clientId)
  line.client.publish(topic, '{}', { qos: 1 })
  await line.closed
  await logged({ eventType: 'Publish-In', clientId, topicName: topic, reason: 'AUTHORIZATION_FAILURE' })
})

test('no certificate, or one of another authority: no connection', async () => {
  const { mqtt, caFile } = sandbox.endpoints
  expect(readFileSync(caFile, 'utf8')).toContain('BEGIN CERTIFICATE')
  await expect(connected(sandbox, { cert: '', key: '' }, OWN)).rejects.toThrow()
  expect(mqtt.port).toBeLessThan(32_768)
})

test('what was refused has left nothing behind: the fleet has its certificates and one unused', async () => {
  const { certificates = [] } = await sandbox.iot.send(new ListCertificatesCommand({ pageSize: 250 }))
  expect(certificates.map(({ status }) => status).sort()).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'PENDING_ACTIVATION'])
})
