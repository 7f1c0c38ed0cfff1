// sandbox/src/operator/deploy.test.ts: a stage from nothing: bootstrap, deploy, release, deploy, allowlist, by the real program against a cloud.
import { ListDeploymentsCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { storeKeys } from '@fleet/contract/names'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

test('a stage is made, released, deployed and opened; a second time nothing is written', async () => {
  const stage = await openTestStage()
  const json = async (...args: string[]) => {
    const { code, out, err } = await stage.fleet([...args, '--json'])
    expect([code, err.includes('error:') ? err : '']).toEqual([0, ''])
    return JSON.parse(out) as Record<string, unknown>
  }
  expect(await json('bootstrap')).toMatchObject({ claim: { outcome: 'made', policy: 'stack-missing' } })
  const first = await stage.fleet(['deploy'])
  expect(first.err).toMatch(/\+ create {2}store-bucket/)
  expect(first.out).toMatch(/done: stage dev: \d+ created, 0 unchanged\nNo release yet[^]*claim certificate kept, policy attached/)
  expect(await json('bootstrap')).toMatchObject({ claim: { outcome: 'kept', policy: 'kept' } })
  const { release } = await json('release', 'publish')
  expect(await json('deploy')).toMatchObject({ release, changes: expect.arrayContaining([expect.objectContaining({ operation: 'create', name: 'deployment-release' })]) })
  const greengrass = new GreengrassV2Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  expect((await greengrass.send(new ListDeploymentsCommand({}))).deployments).toMatchObject([{ deploymentName: 'fleet-dev' }])
  expect(await json('allowlist', 'apply')).toMatchObject({ uploads: true, changes: [{ action: 'admit' }, { action: 'admit' }, { action: 'admit' }] })
  expect((await stage.fleet(['status'])).out).toContain('3 devices: 3 waiting')

  stage.proxy.calls.length = 0
  expect(await json('release', 'publish')).toMatchObject({ release })
  expect(await json('deploy')).toMatchObject({ release, changes: [], claim: { outcome: 'kept', policy: 'kept' } })
  expect(await json('allowlist', 'apply')).toMatchObject({ uploads: false })
  expect(stage.proxy.calls.filter((call) => /^(PUT|PATCH|DELETE)|Create|Update|Put/.test(call))).toEqual([])

  await stage.s3.send(new DeleteObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.currentRelease }))
  expect(await stage.fleet(['deploy'])).toMatchObject({ code: 1, err: expect.stringMatching(/is deployed, but the provisioning bucket names no current release[^]*RELEASE_MISSING/) })
})
