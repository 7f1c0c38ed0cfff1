// sandbox/src/operator/release.test.ts: `fleet release` as a process against a cloud: what it pushes, what it does not, and what a kill leaves.
import { DescribeImagesCommand, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { fileURLToPath } from 'node:url'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { componentName, COMPONENTS, storeKeys } from '@fleet/contract/names'
import { ReleaseManifest } from '@fleet/contract/release'
import type { ComponentSource } from '@fleet/ops/release/component-source'
import { plainOciBuilder } from '@fleet/ops/release/plain-oci'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { expect, test } from 'vitest'
import { smallComponent } from './publish-main.ts'
import { bareStack, killedAt, NAMES, openTestStage, type TestStage } from './testing.ts'

async function stageWithStack() {
  const stage = await openTestStage()
  await bareStack(stage)
  return stage
}

const objectKeys = async ({ s3 }: TestStage) => ((await s3.send(new ListObjectsV2Command({ Bucket: NAMES.provisioningBucket }))).Contents ?? []).map(({ Key }) => Key)
const current = async ({ s3 }: TestStage) => ReleaseManifest.parse(JSON.parse((await (await s3.send(new GetObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.currentRelease }))).Body?.transformToString()) ?? ''))
const imagesOf = async (folder: string, { ecr }: TestStage) => (await ecr.send(new DescribeImagesCommand({ repositoryName: NAMES.imageRepository(folder) }))).imageDetails ?? []

const publish = (stage: TestStage, ...sources: readonly ComponentSource[]) => publishRelease(stage.target, { builder: async () => plainOciBuilder, sources: async () => sources })

test('the components of this repository are published once; the second time one object is read and nothing done', async () => {
  const stage = await stageWithStack()
  expect((await stage.fleet(['release', 'plan'])).out).toMatch(new RegExp(`${COMPONENTS.map((name) => `\\+ add {4}fleetwright\\.${name} 0\\.1\\.\\d+\n`).join('')}\n${COMPONENTS.length} of ${COMPONENTS.length} components to publish`))
  const first = await stage.fleet(['release', 'publish'])
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/done: release [0-9a-f]{12} is current/) })

  const manifest = await current(stage)
  expect(manifest.components.map(({ name }) => name)).toEqual(COMPONENTS.map(componentName))
  expect(await objectKeys(stage)).toEqual(['releases/current.json', `releases/${manifest.id}.json`].sort())
  for (const { name, version, image, recipe } of manifest.components) {
    const [pushed, ...others] = await imagesOf(name.replace('fleetwright.', ''), stage)
    expect([pushed?.imageTags, others]).toEqual([[version], []])
    expect(image).toMatch(new RegExp(`^[^/]+/${pushed?.repositoryName ?? ''}@${pushed?.imageDigest ?? ''}$`))
    expect(JSON.parse(recipe)).toMatchObject({ ComponentName: name, ComponentVersion: version, Manifests: [{ Artifacts: [{ Uri: `docker:${image}` }] }] })
    expect(recipe).not.toContain('COMPONENT_')
  }

  stage.proxy.calls.length = 0
  expect(await stage.fleet(['release', 'publish'])).toMatchObject({ code: 0, out: `nothing to publish: release ${manifest.id} has all of this\n` })
  expect(stage.proxy.calls).toEqual([`GET /${NAMES.provisioningBucket}/releases/current.json`])
})

test('the image is for arm64, has the bundle in /app, and runs as the Dockerfile says', async () => {
  const stage = await stageWithStack()
  await publish(stage, smallComponent('led', 'the bundle'))
  const [image] = (await current(stage)).components
  const [, repository = '', digest = ''] = /^[^/]+\/(.+)@(.+)$/.exec(image?.image ?? '') ?? []
  const { authorizationData: [token] = [] } = await stage.ecr.send(new GetAuthorizationTokenCommand({}))
  const fetched = async (path: string) => Buffer.from(await (await fetch(`${stage.proxy.url}/v2/${repository}/${path}`, { headers: { authorization: `Basic ${token?.authorizationToken ?? ''}` } })).arrayBuffer())
  const manifest = JSON.parse((await fetched(`manifests/${digest}`)).toString()) as { config: { digest: string }; layers: { digest: string }[] }
  expect(JSON.parse((await fetched(`blobs/${manifest.config.digest}`)).toString())).toMatchObject({ architecture: 'arm64', os: 'linux', config: { User: '10001:10001', Env: ['A=1', 'B=2'], Entrypoint: ['node', '/app/main.cjs'] } })
  const layer = await fetched(`blobs/${manifest.layers[0]?.digest ?? ''}`)
  expect(layer.includes('app/main.cjs')).toBe(true)
  expect(layer.includes('the bundle')).toBe(true)
})

