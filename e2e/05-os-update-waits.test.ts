// e2e/05-os-update-waits.test.ts: an update of the operating system keeps out of the way of what is under way on the device: a rotation, a deployment.
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CreateComponentVersionCommand, CreateDeploymentCommand } from '@aws-sdk/client-greengrassv2'
import { CreateJobCommand, DescribeJobExecutionCommand } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { rotationJob } from '@fleet/contract/rotation-job'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { joined, running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const PI = serial(1)
const IN_TIME = { timeout: 120_000, interval: 100 }

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [PI], pis: 1 })
  await sandbox.until(PI, 'running', running)
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const card = (...path: string[]) => join(sandbox.site.card(PI), ...path)
const answer = () => readFileSync(card(onCard.osUpdate, 'host/answer'), 'utf8')
const packages = () => readFileSync(card(onCard.packages), 'utf8')
/** Lines of the host unit, in order, since the test began to listen. */
const saidSince = (from: number) => sandbox.told.slice(from).flatMap((line) => /update \S+: (waiting: [^"\\]*|updating|done|failed)/.exec(line)?.[1] ?? [])
const stateOfUpdate = async () => (await oneDeviceStatus(sandbox.target, PI)).osUpdate

interface Failing {
  readonly fault: string
  /** How much had been told by then. */
  readonly from: number
}

/** As a push of this setting does; the mirror is gone, so that the host unit tries again and again. */
async function wishedAndFailing(id: string): Promise<Failing> {
  const fault = card(onCard.mirrorFault)
  mkdirSync(dirname(fault), { recursive: true })
  writeFileSync(fault, '')
  const target = { ...sandbox.target, config: { ...sandbox.target.config, 'fleetwright:osUpdate': JSON.stringify({ id, reboot: 'never' }) } }
  await deploy(target, { engine: chosenEngine(target, {}) })
  await vi.waitFor(async () => expect(await stateOfUpdate()).toMatchObject({ id, state: 'failed' }), IN_TIME)
  return { fault, from: sandbox.told.length }
}

/** It waits for `why` although it could update now, and says so; `end` ends what it waits for. */
async function expectItWaits({ fault, from }: Failing, why: string, end: () => Promise<void>): Promise<void> {
  await vi.waitFor(() => expect(answer()).toContain(` ${why}`), IN_TIME)
  await vi.waitFor(() => expect(saidSince(from).at(-1)).toBe(`waiting: ${why}`), IN_TIME) // the journal comes by another way than the answer
  const before = packages()
  rmSync(fault)
  expect(answer()).toMatch(/^waiting /)
  expect(packages()).toBe(before)
  expect(saidSince(from).at(-1)).toBe(`waiting: ${why}`)
  await end()
  await vi.waitFor(async () => expect(await stateOfUpdate()).toMatchObject({ state: 'done' }), IN_TIME)
  const said = saidSince(from)
  expect(said.slice(said.lastIndexOf(`waiting: ${why}`) + 1)).toEqual(['updating', 'done'])
}

test('while a deployment is carried out it waits, and then goes on', { timeout: 240_000 }, async () => {
  const failing = await wishedAndFailing('2026-11')
  const goOn = join(sandbox.folder, 'go-on')
  const install = { Script: `while [ ! -e '${goOn}' ]; do sleep 0.1; done`, Timeout: 120 }
  const recipe = { RecipeFormatVersion: '2020-01-25', ComponentName: 'com.example.slow', ComponentVersion: '1.0.0', Manifests: [{ Platform: { os: 'linux' }, Lifecycle: { install } }] }
  await sandbox.greengrass.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(recipe)) }))
  await sandbox.greengrass.send(new CreateDeploymentCommand({ targetArn: arn('iot', sandbox.target.stage, `thing/${PI}`), components: { 'com.example.slow': { componentVersion: '1.0.0' } } }))
  await expectItWaits(failing, 'a deployment is running', async () => {
    await vi.waitFor(async () => expect(await stateOfUpdate()).toMatchObject({ state: 'waiting', why: 'a deployment is running' }), IN_TIME)
    expect(existsSync(card('greengrass/v2/deployments/ongoing'))).toBe(true)
    writeFileSync(goOn, '')
  })
})

test('while a new certificate is tried it waits, and then goes on; the rotation ends well', { timeout: 240_000 }, async () => {
  await sandbox.until(PI, 'running again', (pi) => joined(pi) && running(pi))
  const failing = await wishedAndFailing('2026-12')
  const certificateId = (await oneDeviceStatus(sandbox.target, PI)).certificate?.id ?? ''
  const job = rotationJob({ thing: PI, thingArn: arn('iot', sandbox.target.stage, `thing/${PI}`), certificateId, attempt: 1 })
  await sandbox.iot.send(new CreateJobCommand(job))
  await vi.waitFor(() => expect(readlinkSync(card(onCard.identity, 'current'))).toBe(`generations/${job.jobId}`), { timeout: 60_000, interval: 5 })
  await sandbox.site.cutNetwork(PI, true) // so the trial lasts
  await expectItWaits(failing, 'a new certificate is being tried', async () => {
    expect(existsSync(card(onCard.identity, 'trial'))).toBe(true)
    await sandbox.site.cutNetwork(PI, false)
    await vi.waitFor(async () => expect((await sandbox.iot.send(new DescribeJobExecutionCommand({ jobId: job.jobId, thingName: PI }))).execution?.status).toBe('SUCCEEDED'), IN_TIME)
  })
})
