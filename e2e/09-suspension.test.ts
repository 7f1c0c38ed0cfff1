// e2e/09-suspension.test.ts: a device whose line is removed is cut off at once; put back, it returns as it was; purged, it is gone for good.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeCertificateCommand, DescribeThingCommand, ListThingPrincipalsCommand, ListThingsCommand } from '@aws-sdk/client-iot'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { planReconcile } from '@fleet/ops/allowlist/reconcile'
import { renderPlan } from '@fleet/ops/allowlist/render'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joined, refused, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'
import { within } from './waiting-process.ts'

const [GOOD, LOST] = [serial(1), serial(2)]

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [GOOD, LOST], pis: 2 })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const certificate = async (thingName: string) => {
  const { principals = [] } = await sandbox.iot.send(new ListThingPrincipalsCommand({ thingName }))
  expect(principals).toHaveLength(1)
  const certificateId = principals[0]?.split('cert/')[1] ?? ''
  const { certificateDescription } = await sandbox.iot.send(new DescribeCertificateCommand({ certificateId }))
  return { certificateId, status: certificateDescription?.status }
}
const certificateOnCard = (serial: SerialNumber) => readFileSync(join(sandbox.site.card(serial), onCard.identity, 'current/certificate.pem'), 'utf8')
const cutOff = ({ stand }: SandboxPi) => !stand.connected

let before: Awaited<ReturnType<typeof certificate>>
let pem: string

test('a removed line: the plan says so, the certificate becomes INACTIVE, the live connection is cut within a second', async () => {
  before = await certificate(LOST)
  pem = certificateOnCard(LOST)
  const { plan, outcomes } = await sandbox.allow([GOOD])
  expect(await within(1000, sandbox.until(LOST, 'cut off', cutOff))).toMatchObject({ serial: LOST })
  expect(renderPlan(plan, (_style, text) => text)).toMatch(new RegExp(`^- suspend +${LOST}`, 'm'))
  expect(outcomes).toEqual([{ change: expect.objectContaining({ action: 'suspend', serial: LOST }) }])
  expect(await certificate(LOST)).toEqual({ ...before, status: 'INACTIVE' })
  expect(sandbox.site.pi(GOOD)?.stand.connected).toBe(true)
})

test('it knocks in vain, also after a power cut; a second plan has nothing to do', async () => {
  await sandbox.site.unplug(LOST)
  await sandbox.site.powerOn(LOST)
  const refusals = () => sandbox.told.filter((line) => line.includes('iot request refused') && line.includes(LOST)).length
  const soFar = refusals()
  await expect.poll(refusals).toBeGreaterThan(soFar)
  expect(sandbox.site.pi(LOST)?.stand.connected).toBe(false)
  expect((await planReconcile(sandbox.target, { file: join(sandbox.folder, 'allowlist.txt') })).changes).toEqual([])
})

test('put back, it returns by itself with the same certificate', async () => {
  const { plan } = await sandbox.allow([GOOD, LOST])
  expect(plan.changes).toEqual([expect.objectContaining({ action: 'heal', serial: LOST })])
  await sandbox.until(LOST, 'connected again', joined, 60_000)
  expect(await certificate(LOST)).toEqual(before)
  expect(certificateOnCard(LOST)).toBe(pem)
})

test('more than may be meant by one edit is refused, and so is an empty list', async () => {
  await expect(sandbox.allow([])).rejects.toMatchObject({ code: 'ALLOWLIST_EMPTY' })
  await sandbox.allow([GOOD, LOST])
})

test('purged, thing and certificate are gone; listed again it joins with a new card, and with that alone', async () => {
  const { outcomes } = await sandbox.allow([GOOD], { purgeAfterDays: 0 })
  expect(outcomes).toEqual([{ change: expect.objectContaining({ action: 'purge', serial: LOST }) }])
  await sandbox.until(LOST, 'cut off', cutOff)
  expect((await sandbox.iot.send(new ListThingsCommand({}))).things?.map(({ thingName }) => thingName)).toEqual([GOOD])
  await expect(sandbox.iot.send(new DescribeThingCommand({ thingName: LOST }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(sandbox.iot.send(new DescribeCertificateCommand({ certificateId: before.certificateId }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await sandbox.site.place(LOST, true)
  await sandbox.site.powerOn(LOST)
  await sandbox.until(LOST, 'refused', refused)
  await sandbox.allow([GOOD, LOST])
  await sandbox.until(LOST, 'joined', joined, 60_000)
  expect((await certificate(LOST)).certificateId).not.toBe(before.certificateId)
})
