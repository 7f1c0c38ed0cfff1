// sandbox/src/site/nucleus/provisioning/provisioning.test.ts: a nucleus without identity gets one by its claim, over real TLS and MQTT; the cloud's answers are the test's.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stringify as yamlText } from 'yaml'
import { ALLOW_ALL, testCloud, type TestCloud } from '../../../cloud/iot-core/testing.ts'
import { certificateRequest, newDeviceKey, privateKeyPem } from '../../certificate-request.ts'
import { networkCable } from '../../network.ts'
import { nucleusPaths } from '../paths.ts'
import { startNucleus } from '../nucleus.ts'
import { eventually, QUICK, temporaryFolder } from '../testing.ts'

const CREATE = '$aws/certificates/create-from-csr/json'
const REGISTER = '$aws/provisioning-templates/fleet/provision/json'
type Answer = 'accepted' | 'silence' | { readonly errorMessage: string }

interface Script {
  readonly create?: Answer
  readonly register?: readonly Answer[]
}

/** A cloud that issues what is asked for, unless the script says otherwise, and a card with a claim. */
async function claimed({ create = 'accepted', register = [] }: Script = {}) {
  const cloud = await testCloud()
  const claim = await cloud.issue('claim')
  const asked: { topic: string; payload: Record<string, unknown>; clientId: string }[] = []
  const answers = [...register]
  const answer = async (topic: string, kind: Answer, body: object) => {
    if (kind === 'silence') return
    await cloud.broker.publish({ topic: `${topic}/${kind === 'accepted' ? 'accepted' : 'rejected'}`, payload: JSON.stringify(kind === 'accepted' ? body : { statusCode: 400, errorCode: 'AccessDenied', ...kind }), qos: 1 })
  }
  const take = (topic: string, handle: (payload: Record<string, unknown>) => Promise<void>) =>
    cloud.broker.reserve(topic, async ({ payload, clientId }) => {
      const parsed = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>
      asked.push({ topic, payload: parsed, clientId })
      await handle(parsed)
    })
  take(CREATE, ({ certificateSigningRequest }) => answer(CREATE, create, issued(cloud, String(certificateSigningRequest))))
  take(REGISTER, () => answer(REGISTER, answers.shift() ?? 'accepted', { deviceConfiguration: {}, thingName: 'core-1' }))
  return { cloud, asked, ...card(cloud, claim) }
}

function issued({ pki, registry }: TestCloud, csr: string) {
  const { certificateId, pem } = pki.issueFromRequest(csr)
  registry.put({ certificateId, pem, commonName: 'core-1', policies: [ALLOW_ALL] })
  return { certificateId, certificatePem: pem, certificateOwnershipToken: 'token' }
}

function card({ port, pki }: TestCloud, claim: { readonly cert: string; readonly key: string }) {
  const folder = temporaryFolder()
  const root = join(folder, 'v2')
  const key = newDeviceKey()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const configuration = {
    ...{ provisioningTemplate: 'fleet', rootPath: root, iotDataEndpoint: 'localhost', mqttPort: port, deviceId: 'sn-1', templateParameters: { SerialNumber: 'sn-1' } },
    ...{ claimCertificatePath: file('claim.pem', claim.cert), claimCertificatePrivateKeyPath: file('claim.key', claim.key), rootCaPath: file('ca.pem', pki.caPem) },
    ...{ csrPath: file('request.csr', certificateRequest(key, 'sn-1')), csrPrivateKeyPath: file('device.key', privateKeyPem(key)), certificatePath: join(folder, 'identity/cert.pem'), privateKeyPath: join(folder, 'identity/private.key') },
    ...{ awsRegion: 'eu-central-1', iotCredentialEndpoint: 'localhost:1', iotRoleAlias: 'alias' },
  }
  const initConfig = file('init.yaml', yamlText({ services: { 'aws.greengrass.FleetProvisioningByClaim': { configuration }, 'aws.greengrass.Nucleus': { configuration: { mqtt: { port }, greengrassDataPlaneEndpoint: 'https://localhost:1' } } } }))
  mkdirSync(root)
  const cable = networkCable({ now: () => new Date() })
  return {
    ...{ folder, cable, configuration },
    log: () => readFileSync(join(nucleusPaths(root).logs, 'greengrass.log'), 'utf8'),
    transactions: () => readFileSync(nucleusPaths(root).transactionLog, 'utf8'),
    start: async () => {
      const nucleus = await startNucleus({ root, initConfig, environment: {}, network: cable, now: () => new Date(), timings: { ...QUICK, provisioningStep: 300 } })
      onTestFinished(() => nucleus.stop())
      return nucleus
    },
  }
}

