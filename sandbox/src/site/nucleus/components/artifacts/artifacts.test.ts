// sandbox/src/site/nucleus/components/artifacts/artifacts.test.ts: artifacts reach a core from S3 with its own role, and by a docker command.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { eventually, temporaryFolder } from '../../testing.ts'
import { testFleet, withRole, type TestCore, type TestDeployment } from '../../testing-fleet.ts'

const recipe = (artifacts: JsonObject[], run = 'sleep 100', more: JsonObject = {}): JsonObject => ({ Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { run }, Artifacts: artifacts }], ...more })

async function withBucket(objects: Readonly<Record<string, Uint8Array | string>>) {
  const fleet = await testFleet()
  await withRole(fleet)
  const s3 = new S3Client(fleet.settings)
  await s3.send(new CreateBucketCommand({ Bucket: 'artifacts', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }))
  const put = (Key: string, Body: Uint8Array | string) => s3.send(new PutObjectCommand({ Bucket: 'artifacts', Key, Body }))
  for (const [key, body] of Object.entries(objects)) await put(key, body)
  return { fleet, put }
}
async function outcome(core: TestCore, deployment: TestDeployment) {
  await eventually(async () => (await core.execution(deployment)).status).toMatch(/SUCCEEDED|FAILED/)
  return core.execution(deployment)
}

test('files and archives come from S3, are checked, unpacked, and may be run as the recipe says', async () => {
  const archive = zipSync({ 'bin/tool.sh': Buffer.from('echo from the archive'), 'readme.txt': Buffer.from('x') })
  const { fleet } = await withBucket({ 'app/start me.sh': '#!/bin/sh\necho from the file', 'app/tools.zip': archive })
  const artifacts: JsonObject[] = [
    { Uri: 's3://artifacts/app/start me.sh', Permission: { Read: 'ALL', Execute: 'OWNER' } },
    { Uri: 's3://artifacts/app/tools.zip', Unarchive: 'ZIP' },
  ]
  await fleet.publish('app', '1.0.0', recipe(artifacts, '"{artifacts:path}/start me.sh"; sh {artifacts:decompressedPath}/tools/bin/tool.sh; sleep 100'))
  const core = await fleet.core()
  await core.start()
  expect(await outcome(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))).toMatchObject({ status: 'SUCCEEDED' })
  await eventually(() => core.log('app')).toMatch(/stdout\. from the file[^]*stdout\. from the archive/)
  expect(statSync(join(core.root, 'packages/artifacts/app/1.0.0/start me.sh')).mode & 0o777).toBe(0o744)
})

