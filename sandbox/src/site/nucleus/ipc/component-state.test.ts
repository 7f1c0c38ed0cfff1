// sandbox/src/site/nucleus/ipc/component-state.test.ts: components tell their state, and hold others, with AWS's own client.
import { greengrasscoreipc } from 'aws-iot-device-sdk-v2'
import { expect, test } from 'vitest'
import { refusal, speakFor, SPEAKING } from '../testing-ipc.ts'
import { offlineNucleus } from '../testing-offline.ts'
import { eventually } from '../testing.ts'

const { ReportedLifecycleState } = greengrasscoreipc.model

test('a startup that goes on runs when it says so', async () => {
  const nucleus = await offlineNucleus({ a: { lifecycle: { startup: SPEAKING.run ?? '' } } })
  const client = await speakFor('a', nucleus.root)
  expect(nucleus.state('a')).toBe('STARTING')
  await client.updateState({ state: ReportedLifecycleState.RUNNING })
  await eventually(() => nucleus.state('a')).toBe('RUNNING')
})

test('a component that says it has erred is started again', async () => {
  const nucleus = await offlineNucleus({ a: { lifecycle: SPEAKING } })
  const client = await speakFor('a', nucleus.root)
  await client.updateState({ state: ReportedLifecycleState.ERRORED })
  await eventually(() => nucleus.history('a').filter((state) => state === 'RUNNING')).toHaveLength(2)
})

test('who may, holds a component and lets it go on', async () => {
  const configuration = { accessControl: { 'aws.greengrass.ipc.lifecycle': { p: { operations: ['aws.greengrass#PauseComponent', 'aws.greengrass#ResumeComponent'], resources: ['ticking'] } } } }
  const nucleus = await offlineNucleus({ a: { lifecycle: SPEAKING, configuration }, ticking: { lifecycle: { run: 'while true; do echo tick >> ticks; sleep 0.02; done' } } })
  const client = await speakFor('a', nucleus.root)
  const ticks = () => nucleus.work('ticking', 'ticks').length
  await eventually(ticks).toBeGreaterThan(10)
  await client.pauseComponent({ componentName: 'ticking' })
  const held = await settled(ticks)
  await client.resumeComponent({ componentName: 'ticking' })
  await eventually(ticks).toBeGreaterThan(held + 10)
  expect(await refusal(client.pauseComponent({ componentName: 'a' }))).toMatch(/^UnauthorizedError/)
})

/** What a number is when it has stopped rising. */
async function settled(count: () => number): Promise<number> {
  let seen = { count: -1, at: 0 }
  await eventually(() => {
    if (seen.count !== count()) seen = { count: count(), at: performance.now() }
    return performance.now() - seen.at > 200 // ten times as long as it takes
  }).toBe(true)
  return count()
}
