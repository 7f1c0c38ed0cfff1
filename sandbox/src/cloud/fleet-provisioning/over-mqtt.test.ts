// sandbox/src/cloud/fleet-provisioning/over-mqtt.test.ts: a device with nothing but a claim certificate gets its identity and uses it, over real TLS and MQTT.
import { request } from 'node:https'
import { decode, encode } from 'cborg'
import { connect as mqttConnect, type MqttClient } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { credentialsProvider } from '../credentials-provider/credentials-provider.ts'
import { openBroker } from '../iot-core/broker/broker.ts'
import { openMqttListener } from '../iot-core/broker/tls-listener.ts'
import { iotLog } from '../iot-core/iot-log.ts'
import { deviceIdentities } from '../iot-core/policy/device-identity.ts'
import { ACCOUNT, registryInMemory } from '../iot-core/registry/testing.ts'
import { certificateRequest } from '../pki/testing.ts'
import { openIam } from '../iam/iam.ts'
import type { FunctionInvoker } from '../ports.ts'
import { openTestGateway } from '../wire/testing.ts'
import { openFleetProvisioning } from './fleet-provisioning.ts'
import { ROLE_ARN, TEMPLATE } from './testing.ts'

const SERIAL = '10000000a1b2c3d4'
const arn = (name: string) => `arn:aws:iot:eu-central-1:000000000000:${name}`
const CLAIM_POLICY = [
  { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/*') },
  { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: [arn('topic/$aws/certificates/create-from-csr/*'), arn('topic/$aws/provisioning-templates/fleet/provision/*')] },
  { Effect: 'Allow', Action: 'iot:Subscribe', Resource: [arn('topicfilter/$aws/certificates/create-from-csr/*'), arn('topicfilter/$aws/provisioning-templates/fleet/provision/*')] },
]
const DEVICE_POLICY = [
  { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/${iot:Certificate.Subject.CommonName}') },
  { Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/device') },
]

/** As narrow as the fleet's own program grants it. */
const PROVISIONING_GRANTS = [
  { Effect: 'Allow', Action: 'iot:CreateThing', Resource: arn('thing/*') },
  { Effect: 'Allow', Action: 'iot:AddThingToThingGroup', Resource: [arn('thing/*'), arn('thinggroup/fleet')] },
  { Effect: 'Allow', Action: ['iot:UpdateCertificate', 'iot:AttachThingPrincipal', 'iot:AttachPolicy'], Resource: arn('cert/*') },
]

interface Identity {
  readonly cert: string
  readonly key: string
}

/** Registry, broker, provisioning and credentials provider on real ports; `claim` is what an image carries. */
async function cloud() {
  const registry = registryInMemory()
  const { store, clock, pki, operations, devices } = registry
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const logs = iotLog({ account: ACCOUNT, clock, log, sink: { append: () => undefined } })
  const identities = deviceIdentities(devices, clock)
  const broker = openBroker({ account: ACCOUNT, store, clock, registry: devices, log, iotLog: logs })
  const listener = await openMqttListener({ broker, identities, log, credentials: pki.serverCredentials, host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    broker.close()
    await listener.close()
  })
  const functions: FunctionInvoker = { invoke: async () => ({ kind: 'answered', payload: { allowProvisioning: true } }), invokeLater: () => ({ kind: 'accepted' }) }
  const { roleSessions: roles, operations: iam } = openIam({ store, clock, account: ACCOUNT, rootKey: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' } })
  const role = (RoleName: string, service: string, Statement: unknown) => {
    const Version = '2012-10-17'
    iam.CreateRole({ RoleName, AssumeRolePolicyDocument: JSON.stringify({ Version, Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] }) })
    iam.PutRolePolicy({ RoleName, PolicyName: 'grants', PolicyDocument: JSON.stringify({ Version, Statement }) })
  }
  role('provisioning', 'iot.amazonaws.com', PROVISIONING_GRANTS)
  role('device', 'credentials.iot.amazonaws.com', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }])
  const provisioning = openFleetProvisioning({ store, registry, pki, bus: broker, functions, roles, log, iotLog: logs })
  const gateway = await openTestGateway({ services: [registry.service, provisioning.service], routes: [credentialsProvider({ registry, identities, roles, iotLog: logs })] })
  const policy = (policyName: string, Statement: unknown) => operations.CreatePolicy({ policyName, policyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) })
  policy('claim', CLAIM_POLICY)
  policy('device', DEVICE_POLICY)
  operations.CreateThingGroup({ thingGroupName: 'fleet' })
  operations.CreateRoleAlias({ roleAlias: 'device', roleArn: 'arn:aws:iam::000000000000:role/device' })
  provisioning.operations.CreateProvisioningTemplate({ templateName: 'fleet', templateBody: JSON.stringify(TEMPLATE), enabled: true, provisioningRoleArn: ROLE_ARN })
  const made = await operations.CreateKeysAndCertificate({ setAsActive: true })
  operations.AttachPolicy({ policyName: 'claim', target: made.certificateArn })
  const claim: Identity = { cert: made.certificatePem, key: made.keyPair.PrivateKey }
  return { ...registry, claim, gateway, connect: (identity: Identity, clientId: string) => connected({ ...identity, ca: pki.caPem, port: listener.port, clientId }) }
}