test('its request becomes a certificate, the certificate a thing; then it connects without a restart', async () => {
  const { cloud, asked, folder, transactions, start } = await claimed()
  const nucleus = await start()
  await eventually(() => nucleus.isConnected).toBe(true)
  expect(asked.map(({ topic, clientId }) => [topic, clientId])).toEqual([[CREATE, 'sn-1'], [REGISTER, 'sn-1']])
  expect(asked[1]?.payload).toEqual({ templateName: 'fleet', certificateOwnershipToken: 'token', parameters: { SerialNumber: 'sn-1' } })
  expect(nucleus.thingName).toBe('core-1')
  expect(transactions()).toMatch(/"TP":\["system","thingName"\].*"V":"core-1"/)
  for (const name of ['cert.pem', 'private.key']) expect(statSync(join(folder, 'identity', name)).mode & 0o777).toBe(0o600)
  expect(cloud.broker.isConnected('sn-1')).toBe(false)
  await eventually(() => cloud.broker.subscriptionsOf('core-1')?.length).toBe(6) // jobs and shadow
})

test('a refusal is told in the cloud’s words, and only a restart tries again', async () => {
  const { asked, log, start } = await claimed({ register: [{ errorMessage: 'Pre-provisioning hook denied' }] })
  const nucleus = await start()
  await eventually(log).toContain('Moving on to run Greengrass without provisioning')
  // as first boot looks for it
  expect(log()).toMatch(/Caught exception during registering Iot Thing[^]*DeviceProvisioningRuntimeException: java\.lang\.RuntimeException: Pre-provisioning hook denied\n/)
  expect(nucleus.thingName).toBe('')
  expect(asked).toHaveLength(2)
  await nucleus.stop()
  const again = await start()
  await eventually(() => again.thingName).toBe('core-1')
})

test('a step without an answer is tried three times in all', async () => {
  const { asked, log, start } = await claimed({ create: 'silence' })
  await start()
  await eventually(log).toContain('Moving on to run Greengrass without provisioning')
  expect(asked.map(({ topic }) => topic)).toEqual([CREATE, CREATE, CREATE])
})

test('without a network it connects again and again, for ever', async () => {
  const { cable, log, start } = await claimed()
  cable.cut()
  const nucleus = await start()
  await eventually(() => log().match(/Retrying MQTT connect which failed in provisioning plugin/g)?.length).toBeGreaterThan(4)
  cable.restore()
  await eventually(() => nucleus.thingName).toBe('core-1')
})

test('a connection that is lost in the middle is a failed try, and the next succeeds', async () => {
  const { cable, asked, start } = await claimed({ register: ['silence'] })
  const nucleus = await start()
  await eventually(() => asked.length).toBe(2)
  cable.cut()
  cable.restore()
  await eventually(() => nucleus.thingName).toBe('core-1')
})

test('a wrong clock does not trust the cloud’s certificate', async () => {
  const { log, configuration, folder } = await claimed()
  let skewMs = -400 * 86_400_000
  const now = () => new Date(Date.now() + skewMs)
  const nucleus = await startNucleus({ root: configuration.rootPath, initConfig: join(folder, 'init.yaml'), environment: {}, network: networkCable({ now }), now, timings: QUICK })
  onTestFinished(() => nucleus.stop())
  await eventually(log).toMatch(/CERT_NOT_YET_VALID: certificate is not yet valid/)
  skewMs = 0
  await eventually(() => nucleus.thingName).toBe('core-1')
})

test('parameters that are missing are all named', async () => {
  const { folder, log, start, configuration } = await claimed()
  const { provisioningTemplate: _template, rootPath: _root, ...some } = configuration
  writeFileSync(join(folder, 'init.yaml'), yamlText({ services: { 'aws.greengrass.FleetProvisioningByClaim': { configuration: some } } }))
  await start()
  await eventually(log).toMatch(/Required parameter provisioningTemplate missing.*Required parameter rootPath missing/)
})
