// sandbox/src/cloud/greengrass/data-plane.test.ts: what core devices ask by mutual TLS, and what their policies keep from them.
import { createHash } from 'node:crypto'
import { CreateComponentVersionCommand, CreateDeploymentCommand } from '@aws-sdk/client-greengrassv2'
import { expect, test } from 'vitest'
import { type Core, type GreengrassBench, greengrassBench, groupArn, thingArn } from './testing.ts'

const LINUX = { attributes: { os: 'linux', architecture: 'aarch64' } }
const publish = async ({ client }: GreengrassBench, version: string, Manifests: object[] = [{ Platform: { os: 'linux' } }]) =>
  client.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify({ RecipeFormatVersion: '2020-01-25', ComponentName: 'led', ComponentVersion: version, Manifests })) }))
const resolve = async (core: Core, versionRequirements: Record<string, string>, { platform = LINUX, componentName = 'led' }: { platform?: object; componentName?: string } = {}) =>
  core.ask('/greengrass/v2/resolveComponentCandidates', { platform, componentCandidates: [{ componentName, versionRequirements }] })

test('the newest version that all allow is resolved, its recipe in base64', async () => {
  const bench = await greengrassBench()
  for (const version of ['1.0.0', '1.2.0', '2.0.0']) await publish(bench, version)
  const core = await bench.core('pi1')
  const { status, body } = await resolve(core, { 'thinggroup/fleet-dev': '>=1.0.0 <3.0.0', button: '^1.1.0' })
  expect(status).toBe(200)
  const [resolved] = body['resolvedComponentVersions'] as { recipe: string }[]
  expect(resolved).toMatchObject({ arn: 'arn:aws:greengrass:eu-central-1:000000000000:components:led:versions:1.2.0', componentName: 'led', componentVersion: '1.2.0', vendorGuidance: 'ACTIVE', message: null })
  expect(JSON.parse(Buffer.from(resolved?.recipe ?? '', 'base64').toString())).toMatchObject({ ComponentName: 'led', ComponentVersion: '1.2.0', Manifests: [{ Platform: { os: 'linux' } }] })
  expect((await resolve(core, { x: '^2.0.0' }, { componentName: 'aws.greengrass.TokenExchangeService' })).status).toBe(200)
})

test.each<[string, Record<string, string>, object, string]>([
  ['versions that exclude each other', { a: '=1.0.0', b: '=2.0.0' }, LINUX, 'no usable version'],
  ['no such version', { a: '=9.0.0' }, LINUX, 'no usable version'],
  ['another platform', { a: '=1.0.0' }, { attributes: { os: 'windows', architecture: 'amd64' } }, 'claim platform'],
])('%s is a 404 that says so', async (_case, requirements, platform, words) => {
  const bench = await greengrassBench()
  await publish(bench, '1.0.0')
  await publish(bench, '2.0.0')
  const { status, headers, body } = await resolve(await bench.core('pi1'), requirements, { platform })
  expect([status, headers['x-amzn-errortype'], body['message']]).toEqual([404, 'ResourceNotFoundException', expect.stringContaining(words)])
})

test.each<[object, object, boolean]>([
  [{ os: '*' }, {}, true],
  [{ os: 'all' }, { os: 'linux' }, true],
  [{ os: '/linux|darwin/' }, { os: 'darwin' }, true],
  [{ os: '/linux/' }, { os: 'linuxish' }, false],
  [{ os: 'linux', runtime: '*' }, { os: 'linux' }, true],
  [{ os: 'linux', runtime: 'aws_nucleus_lite' }, { os: 'linux' }, false],
  [{ architecture: 'arm' }, { architecture: 'aarch64' }, false],
])('a manifest for %j and a device of %j: %s', async (Platform, attributes, fits) => {
  const bench = await greengrassBench()
  await publish(bench, '1.0.0', [{ Platform }])
  expect((await resolve(await bench.core('pi1'), { a: '1.0.0' }, { platform: { attributes } })).status).toBe(fits ? 200 : 404)
})

test('a core hears of its groups', async () => {
  const bench = await greengrassBench()
  const { status, body } = await (await bench.core('pi1')).ask('/greengrass/v2/coreDevices/pi1/thingGroups')
  expect([status, body]).toEqual([200, { thingGroups: [{ thingGroupName: 'fleet-dev', thingGroupArn: groupArn(), rootToParentThingGroups: [] }], nextToken: null }])
})

