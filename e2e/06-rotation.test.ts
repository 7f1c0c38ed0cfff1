// e2e/06-rotation.test.ts: a device gets a new certificate while it works, and is never without one.
import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { CreateJobCommand, DescribeJobExecutionCommand, ListCertificatesCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { arn } from '@fleet/contract/arn'
import { rotationJob } from '@fleet/contract/rotation-job'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { onCard } from '@fleet/sandbox/site/card'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  await expect.poll(async () => (await execution(FIRST, jobId))?.status, { timeout: 60_000 }).toBe('SUCCEEDED')
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
