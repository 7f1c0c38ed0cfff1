// e2e/01-admission.test.ts: who may join: a line in the allowlist decides, both sides say why, and no failure lets anybody in.
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListThingsCommand } from '@aws-sdk/client-iot'
import { GetFunctionCommand, UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { DeleteObjectCommand } from '@aws-sdk/client-s3'
import { storeKeys } from '@fleet/contract/names'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joined, refused, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const [LISTED, STRANGER, UNLUCKY] = [serial(1), serial(2), serial(3)]

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [LISTED] })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

const names = () => sandbox.target.names

/** What the hook has said of this device, one line each. */
async function hookSaid(serial: string): Promise<{ readonly event: string; readonly why?: string }[]> {
  const { events = [] } = await sandbox.logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${names().admissionHook}`, filterPattern: `"${serial}"` }))
  return events.map(({ message = '' }) => JSON.parse(message) as { event: string; why?: string }) // the hook's own lines
}
const things = async () => ((await sandbox.iot.send(new ListThingsCommand({}))).things ?? []).map(({ thingName }) => thingName)

test('a listed device is admitted', async () => {
  await sandbox.powerOn(LISTED)
  await sandbox.until(LISTED, 'joined', joined)
  expect(await hookSaid(LISTED)).toEqual([expect.objectContaining({ event: 'device admitted' })])
})

test('an unlisted device is refused, and both sides say why in one line; listed, it joins without a reboot', async () => {
  await sandbox.powerOn(STRANGER)
  const { stand } = await sandbox.until(STRANGER, 'refused', refused)
  expect(stand.what).toMatch(`not on the allowlist: add ${STRANGER}`)
  expect(stand.what).toMatch(/It tries again in \d+ s/)
  expect(stand.what).not.toContain('\n')
  expect((await hookSaid(STRANGER))[0]).toMatchObject({ event: 'device refused', why: 'not on the allowlist' })
  expect(sandbox.told.some((line) => line.includes('iot request refused') && line.includes(`claim_${STRANGER}`) && line.includes('hook'))).toBe(true)
  expect(await things()).not.toContain(STRANGER)

  const boot = readlinkSync(join(sandbox.site.card(STRANGER), 'run')) // a folder of its own for each boot
  const { plan } = await sandbox.allow([LISTED, STRANGER])
  expect(plan.changes).toEqual([expect.objectContaining({ action: 'admit', serial: STRANGER })])
  await sandbox.until(STRANGER, 'joined', joined)
  expect(readlinkSync(join(sandbox.site.card(STRANGER), 'run'))).toBe(boot)
})

const throwing = 'exports.handler = async () => { throw new Error("out of order") }'
const silent = 'exports.handler = async () => ({})'
const slow = 'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve({ allowProvisioning: true }), 8000))' // AWS waits five seconds

test('a hook that throws, says nothing or is late admits nobody; mended, it admits', async () => {
  const FunctionName = names().admissionHook
  const { Code, Configuration } = await sandbox.lambda.send(new GetFunctionCommand({ FunctionName }))
  const original = new Uint8Array(await (await fetch(Code?.Location ?? '')).arrayBuffer())
  const replace = (code: string) => sandbox.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zipSync({ 'index.js': Buffer.from(code) }) }))
  await sandbox.allow([LISTED, STRANGER, UNLUCKY])
  await replace(throwing)
  await sandbox.powerOn(UNLUCKY)
  let before = 0
  const refusals = () => sandbox.told.filter((line) => line.includes('iot request refused') && line.includes(`claim_${UNLUCKY}`)).length
  const refusedAgain = async () => {
    before = refusals()
    await expect.poll(refusals).toBeGreaterThan(before)
    await sandbox.until(UNLUCKY, 'refused', refused)
  }
  await refusedAgain()
  await replace(silent)
  await refusedAgain()
  await sandbox.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 20 }))
  await replace(slow)
  await refusedAgain()
  expect(await things()).not.toContain(UNLUCKY)
  await sandbox.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: Configuration?.Timeout }))
  await sandbox.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: original }))
  await sandbox.until(UNLUCKY, 'joined', joined)
})

test('without its allowlist the hook refuses', async () => {
  const late = serial(4)
  await sandbox.s3.send(new DeleteObjectCommand({ Bucket: names().provisioningBucket, Key: storeKeys.allowlist }))
  await sandbox.powerOn(late)
  await sandbox.until(late, 'refused', refused)
  expect((await hookSaid(late))[0]).toMatchObject({ event: 'device refused', why: 'the allowlist cannot be used' })
  await sandbox.allow([LISTED, STRANGER, UNLUCKY, late])
  await sandbox.until(late, 'joined', joined)
})
