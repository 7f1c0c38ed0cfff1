// sandbox/src/operator/spread.test.ts: a rollout that is paused, goes on, and is rolled back past the stack; and the stack, which takes it over again.
import { DescribeComponentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { storeKeys } from '@fleet/contract/names'
import { ReleaseManifest } from '@fleet/contract/release'
import { storeOf } from '@fleet/ops/deploy/history'
import { rollBackAtOnce } from '@fleet/ops/deploy/roll-back-at-once'
import { componentArn, latestDeployment, MADE_BY } from '@fleet/ops/deploy/spread'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

const LED = 'fleetwright.led'

test('paused, resumed, rolled back without the stack, and taken over by it', async () => {
  const stage = await openTestStage()
  const spreading = { greengrass: new GreengrassV2Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }), stage: { stage: 'dev', ...ACCOUNT } }
  const fleet = async (...args: string[]) => expect(await stage.fleet(args)).toMatchObject({ code: 0 })
  const deployed = async () => {
    const latest = await latestDeployment(spreading)
    return { id: latest?.deploymentId, status: latest?.deploymentStatus, led: latest?.components?.[LED]?.componentVersion, settings: latest?.components?.[LED]?.configurationUpdate?.merge }
  }
  expect(await stage.fleet(['deploy', 'retry'])).toMatchObject({ code: 1, err: expect.stringMatching(/nothing is deployed yet[^]*ROLLOUT_NOT_ACTIVE/) })
  await fleet('bootstrap')
  await fleet('deploy')
  await fleet('release', 'publish')
  await fleet('deploy')
  const one = ReleaseManifest.parse(JSON.parse((await (await stage.s3.send(new GetObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.currentRelease }))).Body?.transformToString()) ?? ''))
  const two = withLed(one, '9.9.9')
  const [first] = one.components.filter(({ name }) => name === LED)
  const publish = async (manifest: ReleaseManifest) => {
    for (const Key of [storeKeys.release(manifest.id), storeKeys.currentRelease]) await stage.s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key, Body: JSON.stringify(manifest) }))
  }
  const rollBack = (to: string) => rollBackAtOnce(to, { ...spreading, store: storeOf(stage.target), now: new Date() })
  const isOfRollback = async (version = '') => ((await spreading.greengrass.send(new DescribeComponentCommand({ arn: componentArn(spreading.stage, { name: LED, version }) }))).tags ?? {})[MADE_BY.key] !== undefined

  await fleet('deploy', 'pause')
  expect(await deployed()).toMatchObject({ status: 'CANCELED' })
  expect(await stage.fleet(['deploy', 'pause'])).toMatchObject({ code: 1, err: expect.stringMatching(/canceled already[^]*ROLLOUT_NOT_ACTIVE/) })
  await fleet('deploy') // changes nothing of what an operator has stopped
  expect(await deployed()).toMatchObject({ status: 'CANCELED' })
  await fleet('deploy', 'resume')
  const resumed = await deployed()
  expect(resumed).toMatchObject({ status: 'ACTIVE', led: first?.version })
  await fleet('deploy')
  expect(await deployed()).toEqual(resumed)
  await fleet('deploy', 'retry')
  const retried = await deployed()
  expect([retried, retried.id === resumed.id]).toEqual([{ ...resumed, id: retried.id }, false])
  await fleet('deploy') // the stack leaves it alone
  expect(await deployed()).toEqual(retried)

  await publish(two)
  await fleet('deploy')
  expect(await deployed()).toMatchObject({ led: '9.9.9', settings: resumed.settings })
  await rollBack(one.id)
  expect([await deployed(), await isOfRollback(first?.version)]).toMatchObject([{ status: 'ACTIVE', led: first?.version, settings: resumed.settings }, true])
  await fleet('deploy') // the stack makes what the rollback had made
  expect([await deployed(), await isOfRollback(first?.version)]).toMatchObject([{ led: first?.version }, false])

  await rollBack(two.id)
  expect(await deployed()).toMatchObject({ led: '9.9.9' })
  await fleet('deploy', 'rollback', one.id) // which the stack believes is there
  expect(await deployed()).toMatchObject({ status: 'ACTIVE', led: first?.version })
  expect(await stage.fleet(['deploy', 'history'])).toMatchObject({ out: expect.stringMatching(new RegExp(`${one.id}[^]*${two.id}[^]*${one.id}[^]*${two.id}[^]*${one.id}`)) })
}, 240_000)

/** Another release, of which one component has changed. */
function withLed(manifest: ReleaseManifest, version: string): ReleaseManifest {
  const components = manifest.components.map((component) => (component.name === LED ? { ...component, version, recipe: JSON.stringify({ ...(JSON.parse(component.recipe) as object), ComponentVersion: version }) } : component))
  return { ...manifest, id: 'two00000000b', components }
}
