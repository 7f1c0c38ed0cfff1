// e2e/06-rotation.test.ts: a device gets a new certificate while it works, and is never without one.
import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateJobCommand, DescribeJobExecutionCommand, ListCertificatesCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { rotationJob } from '@fleet/contract/rotation-job'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { joined, running, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const FIRST = serial(1)

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [FIRST] })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const identity = (device: SerialNumber, ...path: string[]) => join(sandbox.site.card(device), onCard.identity, ...path)
const certificateOnCard = (device: SerialNumber) => createHash('sha256').update(new X509Certificate(readFileSync(identity(device, 'current/certificate.pem'))).raw).digest('hex')
const certificatesOf = async (thingName: string) => ((await sandbox.iot.send(new ListThingPrincipalsCommand({ thingName }))).principals ?? []).map((principal) => principal.split(':cert/')[1])

async function askedToRotate(thing: SerialNumber, attempt = 1): Promise<string> {
  const certificateId = certificateOnCard(thing)
  const job = rotationJob({ thing, thingArn: arn('iot', sandbox.target.stage, `thing/${thing}`), certificateId, attempt })
  await sandbox.iot.send(new CreateJobCommand(job))
  return job.jobId
}

const execution = async (thingName: string, jobId: string) => (await sandbox.iot.send(new DescribeJobExecutionCommand({ thingName, jobId }))).execution

const withRotator = (pi: Parameters<typeof joined>[0]) => joined(pi) && running(pi) && pi.stand.components.some(({ name, state }) => name === 'fleetwright.cert-rotator' && state === 'RUNNING')

test('asked to rotate, it makes a new key, has it signed, proves it, and the old certificate is gone', async () => {
  await sandbox.powerOn(FIRST)
  await sandbox.until(FIRST, 'running', withRotator, 60_000)
  const old = certificateOnCard(FIRST)
  const oldKey = readFileSync(identity(FIRST, 'current/private.key'), 'utf8')
  const jobId = await askedToRotate(FIRST)
  await expect.poll(async () => (await execution(FIRST, jobId))?.status).toBe('SUCCEEDED')
  const now = certificateOnCard(FIRST)
  expect(now).not.toBe(old)
  expect(readFileSync(identity(FIRST, 'current/private.key'), 'utf8')).not.toBe(oldKey)
  expect(readlinkSync(identity(FIRST, 'current'))).toBe(`generations/${jobId}`)
  expect(readdirSync(identity(FIRST, 'generations'))).toEqual([jobId])
  expect(await certificatesOf(FIRST)).toEqual([now])
  const all = (await sandbox.iot.send(new ListCertificatesCommand({}))).certificates ?? []
  expect(all.map(({ certificateId }) => certificateId)).not.toContain(old)
  await sandbox.until(FIRST, 'running again', withRotator)
})

test('the network is cut while the new certificate is tried: it goes back to the old one, which still works, and the new one is cleared away', async () => {
  const old = certificateOnCard(FIRST)
  const jobId = await askedToRotate(FIRST)
  await vi.waitFor(() => expect(readlinkSync(identity(FIRST, 'current'))).toBe(`generations/${jobId}`), { interval: 20 })
  await sandbox.site.cutNetwork(FIRST, true)
  await vi.waitFor(() => expect(certificateOnCard(FIRST)).toBe(old), { interval: 100 })
  await sandbox.site.cutNetwork(FIRST, false)
  await expect.poll(async () => (await execution(FIRST, jobId))?.status).toBe('FAILED')
  expect((await execution(FIRST, jobId))?.statusDetails?.detailsMap?.['reason']).toMatch(/^no connection with the new certificate/)
  expect(await certificatesOf(FIRST)).toEqual([old])
  await sandbox.until(FIRST, 'running again', withRotator)
})

