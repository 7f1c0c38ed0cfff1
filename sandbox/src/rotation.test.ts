// sandbox/src/rotation.test.ts: the functions of rotation as they are shipped, on a twin: what they do, what they refuse, and that a repeat is harmless.
import { CreateJobCommand, DeleteCertificateCommand, DescribeCertificateCommand, DetachThingPrincipalCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { rotationJobId } from '@fleet/contract/rotation-job'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { idOf, newKey, rotationStage, type Json, type RotationStage } from './rotation.testing.ts'
import type { LightIdentity } from './site/light/light-pi.ts'

let stage: RotationStage
const remaining: LightIdentity[] = []
beforeAll(async () => {
  stage = await rotationStage(Array.from({ length: 20 }, (_, index) => `10000000000000${(index + 16).toString(16)}`))
  remaining.push(...stage.identities)
})
afterAll(() => stage[Symbol.asyncDispose]())

/** A device that nobody has touched yet, with a job and a key that it has told of. */
async function asked() {
  const identity = remaining.shift()
  if (identity === undefined) throw new Error('no device is left')
  const [pi, jobId, key, old] = [await stage.connect(identity), await stage.ask(identity), newKey(identity.serial), idOf(identity.certificatePem)]
  await pi.announce(jobId, key.digest)
  return { identity, pi, jobId, key, old }
}

/** The same with a signed certificate, and a connection over it. */
async function signed() {
  const device = await asked()
  const { identity, pi, jobId, key } = device
  const { certificateId, certificatePem } = await pi.sign(jobId, key.csr)
  const fresh: LightIdentity = { serial: identity.serial, certificatePem: String(certificatePem), privateKeyPem: key.privateKeyPem }
  return { ...device, fresh, now: String(certificateId) }
}

const eventually = (holds: () => Promise<void>) => vi.waitFor(holds)

test('a rotation: signed, proven over the new connection, the old one is gone; at most 12 calls of the functions', async () => {
  const { pi, jobId, key, old, identity } = await asked()
  stage.calls.length = 0
  const answer = await pi.sign(jobId, key.csr)
  expect(answer).toMatchObject({ jobId, key: key.digest })
  expect(await pi.prove(jobId)).toEqual({ jobId, certificateId: old })
  const now = String(answer['certificateId'])
  expect(idOf(String(answer['certificatePem']))).toBe(now)
  expect((await stage.certificatesOf(identity.serial)).sort()).toEqual([old, now].sort())
  await pi.end()
  const fresh = await stage.connect({ serial: identity.serial, certificatePem: String(answer['certificatePem']), privateKeyPem: key.privateKeyPem })
  expect(await fresh.prove(jobId)).toEqual({ jobId, certificateId: now })
  expect(await fresh.finish(jobId, 'installed', now, old)).toEqual({ jobId, inCharge: now })
  const calls = stage.calls.filter((call) => call !== 'undefined')
  expect(await stage.certificatesOf(identity.serial)).toEqual([now])
  expect(await stage.certificates()).not.toContain(old)
  expect(calls.length, calls.join()).toBeLessThanOrEqual(12)
  await fresh.end()
})

test('the same request again gets the same certificate, also at the same time', async () => {
  const { pi, jobId, key, now, old } = await signed()
  expect(await pi.sign(jobId, key.csr)).toMatchObject({ certificateId: now })
  expect((await stage.certificatesOf(pi.serial)).sort()).toEqual([old, now].sort())
  await pi.end()
})

const refusals: [string, (device: Awaited<ReturnType<typeof asked>>) => Promise<Json>, string][] = [
  ['a request in another name', ({ pi, jobId }) => pi.sign(jobId, newKey('1000000000000011').csr), 'the request is in another name'],
  ['a request with more than a name', ({ pi, jobId, key }) => pi.sign(jobId, key.csr.replace('REQUEST', 'REQUES')), 'not a certificate request'],
  ['a request for a key that it has not told of', ({ pi, jobId }) => pi.sign(jobId, newKey(pi.serial).csr), 'the job was told of another key'],
  ['a request for a job that has ended', async ({ pi, jobId, key }) => (await pi.announce(jobId, key.digest, 'rolled-back', 'FAILED'), pi.sign(jobId, key.csr)), 'the thing has no such job under way'],
  ['a request for a job that never was', ({ pi, key, old }) => pi.sign(rotationJobId(pi.serial, old, 7), key.csr), 'the thing has no such job under way'],
  ['a request for a certificate that is gone', async ({ pi, key }) => {
    const job = rotationJobId(pi.serial, '00'.repeat(32), 1)
    await stage.iot.send(new CreateJobCommand({ jobId: job, targets: [`arn:aws:iot:eu-central-1:000000000000:thing/${pi.serial}`], document: '{}' }))
    await pi.announce(job, key.digest)
    return pi.sign(job, key.csr)
  }, 'the job is about a certificate that is gone'],
]
test.each(refusals)('%s is refused, counted, and changes nothing', async (_case, attempt, reason) => {
  const device = await asked()
  const before = await stage.certificates()
  expect(await attempt(device)).toMatchObject({ reason })
  expect((await stage.certificates()).sort()).toEqual(before.sort())
  const lines = await stage.logged('sign', 'signing refused')
  expect(lines.filter(({ thing, why }) => thing === device.pi.serial && why === reason)).toEqual([expect.objectContaining({ SigningsRefused: 1, principal: device.old })])
  await device.pi.end()
})

test('a device cannot speak for another one: its policy does not let it', async () => {
  const [thief, victim] = [await asked(), await asked()]
  const before = await stage.certificatesOf(victim.pi.serial)
  for (const [word, message] of [['csr', { csr: victim.key.csr }], ['outcome', { outcome: 'installed', inCharge: thief.old, other: victim.old }]] as const) {
    await expect(thief.pi.say(`fleet/${victim.pi.serial}/rotation/${word}`, { jobId: victim.jobId, ...message })).rejects.toThrow(/[Nn]ot authorized/)
  }
  expect(await stage.certificatesOf(victim.pi.serial)).toEqual(before)
  expect(victim.pi.heard.filter(({ topic }) => topic.includes('/rotation/'))).toEqual([])
  await Promise.all([thief.pi.end(), victim.pi.end()])
})

test('an acknowledgement over the old certificate, or for another than its own, retires nothing', async () => {
  const { pi, jobId, old, now } = await signed()
  await pi.tell(jobId, 'installed', now, old)
  await eventually(async () => expect((await stage.logged('finish', 'outcome refused')).filter(({ thing }) => thing === pi.serial)).toEqual([expect.objectContaining({ OutcomesRefused: 1, why: 'it came over another certificate than it says is in charge' })]))
  expect((await stage.certificatesOf(pi.serial)).sort()).toEqual([old, now].sort())
  await pi.end()
})

test('rolled back: the unused certificate is gone, the old one stays', async () => {
  const { pi, jobId, old, now } = await signed()
  expect(await pi.finish(jobId, 'rolled-back', old, now)).toEqual({ jobId, inCharge: old })
  expect(await stage.certificatesOf(pi.serial)).toEqual([old])
  expect(await stage.certificates()).not.toContain(now)
  expect(await pi.finish(jobId, 'rolled-back', old, now)).toEqual({ jobId, inCharge: old }) // a repeat
  await pi.end()
})

test('a function that was cut off after it had detached: the repeat deletes what is left', async () => {
  const { pi, jobId, old, now, fresh } = await signed()
  await pi.end()
  const next = await stage.connect(fresh)
  await stage.iot.send(new UpdateCertificateCommand({ certificateId: old, newStatus: 'INACTIVE' }))
  await stage.iot.send(new DetachThingPrincipalCommand({ thingName: pi.serial, principal: `arn:aws:iot:eu-central-1:000000000000:cert/${old}` }))
  await next.finish(jobId, 'installed', now, old)
  expect(await stage.certificates()).not.toContain(old)
  await next.end()
})

test("the name of another's certificate in an outcome deletes nothing", async () => {
  const { pi, jobId, old } = await asked()
  const other = remaining.at(-1)!
  const foreign = idOf(other.certificatePem)
  await stage.iot.send(new UpdateCertificateCommand({ certificateId: foreign, newStatus: 'INACTIVE' }))
  await stage.iot.send(new DetachThingPrincipalCommand({ thingName: other.serial, principal: `arn:aws:iot:eu-central-1:000000000000:cert/${foreign}` }))
  await pi.finish(jobId, 'rolled-back', old, foreign)
  expect((await stage.iot.send(new DescribeCertificateCommand({ certificateId: foreign }))).certificateDescription?.status).toBe('INACTIVE')
  await stage.iot.send(new DeleteCertificateCommand({ certificateId: foreign, forceDelete: true }))
  remaining.pop()
  await pi.end()
})

test('a job that ends before «proven»: what was signed for it is cleared away; after «proven» nothing is touched', async () => {
  const early = await signed()
  await early.pi.announce(early.jobId, early.key.digest, 'signed', 'FAILED')
  await eventually(async () => expect(await stage.certificatesOf(early.pi.serial)).toEqual([early.old]))
  const late = await signed()
  await late.pi.announce(late.jobId, late.key.digest, 'proven')
  await late.pi.announce(late.jobId, late.key.digest, 'proven', 'FAILED')
  await eventually(async () => expect((await stage.logged('finish', 'rotation failed')).filter(({ thing }) => thing === late.pi.serial)).toHaveLength(1))
  expect((await stage.certificatesOf(late.pi.serial)).sort()).toEqual([late.old, late.now].sort())
  await Promise.all([early.pi.end(), late.pi.end()])
})
