// sandbox/src/rotation-faults.test.ts: the shipped functions of rotation when Lambda throttles them, when they crash before and in their work, and when an audit finds a lot.
import { setTimeout as pause } from 'node:timers/promises'
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AttachThingPrincipalCommand, CreateCertificateFromCsrCommand, CreateThingCommand, DescribeJobCommand, ListJobsCommand } from '@aws-sdk/client-iot'
import { DeleteFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient, PutFunctionConcurrencyCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { ROTATIONS_PER_MINUTE } from '@fleet/contract/rotation-job'
import { rotation } from '@fleet/contract/topics'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { idOf, newKey, rotationStage, type RotationStage } from './rotation.testing.ts'

const DEVICES = ['1000000000000021', '1000000000000022', '1000000000000023', '1000000000000024']
const DAY_MS = 86_400_000
const MOST_PER_PAGE = 250

let stage: RotationStage
let lambda: LambdaClient
let iam: IAMClient
beforeAll(async () => {
  stage = await rotationStage(DEVICES)
  lambda = new LambdaClient(stage.client)
  iam = new IAMClient(stage.client)
}, 120_000)
afterAll(() => stage[Symbol.asyncDispose]())

const functionOf = (part: 'sign' | 'finish') => `fleet-dev-rotation-${part}`
const eventually = (holds: () => void | Promise<void>) => vi.waitFor(holds, { interval: 100 })

async function asked(index: number) {
  const identity = stage.identities[index]!
  const [pi, jobId, key, old] = [await stage.connect(identity), await stage.ask(identity), newKey(identity.serial), idOf(identity.certificatePem)]
  await pi.announce(jobId, key.digest)
  const heard = (topic: { of(thing: string): string }) => pi.heard.filter((each) => each.topic === topic.of(pi.serial)).map(({ message }) => message)
  return { identity, pi, jobId, key, old, heard }
}

test('Lambda throttles: nothing is answered and nothing changed; what it does later and each request after it come to the same one certificate', async () => {
  const { pi, jobId, key, old, heard } = await asked(0)
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: functionOf('sign'), ReservedConcurrentExecutions: 0 }))
  await pi.say(rotation.csr.of(pi.serial), { jobId, csr: key.csr })
  await pause(1500) // one attempt of Lambda's own at least
  expect(heard(rotation.signed)).toEqual([])
  expect(await stage.certificatesOf(pi.serial)).toEqual([old])
  await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: functionOf('sign') }))
  await eventually(() => expect(heard(rotation.signed)).toHaveLength(1))
  await pi.say(rotation.csr.of(pi.serial), { jobId, csr: key.csr })
  await eventually(() => expect(heard(rotation.signed)).toHaveLength(2))
  const signed = heard(rotation.signed).map(({ certificateId }) => String(certificateId))
  expect(new Set(signed).size).toBe(1)
  expect((await stage.certificatesOf(pi.serial)).sort()).toEqual([old, signed[0]].sort())
  await pi.end()
})

test('two functions work on the same request at once, and each has signed: when the device has finished, only the certificate it took is left', async () => {
  const { identity, pi, jobId, key, old } = await asked(3)
  const { certificateId, certificatePem } = await pi.sign(jobId, key.csr)
  const now = String(certificateId)
  const other = await stage.iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: key.csr, setAsActive: true })) // neither saw the other's
  await stage.iot.send(new AttachThingPrincipalCommand({ thingName: pi.serial, principal: other.certificateArn }))
  expect(await stage.certificatesOf(pi.serial)).toHaveLength(3)
  await pi.announce(jobId, key.digest, 'proven')
  await pi.end()
  const fresh = await stage.connect({ serial: identity.serial, certificatePem: String(certificatePem), privateKeyPem: key.privateKeyPem })
  expect(await fresh.finish(jobId, 'installed', now, old)).toEqual({ jobId, inCharge: now })
  expect(await stage.certificatesOf(fresh.serial)).toEqual([now])
  expect(await stage.certificates()).not.toContain(other.certificateId)
  await fresh.announce(jobId, key.digest, 'done', 'SUCCEEDED')
  await fresh.end()
})