test('a content that has changed since is not run', async () => {
  const { fleet, put } = await withBucket({ file: 'good' })
  await fleet.publish('app', '1.0.0', recipe([{ Uri: 's3://artifacts/file' }]))
  await put('file', 'evil')
  const core = await fleet.core()
  const nucleus = await core.start()
  const { details } = await outcome(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  expect(details).toMatchObject({ 'detailed-deployment-status': 'FAILED_NO_STATE_CHANGE', 'deployment-error-stack': '["DEPLOYMENT_FAILURE","ARTIFACT_DOWNLOAD_ERROR","ARTIFACT_CHECKSUM_MISMATCH"]', 'deployment-error-types': '["COMPONENT_RECIPE_ERROR"]' })
  expect(nucleus.state('app')).toBeUndefined()
  expect(existsSync(join(core.root, 'packages/artifacts/app/1.0.0/file'))).toBe(false)
})

test('a bucket that the role may not read fails the deployment, and what ran goes on', async () => {
  const { fleet } = await withBucket({ file: 'good' })
  await fleet.publish('app', '1.0.0', recipe([]))
  await fleet.publish('app', '2.0.0', recipe([{ Uri: 's3://artifacts/file' }]))
  const core = await fleet.core()
  const nucleus = await core.start()
  await outcome(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  await new IAMClient(fleet.settings).send(new DeleteRolePolicyCommand({ RoleName: 'device', PolicyName: 'read' }))
  const { details } = await outcome(core, await fleet.deploy({ app: { componentVersion: '2.0.0' } }))
  expect(details).toMatchObject({ 'detailed-deployment-status': 'FAILED_NO_STATE_CHANGE', 'deployment-error-types': expect.stringContaining('PERMISSION_ERROR') })
  expect(details['deployment-error-stack']).toContain('"ARTIFACT_DOWNLOAD_ERROR"')
  expect(details['deployment-error-stack']).toContain('ACCESS_DENIED"')
  expect(nucleus.state('app')).toBe('RUNNING')
})

test('a version that nothing needs any more is removed, the last but one is kept', async () => {
  const { fleet } = await withBucket({ file: 'x' })
  const core = await fleet.core()
  await core.start()
  for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
    await fleet.publish('app', version, recipe([{ Uri: 's3://artifacts/file' }]))
    await outcome(core, await fleet.deploy({ app: { componentVersion: version } }))
  }
  const kept = ['1.0.0', '1.0.1', '1.0.2'].filter((version) => existsSync(join(core.root, 'packages/artifacts/app', version)))
  expect(kept).toEqual(['1.0.1', '1.0.2'])
})

/** A docker command that notes what it is asked, knows no image, and fails to pull `broken` ones. */
function standInDocker(): { readonly path: string; readonly calls: () => string[] } {
  const folder = temporaryFolder()
  const calls = join(folder, 'calls')
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho "$*" >> ${calls}\ncase "$*" in "pull "*broken*) echo "manifest unknown" >&2; exit 1;; esac\n`, { mode: 0o755 })
  return { path: `${folder}:${process.env['PATH'] ?? ''}`, calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []) }
}
const DIGEST = `sha256:${'a'.repeat(64)}`
const MANAGER: JsonObject = { ComponentDependencies: { 'aws.greengrass.DockerApplicationManager': { VersionRequirement: '>=2.0.0' } } }

test('images are pulled by digest, once each, and removed when nothing needs them', async () => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', recipe([{ Uri: `docker:localhost:5000/fleet/app@${DIGEST}` }], `docker run app`, MANAGER))
  const core = await fleet.core()
  const docker = standInDocker()
  await core.start({ environment: { PATH: docker.path } })
  expect(await outcome(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))).toMatchObject({ status: 'SUCCEEDED' })
  expect(docker.calls()).toEqual(['-v', `images -q localhost:5000/fleet/app@${DIGEST}`, `pull localhost:5000/fleet/app@${DIGEST}`, 'run app'])
  await outcome(core, await fleet.deploy({}))
  expect(docker.calls().at(-1)).toBe(`rmi localhost:5000/fleet/app@${DIGEST}`)
})

test.each<[string, JsonObject, string[]]>([
  ['without the docker application manager', recipe([{ Uri: `docker:localhost:5000/app@${DIGEST}` }]), ['DEPLOYMENT_FAILURE', 'MISSING_DOCKER_APPLICATION_MANAGER']],
  ['with a name that is none', recipe([{ Uri: 'docker:localhost:5000/UPPER CASE' }], 'true', MANAGER), ['DEPLOYMENT_FAILURE', 'COMPONENT_PACKAGE_LOADING_ERROR', 'ARTIFACT_URI_NOT_VALID', 'DOCKER_ARTIFACT_URI_NOT_VALID']],
  ['of a registry that has it not', recipe([{ Uri: `docker:localhost:5000/broken@${DIGEST}` }], 'true', MANAGER), ['DEPLOYMENT_FAILURE', 'ARTIFACT_DOWNLOAD_ERROR', 'DOCKER_ERROR', 'DOCKER_PULL_ERROR']],
])('an image %s fails its deployment', async (_case, faulty, stack) => {
  const fleet = await testFleet()
  await fleet.publish('app', '1.0.0', faulty)
  const core = await fleet.core()
  await core.start({ environment: { PATH: standInDocker().path } })
  const { details } = await outcome(core, await fleet.deploy({ app: { componentVersion: '1.0.0' } }))
  expect(JSON.parse(details['deployment-error-stack'] ?? '')).toEqual(stack)
})
