// sandbox/src/operator/deploy-faults.test.ts: `fleet bootstrap` and `fleet deploy` as processes that are killed, refused, throttled, or not alone: what they say, and that the next run goes on.
import { DeleteRepositoryCommand, CreateRepositoryCommand } from '@aws-sdk/client-ecr'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { Instead } from './counting-proxy.ts'
import { killedAt, NAMES, openTestStage, type TestStage } from './testing.ts'

const buckets = async ({ s3 }: TestStage) => ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name).sort()

/** Deploys to the end; a second deploy finds nothing to do, and a destroy nothing that no stack knows of. */
async function isWhole(stage: TestStage): Promise<void> {
  expect(await stage.fleet(['deploy'])).toMatchObject({ code: 0, out: expect.stringContaining('done: stage dev') })
  const { changes } = JSON.parse((await stage.fleet(['deploy', '--json'])).out) as { readonly changes: readonly unknown[] }
  expect(changes).toEqual([])
  expect(await stage.fleet(['destroy', '--yes-destroy', 'dev'])).toMatchObject({ code: 0, out: expect.stringContaining('nothing is left of it') })
  expect(await buckets(stage)).toEqual([NAMES.stateBucket])
}

test('killed again and again, each time later: the last run finishes it, and nothing was made twice', async () => {
  const stage = await openTestStage()
  expect(await stage.fleet(['bootstrap'])).toMatchObject({ code: 0 })
  let kills = 0
  for (const at of [3, 12, 30, 60, 100]) if (await killedAt(at, stage, () => stage.start(['deploy']))) kills++
  expect(kills).toBeGreaterThan(2)
  await isWhole(stage)
})

const json = (code: string, message: string): Instead => ({ status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify({ __type: code, message }) })

test('a repository of somebody else, expired credentials, throttling: each is told with what to do, and the next run goes on', async () => {
  const stage = await openTestStage()
  const repositoryName = NAMES.imageRepository('led')
  await stage.ecr.send(new CreateRepositoryCommand({ repositoryName }))
  expect(await stage.fleet(['deploy'])).toMatchObject({ code: 1, err: expect.stringMatching(/could not create deployment-images-led \(aws-native:ecr:Repository\): AlreadyExists[^]*is not of this stack: delete or rename it[^]*STACK_FAILED/) })
  await stage.ecr.send(new DeleteRepositoryCommand({ repositoryName }))

  const isOf = (call: number, operation: string) => stage.proxy.calls[call - 1]?.includes(`CloudApiService.${operation}`) === true
  stage.proxy.instead = (call) => (isOf(call, 'CreateResource') ? json('ExpiredTokenException', 'The security token included in the request is expired') : undefined)
  const expired = await stage.fleet(['deploy', '--json'])
  expect(JSON.parse(expired.out)).toMatchObject({ error: { code: 'CREDENTIALS_EXPIRED', what: expect.stringMatching(/^your AWS credentials have expired; not done: create /), remedy: expect.stringContaining('run the same again') } })

  let throttled = 0
  stage.proxy.instead = (call) => (isOf(call, '') && throttled < 5 && call % 2 === 0 && throttled++ < 5 ? json('ThrottlingException', 'Rate exceeded') : undefined)
  await isWhole(stage)
  expect(throttled).toBe(5)
})

test.each<[string, Instead]>([
  ['of another account', { status: 403, headers: {}, body: '' }], // S3 answers a HEAD so
  ['in another region', { status: 301, headers: { 'x-amz-bucket-region': 'us-west-2' }, body: '' }],
])('a state bucket %s: bootstrap says so, and makes nothing', async (_where, answer) => {
  const stage = await openTestStage()
  stage.proxy.instead = (call) => (stage.proxy.calls[call - 1]?.startsWith(`HEAD /${NAMES.stateBucket}`) === true ? answer : undefined)
  expect(await stage.fleet(['bootstrap'])).toMatchObject({ code: 1, err: expect.stringMatching(/is there already, and not yours[^]*Look whose it is[^]*BUCKET_TAKEN/) })
  expect(stage.proxy.calls.filter((call) => /^(PUT|PATCH|DELETE) |Create|Update|Put|Attach/.test(call))).toEqual([])
})

test('a second deploy of the stage is told who is at work, and leaves the first alone', async () => {
  const stage = await openTestStage()
  const second = Promise.withResolvers<Awaited<ReturnType<TestStage['fleet']>>>()
  let isHeld = false
  stage.proxy.before = async (call) => {
    if (isHeld || stage.proxy.calls[call - 1]?.includes('CloudApiService.CreateResource') !== true) return
    isHeld = true // the first waits here for its answer
    second.resolve(await stage.fleet(['deploy']))
  }
  const first = stage.start(['deploy'])
  expect(await second.promise).toMatchObject({ code: 1, err: expect.stringMatching(/STACK_LOCKED/) })
  expect(await first.ended).toMatchObject({ code: 0, out: expect.stringContaining('done: stage dev') })
}, 240_000)