async function connected({ port, ...options }: Identity & { readonly ca: string; readonly port: number; readonly clientId: string }): Promise<MqttClient> {
  const client = mqttConnect(`mqtts://127.0.0.1:${port}`, { ...options, reconnectPeriod: 0 })
  onTestFinished(() => void client.end(true))
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('close', () => reject(new Error('the broker closed the connection')))
    client.on('error', () => undefined) // told by `close`
  })
  return client
}

const FORMATS = { json: { write: (value: object) => JSON.stringify(value), read: (bytes: Buffer): unknown => JSON.parse(bytes.toString()) }, cbor: { write: (value: object) => Buffer.from(encode(value)), read: (bytes: Buffer): unknown => decode(bytes) } }

/** Publishes a request and waits for its answer on accepted or rejected. */
async function call(client: MqttClient, { topic: path, format, value }: { topic: string; format: keyof typeof FORMATS; value: object }) {
  const full = `${path}/${format}`
  await client.subscribeAsync([`${full}/accepted`, `${full}/rejected`], { qos: 1 })
  const answer = new Promise<{ outcome: string; payload: Record<string, string> }>((resolve) => {
    client.once('message', (answerTopic, bytes) => resolve({ outcome: answerTopic.slice(full.length + 1), payload: FORMATS[format].read(bytes) as Record<string, string> }))
  })
  await client.publishAsync(full, FORMATS[format].write(value), { qos: 1 })
  return answer
}

async function provision(device: MqttClient, format: keyof typeof FORMATS): Promise<Identity & { readonly certificateId: string }> {
  const { csr, privateKey } = await certificateRequest(`CN=${SERIAL}`)
  const { payload: created } = await call(device, { topic: '$aws/certificates/create-from-csr', format, value: { certificateSigningRequest: csr } })
  const value = { certificateOwnershipToken: created['certificateOwnershipToken'], parameters: { SerialNumber: SERIAL } }
  const registered = await call(device, { topic: '$aws/provisioning-templates/fleet/provision', format, value })
  expect(registered).toEqual({ outcome: 'accepted', payload: { deviceConfiguration: { greeting: `hello ${SERIAL}` }, thingName: SERIAL } })
  return { cert: created['certificatePem']!, key: privateKey, certificateId: created['certificateId']! }
}

test.each(['json', 'cbor'] as const)('by claim, in %s: the new certificate connects, and gets credentials', async (format) => {
  const { connect, claim, gateway, devices } = await cloud()
  const identity = await provision(await connect(claim, 'some-random-client'), format)
  expect(devices.thingsOf(identity.certificateId)).toEqual([{ thingName: SERIAL, exclusive: true }])
  expect((await connect(identity, SERIAL)).connected).toBe(true)
  await expect(connect(identity, 'another-client')).rejects.toThrow('closed')
  expect(await credentials({ ...identity, ca: gateway.pki.caPem, port: gateway.port })).toMatchObject({ credentials: { accessKeyId: expect.stringMatching(/^ASIA/), expiration: '2026-01-01T01:00:00Z' } })
})

test('a certificate that was not registered yet lets nobody in', async () => {
  const { connect, claim } = await cloud()
  const { csr, privateKey } = await certificateRequest(`CN=${SERIAL}`)
  const { payload } = await call(await connect(claim, 'c'), { topic: '$aws/certificates/create-from-csr', format: 'json', value: { certificateSigningRequest: csr } })
  await expect(connect({ cert: payload['certificatePem']!, key: privateKey }, SERIAL)).rejects.toThrow('closed')
})

test('a suspended device is cut off at once, and is back with the same certificate when it may', async () => {
  const { connect, claim, operations } = await cloud()
  const identity = await provision(await connect(claim, 'c'), 'json')
  const device = await connect(identity, SERIAL)
  const closed = new Promise<void>((resolve) => device.once('close', () => resolve()))
  operations.UpdateCertificate({ certificateId: identity.certificateId, newStatus: 'INACTIVE' })
  await closed
  await expect(connect(identity, SERIAL)).rejects.toThrow('closed')
  operations.UpdateCertificate({ certificateId: identity.certificateId, newStatus: 'ACTIVE' })
  expect((await connect(identity, SERIAL)).connected).toBe(true)
})

async function credentials({ cert, key, ca, port }: Identity & { readonly ca: string; readonly port: number }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ask = request({ host: '127.0.0.1', port, path: '/role-aliases/device/credentials', cert, key, ca, headers: { 'x-amzn-iot-thingname': SERIAL } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).on('end', () => resolve(JSON.parse(text)))
    })
    ask.on('error', reject).end()
  })
}