test('the power is cut in the middle: the next boot goes on where it was', async () => {
  const old = certificateOnCard(FIRST)
  const jobId = await askedToRotate(FIRST, 2)
  await vi.waitFor(() => expect(readlinkSync(identity(FIRST, 'current'))).toBe(`generations/${jobId}`), { interval: 20 })
  await sandbox.site.unplug(FIRST)
  await sandbox.site.powerOn(FIRST)
  await expect.poll(async () => (await execution(FIRST, jobId))?.status).toBe('SUCCEEDED')
  expect(await certificatesOf(FIRST)).toEqual([certificateOnCard(FIRST)])
  expect(certificateOnCard(FIRST)).not.toBe(old)
})

test('two jobs at once: the second is about a certificate that is gone, and harms nothing', async () => {
  const first = await askedToRotate(FIRST)
  const second = await askedToRotate(FIRST, 2)
  await expect.poll(async () => (await execution(FIRST, first))?.status).toBe('SUCCEEDED')
  const now = certificateOnCard(FIRST)
  await expect.poll(async () => (await execution(FIRST, second))?.status).toBe('FAILED')
  expect((await execution(FIRST, second))?.statusDetails?.detailsMap?.['reason']).toBe('the job is about a certificate that is gone')
  expect(await certificatesOf(FIRST)).toEqual([now])
  expect(certificateOnCard(FIRST)).toBe(now)
})

/** A terminal of the operator's. */
async function fleet(...words: readonly string[]) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../ops/bin/fleet.js'), ...words], { env: { ...process.env, FLEET_SANDBOX_STATE: join(sandbox.folder, 'state') } })
  return { result: JSON.parse(stdout) as unknown, stderr }
}

test('an operator rotates it by one command, and sees how it goes', async () => {
  await sandbox.until(FIRST, 'running again', withRotator) // the rotation before may have restarted its nucleus just now
  const old = certificateOnCard(FIRST)
  const { result, stderr } = await fleet('rotate', FIRST, '--json')
  expect(result).toMatchObject({ plan: { rotate: [{ serial: FIRST, certificateId: old }] }, rotations: [{ serial: FIRST, stage: 'done', certificateId: certificateOnCard(FIRST) }] })
  expect(stderr).toMatch(/proving|done/)
  expect((await fleet('rotate', 'status', FIRST, '--json')).result).toMatchObject({ rotations: [{ serial: FIRST, stage: 'done' }] })
  expect((await fleet('status', FIRST, '--json')).result).toMatchObject({ certificate: { id: certificateOnCard(FIRST), ageDays: 0 }, lastRotation: { stage: 'done', jobId: expect.stringContaining(old.slice(0, 16)) } })
})

test('an audit of what we have made finds nothing', async () => {
  expect((await fleet('audit', '--json')).result).toMatchObject({ findings: [], accepted: [{ resource: expect.stringMatching(/^IOT_POLICY fleet-\S+-console \d+$/), because: expect.stringContaining('no device holds it') }] })
})

test('half a year later it rotates by itself: nobody does anything', async () => {
  await sandbox.until(FIRST, 'running', withRotator)
  const old = certificateOnCard(FIRST)
  await fleet('sandbox', 'clock', '+181d', '--json')
  await vi.waitFor(() => expect(certificateOnCard(FIRST)).not.toBe(old), { timeout: 180_000, interval: 500 })
  await vi.waitFor(async () => expect(await certificatesOf(FIRST)).toEqual([certificateOnCard(FIRST)]), { interval: 500 })
})

test('the age of a certificate is told by the clock of the cloud', async () => {
  await fleet('sandbox', 'clock', '+30d', '--json')
  const aged = { serial: FIRST, certificate: { id: certificateOnCard(FIRST), ageDays: 30 } }
  expect((await fleet('status', FIRST, '--json')).result).toMatchObject(aged)
  const { result } = await fleet('rotate', '--older-than', '29d', '--yes', '--wait', '0', '--json').catch((error: unknown) => ({ result: JSON.parse((error as { stdout: string }).stdout) as unknown })) // not waited for: it ends with code 3
  expect(result).toMatchObject({ plan: { rotate: [{ serial: FIRST, certificateId: aged.certificate.id, ageDays: 30 }] } })
})