test('the signing function crashes when it has signed: the repeat gets the certificate that is there', async () => {
  const { pi, jobId, key, old, heard } = await asked(1)
  const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionOf('sign') }))
  const cut = { RoleName: Role.split('/').at(-1), PolicyName: 'cut-off' }
  await iam.send(new PutRolePolicyCommand({ ...cut, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:Publish', Resource: '*' }] }) }))
  await pi.say(rotation.csr.of(pi.serial), { jobId, csr: key.csr })
  await eventually(async () => expect(await stage.certificatesOf(pi.serial)).toHaveLength(2))
  await pause(500)
  expect(heard(rotation.signed)).toEqual([])
  await iam.send(new DeleteRolePolicyCommand(cut))
  const { certificateId } = await pi.sign(jobId, key.csr)
  expect((await stage.certificatesOf(pi.serial)).sort()).toEqual([old, String(certificateId)].sort())
  await pi.end()
})

test('the finishing function crashes before it begins: both certificates stay, and the device that repeats itself is heard', async () => {
  const { identity, pi, jobId, key, old } = await asked(2)
  const { certificateId, certificatePem } = await pi.sign(jobId, key.csr)
  const now = String(certificateId)
  await pi.announce(jobId, key.digest, 'proven') // without it the end of the job would clear the new certificate away
  await pi.end()
  const fresh = await stage.connect({ serial: identity.serial, certificatePem: String(certificatePem), privateKeyPem: key.privateKeyPem })
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionOf('finish') }))
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionOf('finish'), Environment: { Variables: {} } })) // its settings are missing: it throws
  await fresh.tell(jobId, 'installed', now, old)
  await pause(1500)
  expect(fresh.heard.filter(({ topic }) => topic === rotation.finished.of(fresh.serial))).toEqual([])
  expect((await stage.certificatesOf(fresh.serial)).sort()).toEqual([old, now].sort())
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionOf('finish'), Environment: { Variables: Environment?.Variables ?? {} } }))
  expect(await fresh.finish(jobId, 'installed', now, old)).toEqual({ jobId, inCharge: now })
  expect(await stage.certificatesOf(fresh.serial)).toEqual([now])
  expect(await stage.certificates()).not.toContain(old)
  await fresh.announce(jobId, key.digest, 'done', 'SUCCEEDED')
  await fresh.end()
})

test('an audit finds three pages: the fleet is asked, each device once and no faster than it may be; others are left alone', async () => {
  const { csr } = newKey('outsider')
  const { certificateArn } = await stage.iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))
  await stage.iot.send(new CreateThingCommand({ thingName: 'outsider' }))
  await stage.iot.send(new AttachThingPrincipalCommand({ thingName: 'outsider', principal: certificateArn }))
  for (let made = 0; made < 2 * MOST_PER_PAGE; made += 10) await Promise.all(Array.from({ length: 10 }, () => stage.iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))))
  const held = new Map(await Promise.all(DEVICES.map(async (serial) => [serial, await stage.certificatesOf(serial)] as const)))
  const before = new Set(await rotationJobs())
  stage.calls.length = 0
  stage.cloud.clock.advance(181 * DAY_MS)
  await vi.waitFor(async () => expect(await stage.logged('start', 'rotations started')).toHaveLength(1), { timeout: 150_000, interval: 1000 })
  expect(await stage.logged('start', 'rotations started')).toMatchObject([{ things: DEVICES.length }])
  expect(stage.calls.filter((call) => call === 'ListAuditFindings').length).toBeGreaterThanOrEqual(3 + 1) // of the one check three pages, of the other one
  const jobs = (await rotationJobs()).filter((jobId) => !before.has(jobId))
  expect(jobs.map((jobId) => jobId.split('-')[1]).sort()).toEqual(DEVICES)
  for (const jobId of jobs) expect(held.get(jobId.split('-')[1] ?? '')?.some((id) => id.startsWith(jobId.split('-')[2] ?? '?'))).toBe(true)
  const times = await Promise.all(jobs.map(async (jobId) => (await stage.iot.send(new DescribeJobCommand({ jobId }))).job?.createdAt?.getTime() ?? 0))
  const gaps = times.sort((a, b) => a - b).flatMap((time, index) => (index === 0 ? [] : [time - (times[index - 1] ?? 0)]))
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(60_000 / ROTATIONS_PER_MINUTE - 5) // timers of Node may be a millisecond early
})

async function rotationJobs(): Promise<readonly string[]> {
  return ((await stage.iot.send(new ListJobsCommand({ maxResults: 250 }))).jobs ?? []).map(({ jobId = '' }) => jobId).filter((jobId) => jobId.startsWith('rotate-'))
}