test('only what the policies allow: another core, another component, an inactive certificate', async () => {
  const bench = await greengrassBench()
  await publish(bench, '1.0.0')
  const arn = 'arn:aws:greengrass:eu-central-1:000000000000'
  const core = await bench.core('pi1', [[['greengrass:ListThingGroupsForCoreDevice'], [`${arn}:coreDevices:\${iot:Certificate.Subject.CommonName}`]], [['greengrass:ResolveComponentCandidates'], [`${arn}:components:button:*`]]])
  expect((await core.ask('/greengrass/v2/coreDevices/pi1/thingGroups')).status).toBe(200)
  const refused = await core.ask('/greengrass/v2/coreDevices/pi2/thingGroups')
  expect([refused.status, refused.headers['x-amzn-errortype']]).toEqual([403, 'AccessDeniedException'])
  expect((await resolve(core, { a: '1.0.0' })).status).toBe(403)
  expect((await resolve(core, { a: '1.0.0' }, { componentName: 'led-absent' })).status).toBe(403)
  bench.cloud.registry.setStatus(core.credentials.certificateId, 'INACTIVE')
  expect((await core.ask('/greengrass/v2/coreDevices/pi1/thingGroups')).status).toBe(403)
})

test('who shows neither certificate nor signature lacks a token', async () => {
  const { endpoint } = (await greengrassBench()).settings()
  const answer = await fetch(`${endpoint}/greengrass/v2/components`)
  expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, 'MissingAuthenticationTokenException'])
})

test('a certificate that nobody registered is refused', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  expect((await core.ask('/greengrass/v2/coreDevices/pi1/thingGroups')).status).toBe(200)
  const elsewhere = await (await greengrassBench()).core('pi1')
  Object.assign(core.credentials, elsewhere.credentials)
  expect((await core.ask('/greengrass/v2/coreDevices/pi1/thingGroups')).status).toBe(403)
})

test('a large deployment is fetched by link, with its digest', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  const merge = JSON.stringify({ text: 'x'.repeat(40_000) })
  const { deploymentId, iotJobId = '' } = await bench.client.send(new CreateDeploymentCommand({ targetArn: groupArn(), components: { led: { componentVersion: '1.0.0', configurationUpdate: { merge } } } }))
  expect(bench.jobs.describe(iotJobId)?.document).toMatchObject({ deploymentId, requiredCapabilities: ['LARGE_CONFIGURATION'], components: {} })
  const { status, body } = await core.ask(`/greengrass/v2/coreDevices/pi1/deployments/${deploymentId ?? ''}/configuration?s3EndpointType=REGIONAL`)
  expect(status).toBe(200)
  const { preSignedUrl, integrityCheck } = body as { preSignedUrl: string; integrityCheck: { algorithm: string; digest: string } }
  const { body: document } = await core.ask(new URL(preSignedUrl).pathname + new URL(preSignedUrl).search)
  expect(document).toMatchObject({ deploymentId, components: { led: { configurationUpdate: { merge: { text: expect.stringMatching(/^x{40000}$/) } } } } })
  expect(integrityCheck).toEqual({ algorithm: 'SHA-256', digest: createHash('sha256').update(JSON.stringify(document)).digest('base64') })
})

test('a core does not get another thing\'s deployment', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  await bench.core('pi2')
  const { deploymentId = '' } = await bench.client.send(new CreateDeploymentCommand({ targetArn: thingArn('pi2'), components: {} }))
  expect((await core.ask(`/greengrass/v2/coreDevices/pi1/deployments/${deploymentId}/configuration`)).status).toBe(404)
})

test('what is malformed or not offered is answered in AWS\'s shape', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  expect((await core.ask('/greengrass/v2/resolveComponentCandidates', { componentCandidates: [] })).headers['x-amzn-errortype']).toBe('ValidationException')
  expect((await core.ask('/greengrass/v2/things/pi1/connectivityInfo')).headers['x-amzn-errortype']).toBe('UnknownOperationException')
  const artifact = await core.ask(`/greengrass/v2/components/${encodeURIComponent('arn:aws:greengrass:eu-central-1:aws:components:aws.greengrass.Nucleus:versions:2.18.0')}/artifacts/x`)
  expect([artifact.status, artifact.headers['x-amzn-errortype']]).toEqual([404, 'ResourceNotFoundException'])
})
