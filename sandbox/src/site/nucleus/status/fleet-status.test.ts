// sandbox/src/site/nucleus/status/fleet-status.test.ts: what the core tells Greengrass of itself: when, in which order, in messages of which size.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../testing.ts'
import { documentOf, HEALTH, JOBS, recipeOf, SHADOW, wireCloud, type WireCloud } from '../testing-wire.ts'
import { statusMessages, type StatusMessage } from './fleet-status-message.ts'

const MESSAGE: StatusMessage = { ggcVersion: '2.18.0', platform: 'linux', architecture: 'amd64', thing: 'core', sequenceNumber: 7, timestamp: 1, trigger: 'CADENCE', deployment: undefined, overallStatus: 'HEALTHY' }
const component = (name: string, bytes = 10) => ({ componentName: name, statusReason: 'x'.repeat(bytes) })
const parsed = (messages: readonly string[]) => messages.map((text) => JSON.parse(text) as { sequenceNumber: number; chunkInfo?: object; components: { componentName: string }[] })

test('what fits goes in one message; what does not is split below 128 000 bytes, with one sequence number', () => {
  expect(parsed(statusMessages(MESSAGE, [component('a')]))).toEqual([expect.not.objectContaining({ chunkInfo: expect.anything() })])
  const many = Array.from({ length: 40 }, (_, index) => component(`c${index}`, 8000))
  const texts = statusMessages(MESSAGE, many)
  for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(128_000)
  const chunks = parsed(texts)
  expect(chunks.map(({ sequenceNumber, chunkInfo }) => [sequenceNumber, chunkInfo])).toEqual(chunks.map((_, index) => [7, { chunkId: index + 1, totalChunks: 3 }]))
  expect(chunks.flatMap(({ components }) => components.map(({ componentName }) => componentName)).sort()).toEqual(many.map(({ componentName }) => componentName).sort())
})

test('a component that fits in no message is left out, the others are told', () => {
  const chunks = parsed(statusMessages(MESSAGE, [component('small'), component('large', 130_000)]))
  expect(chunks.map(({ components }) => components.map(({ componentName }) => componentName))).toEqual([['small']])
})

/** One job at a time, which the cloud accepts. */
async function deploy({ on, say, said }: Pick<WireCloud, 'on' | 'say' | 'said'>, revision: number, components: Readonly<Record<string, string>>) {
  const jobId = `job-${revision}`
  const execution = { jobId, status: 'QUEUED', queuedAt: revision, jobDocument: documentOf(revision, components) }
  on(JOBS.update(jobId), () => say(`${JOBS.update(jobId)}/accepted`, { timestamp: 1 }))
  await say(`${JOBS.next}/accepted`, { timestamp: 1, execution })
  await eventually(() => said(JOBS.update(jobId)).at(-1)?.['status']).toMatch(/SUCCEEDED|FAILED/)
}

test('launch, deployments, changes and a reconnection are told, each with the next number', async () => {
  const wire = await wireCloud()
  wire.components['app'] = recipeOf('app', { run: 'while [ ! -e crash ]; do sleep 0.05; done; rm crash; exit 7' })
  const nucleus = await wire.start()
  const told = () => wire.said(HEALTH)
  const triggers = () => told().map(({ trigger, messageType }) => `${String(trigger)} ${String(messageType)}`)
  await eventually(() => triggers()[0]).toBe('NUCLEUS_LAUNCH COMPLETE')
  await eventually(() => wire.said(JOBS.next)).toHaveLength(1)
  await deploy(wire, 1, { app: '1.0.0' })
  await eventually(triggers).toContain('THING_GROUP_DEPLOYMENT PARTIAL')
  expect(told().find(({ trigger }) => trigger === 'THING_GROUP_DEPLOYMENT')).toMatchObject({
    overallDeviceStatus: 'HEALTHY',
    deploymentInformation: { status: 'SUCCEEDED', deploymentId: 'deployment-1', statusDetails: { detailedStatus: 'SUCCESSFUL' } },
    components: expect.arrayContaining([expect.objectContaining({ componentName: 'app', version: '1.0.0', isRoot: true, status: 'RUNNING' })]),
  })
  writeFileSync(join(wire.root, 'work/app/crash'), '')
  await eventually(() => told().at(-1)).toMatchObject({ trigger: 'COMPONENT_STATUS_CHANGE' })
  const ofApp = () => told().flatMap(({ components }) => components as { componentName: string; status: string; componentStatusDetails: unknown }[]).filter(({ componentName }) => componentName === 'app')
  await eventually(ofApp).toContainEqual(expect.objectContaining({ status: 'ERRORED', componentStatusDetails: expect.objectContaining({ statusCodes: ['RUN_ERROR'] }) }))
  await eventually(() => nucleus.state('app')).toBe('RUNNING')
  const before = told().length
  wire.cable.cut()
  wire.cable.restore()
  await eventually(() => triggers().slice(before)).toContain('RECONNECT PARTIAL')
  const numbers = told().map(({ sequenceNumber }) => Number(sequenceNumber))
  expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)))
})

test('a component that is removed is told a last time', async () => {
  const wire = await wireCloud()
  wire.components['app'] = recipeOf('app', { run: 'sleep 100' })
  await wire.start()
  await eventually(() => wire.said(JOBS.next)).toHaveLength(1)
  await deploy(wire, 1, { app: '1.0.0' })
  await deploy(wire, 2, {})
  await eventually(() => wire.said(HEALTH).at(-1)).toMatchObject({ deploymentInformation: { deploymentId: 'deployment-2' } })
  expect(wire.said(HEALTH).at(-1)).toMatchObject({ components: expect.arrayContaining([expect.objectContaining({ componentName: 'app' })]) })
})

test('a deployment begins when the cloud knows how the one before ended: fleet status takes the components of neither for those of the other', async () => {
  const wire = await wireCloud()
  for (const name of ['first', 'second']) wire.components[name] = recipeOf(name, { run: 'sleep 100' })
  await wire.start()
  await eventually(() => wire.said(JOBS.next)).toHaveLength(1)
  const accept = () => wire.say(`${JOBS.update('job-1')}/accepted`, { timestamp: 1 })
  wire.on(JOBS.update('job-1'), ({ status }) => (status === 'IN_PROGRESS' ? accept() : undefined))
  await wire.say(`${JOBS.next}/accepted`, { timestamp: 1, execution: { jobId: 'job-1', status: 'QUEUED', queuedAt: 1, jobDocument: documentOf(1, { first: '1.0.0' }) } })
  await eventually(() => wire.said(JOBS.update('job-1')).at(-1)?.['status']).toBe('SUCCEEDED')
  const toThing = { ...documentOf(2, { second: '1.0.0' }), configurationArn: 'arn:aws:greengrass:eu-central-1:000000000000:configuration:thing/core:1' }
  await wire.say(`${SHADOW}/update/accepted`, { version: 1, state: { desired: { fleetConfig: JSON.stringify(toThing), desiredStatus: 'STARTED' } } })
  await eventually(wire.log).toContain('Added shadow deployment job')
  await accept()
  await eventually(() => wire.said(HEALTH).at(-1)).toMatchObject({ trigger: 'THING_DEPLOYMENT', deploymentInformation: { status: 'SUCCEEDED' } })
  const ofSecond = wire.said(HEALTH).flatMap(({ trigger, components }) => (components as { componentName: string; isRoot: boolean }[]).filter(({ componentName }) => componentName === 'second').map(({ isRoot }) => [trigger, isRoot]))
  expect(ofSecond).toEqual([['THING_DEPLOYMENT', true]])
})
