// e2e/05-os-update.test.ts: an id in the stage's settings and a push: each device updates its operating system once, whatever comes in between.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { watchRollout } from '@fleet/ops/deploy/watch'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { joined, running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [SOUND, CUT_OFF, FAILING] = [serial(1), serial(2), serial(3)]
const ALL = [SOUND, CUT_OFF, FAILING]
const IN_TIME = { interval: 250 }

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: ALL, pis: 3 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const onCardOf = (device: SerialNumber, name: string) => join(sandbox.site.card(device), name)
const updateOf = async (device: SerialNumber) => (await oneDeviceStatus(sandbox.target, device)).osUpdate
/** What the host unit has said, in order. */
const said = (device: SerialNumber, state: string) => sandbox.told.filter((line) => line.includes(device) && line.includes(`update 2026-11: ${state}`))

/** As a push of this setting does. */
async function wish(osUpdate: { readonly id: string; readonly reboot?: string }) {
  const target = { ...sandbox.target, config: { ...sandbox.target.config, 'fleetwright:osUpdate': JSON.stringify(osUpdate) } }
  return deploy(target, { engine: chosenEngine(target, {}) })
}

/** As `fleet deploy --watch` does. */
const watched = (deploymentId = '') => watchRollout(sandbox.target, { deploymentId, waitMs: 120_000, signal: new AbortController().signal, onLook() {} })

test('each device updates once and reboots; one that fails is repeated, one that loses its power goes on; done is said after success alone', async () => {
  for (const device of ALL) await sandbox.until(device, 'running', running)
  const fault = onCardOf(FAILING, onCard.mirrorFault)
  mkdirSync(dirname(fault), { recursive: true })
  writeFileSync(fault, '')
  const { changes, deploymentId } = await wish({ id: '2026-11' })
  expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(['replace deployment-release'])

  await vi.waitFor(() => expect(readFileSync(onCardOf(CUT_OFF, onCard.packages), 'utf8')).toMatch(/^iU /m), { interval: 5 })
  await sandbox.site.unplug(CUT_OFF)
  await sandbox.site.powerOn(CUT_OFF)

  await vi.waitFor(async () => expect(await updateOf(SOUND)).toMatchObject({ id: '2026-11', state: 'done', attempt: 1, changed: 7, rebootPending: false }), IN_TIME)
  expect((await updateOf(SOUND))?.packages).toContain('openssl 3.5.1-1 → 3.5.4-1~deb13u1')
  await vi.waitFor(async () => expect(await updateOf(CUT_OFF)).toMatchObject({ state: 'done', attempt: 2, changed: 7 }), IN_TIME)

  await vi.waitFor(async () => expect(await updateOf(FAILING)).toMatchObject({ state: 'failed', why: expect.stringContaining('apt-get update failed') as string }), IN_TIME)
  await vi.waitFor(() => expect(said(FAILING, 'failed').length).toBeGreaterThan(1), IN_TIME)
  expect(said(FAILING, 'done')).toEqual([])
  expect(await watched(deploymentId)).toMatchObject({
    verdict: 'not updated',
    rollout: { succeeded: 3, failed: [], osUpdates: { id: '2026-11', done: [SOUND, CUT_OFF], failed: [{ serial: FAILING, why: expect.stringContaining('apt-get update failed') as string }] } },
  })
  rmSync(fault)
  await vi.waitFor(async () => expect(await updateOf(FAILING)).toMatchObject({ state: 'done', changed: 7 }), IN_TIME)
  expect(await watched(deploymentId)).toMatchObject({ verdict: 'healthy', rollout: { osUpdates: { done: ALL, failed: [], open: [] } } })

  for (const device of ALL) {
    await sandbox.until(device, 'running again', (pi) => joined(pi) && running(pi))
    expect(said(device, 'done'), device).toHaveLength(1)
    expect(readFileSync(onCardOf(device, onCard.packages), 'utf8')).not.toMatch(/^iU /m)
  }
  expect(said(SOUND, 'rebooting')).toHaveLength(1)
})

test('the cloud has each change as an event', async () => {
  const done = async () => {
    const { events = [] } = await sandbox.logs.send(new FilterLogEventsCommand({ logGroupName: sandbox.target.names.telemetryLogGroup, filterPattern: '{ $.kind = "osUpdate" }' }))
    const batches = events.map(({ message = '{}' }) => JSON.parse(message) as { readonly thing: string; readonly entries: readonly { readonly state: string }[] })
    return [...new Set(batches.filter(({ entries }) => entries.some(({ state }) => state === 'done')).map(({ thing }) => thing))].sort()
  }
  await vi.waitFor(async () => expect(await done()).toEqual(ALL), IN_TIME)
})

test('the same id again, with another setting beside it: nobody updates; the next id is the next update', async () => {
  const before = ALL.map((device) => said(device, 'updating').length)
  await wish({ id: '2026-11', reboot: 'never' })
  await wish({ id: '2026-12', reboot: 'never' })
  for (const device of ALL) await vi.waitFor(async () => expect(await updateOf(device)).toMatchObject({ id: '2026-12', state: 'done', changed: 0 }), IN_TIME)
  expect(ALL.map((device) => said(device, 'updating').length)).toEqual(before)
})
