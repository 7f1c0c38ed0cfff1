// sandbox/src/rotation-handover.test.ts: rotation/start as it is shipped, when Lambda's time runs out before every device has been asked: it has itself invoked again.
import { ListJobsCommand } from '@aws-sdk/client-iot'
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { rotationStage, type RotationStage } from './rotation.testing.ts'

const DEVICES = ['1000000000000031', '1000000000000032', '1000000000000033', '1000000000000034', '1000000000000035', '1000000000000036']
/** It hands over when 30 s are left: two devices later or so. */
const SECONDS = 32
const TOO_OLD_MS = 181 * 86_400_000

let stage: RotationStage
beforeAll(async () => {
  stage = await rotationStage(DEVICES)
}, 120_000)
afterAll(() => stage[Symbol.asyncDispose]())

test('its time runs out: another invocation goes on where it was, and each device is asked once', async () => {
  await new LambdaClient(stage.client).send(new UpdateFunctionConfigurationCommand({ FunctionName: 'fleet-dev-rotation-start', Timeout: SECONDS }))
  stage.cloud.clock.advance(TOO_OLD_MS)
  await vi.waitFor(async () => expect(await stage.logged('start', 'rotations started')).toHaveLength(1), { timeout: 150_000, interval: 500 })
  const asked = (await stage.logged('start', 'rotation asked')).map(({ thing }) => String(thing))
  expect(asked.toSorted()).toEqual(DEVICES)
  const jobs = (await stage.iot.send(new ListJobsCommand({ maxResults: 250 }))).jobs ?? []
  expect(jobs.map(({ jobId = '' }) => jobId.split('-')[1]).sort()).toEqual(DEVICES)
  expect(await stage.invocations('start')).toBeGreaterThan(1)
  const [last] = await stage.logged('start', 'rotations started')
  expect(last?.['things']).toBeLessThan(DEVICES.length) // the others were asked before it
})