test('one changed component is one image and one version; the other stays as it was, to the last byte', async () => {
  const stage = await stageWithStack()
  await publish(stage, smallComponent('led', 'one'), smallComponent('button', 'one'))
  const before = await current(stage)
  stage.proxy.calls.length = 0
  const { steps } = await publish(stage, smallComponent('led', 'two', '0.1.6'), smallComponent('button', 'one'))
  expect(steps).toEqual([
    { name: 'fleetwright.led', action: 'change', version: '0.1.6', from: '0.1.5' },
    { name: 'fleetwright.button', action: 'keep', version: '0.1.5', from: '0.1.5' },
  ])
  expect(stage.proxy.calls.filter((call) => call.startsWith('PUT /v2/') && call.includes('/manifests/'))).toEqual(['PUT /v2/fleet-dev/led/manifests/0.1.6'])
  const after = await current(stage)
  expect(after.id).not.toBe(before.id)
  expect(after.components[1]).toEqual(before.components[1])
})

test('going back to former content makes the former release current again, without a push', async () => {
  const stage = await stageWithStack()
  const first = await publish(stage, smallComponent('led', 'one'))
  await publish(stage, smallComponent('led', 'two', '0.1.6'))
  stage.proxy.calls.length = 0
  expect((await publish(stage, smallComponent('led', 'one'))).release).toBe(first.release)
  expect(stage.proxy.calls.filter((call) => call.includes('/v2/'))).toEqual([])
})

test('a version that is there with other content is refused, in the release and in the registry', async () => {
  const stage = await stageWithStack()
  await publish(stage, smallComponent('led', 'one'))
  await expect(publish(stage, smallComponent('led', 'other'))).rejects.toMatchObject({ code: 'RELEASE_VERSION_TAKEN' })
  await publish(stage, smallComponent('led', 'two', '0.1.6'))
  await expect(publish(stage, smallComponent('led', 'other'))).rejects.toMatchObject({ code: 'RELEASE_VERSION_TAKEN' })
  expect(await imagesOf('led', stage)).toHaveLength(2)
})

test('before the stack is there, it says what to do first', async () => {
  const stage = await openTestStage()
  expect(await stage.fleet(['release', 'plan'])).toMatchObject({ code: 1, err: expect.stringMatching(/Run `fleet deploy --stage dev` first\.[^]*STACK_MISSING/) })
})

test('two at once: the later one is told, and nothing is lost', async () => {
  const stage = await stageWithStack()
  await publish(stage, smallComponent('led', 'one'))
  let isFirst = true
  stage.proxy.before = async (call) => {
    if (!isFirst || stage.proxy.calls[call - 1] !== `PUT /${NAMES.provisioningBucket}/releases/current.json`) return
    isFirst = false
    await publish(stage, smallComponent('led', 'three', '0.1.7'))
  }
  await expect(publish(stage, smallComponent('led', 'two', '0.1.6'))).rejects.toMatchObject({ code: 'RELEASE_CHANGED_MEANWHILE' })
  expect((await current(stage)).components).toMatchObject([{ version: '0.1.7' }])
})

const PUBLISH = fileURLToPath(new URL('publish-main.ts', import.meta.url))

test('killed before any of its calls, the next run publishes the same: no image twice, no release without its images', async () => {
  const stage = await stageWithStack()
  for (let at = 1, wasKilled = true; wasKilled; at++) {
    const [content, version] = [`content ${at}`, `0.1.${at}`]
    wasKilled = await killedAt(at, stage, () => stage.start([content, version], { program: PUBLISH }))
    if ((await objectKeys(stage)).includes(storeKeys.currentRelease)) expect(new Set((await current(stage)).components.map((component) => component.version)).size).toBe(1)
    await publish(stage, smallComponent('led', content, version), smallComponent('button', content, version))
    for (const component of (await current(stage)).components) {
      expect(component.version).toBe(version)
      const images = await imagesOf(component.name.replace('fleetwright.', ''), stage)
      expect(images).toHaveLength(at)
      expect(images.map(({ imageDigest }) => imageDigest)).toContain(component.image.split('@')[1])
    }
    if (!wasKilled) expect(at).toBeGreaterThan(20)
  }
})
