// sandbox/src/operator/status.test.ts: `fleet status` and `fleet led` against a cloud and devices that report.
import { createServer } from 'node:http'
import { CancelJobCommand, CreateJobCommand, CreateThingCommand, UpdateThingCommand } from '@aws-sdk/client-iot'
import { GetThingShadowCommand, IoTDataPlaneClient, PublishCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { storeKeys } from '@fleet/contract/names'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { rotationJob } from '@fleet/contract/rotation-job'
import { fleetStatus } from '@fleet/ops/status/fleet-status'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ACCOUNT, bareStack, KEY, NAMES, openTestStage, provisioned, type TestStage } from './testing.ts'

async function stageOf(...serials: readonly string[]) {
  const stage = await openTestStage()
  await bareStack(stage)
  for (const serial of serials) await provisioned(serial, stage)
  const client = { endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }
  const data = new IoTDataPlaneClient(client)
  const shadow = (serial: string, shadowName: string, state: object) => data.send(new UpdateThingShadowCommand({ thingName: serial, shadowName, payload: Buffer.from(JSON.stringify({ state })) }))
  const desired = async (serial: string) => {
    const { payload } = await data.send(new GetThingShadowCommand({ thingName: serial, shadowName: 'led' }))
    return (JSON.parse(Buffer.from(payload ?? []).toString()) as { state: { desired?: { frequencyHz?: number } } }).state.desired
  }
  const publish = (topic: string, message: object) => data.send(new PublishCommand({ topic, qos: 1, payload: Buffer.from(JSON.stringify(message)) }))
  return { ...stage, shadow, desired, publish, logs: new CloudWatchLogsClient(client) }
}
type Stage = Awaited<ReturnType<typeof stageOf>>

const LED = { frequencyHz: 1, on: true, sequence: 3, lostEvents: 0 }
const reportsCore = ({ publish }: Stage, serial: string, broken = false) =>
  publish(`$aws/things/${serial}/greengrassv2/health/json`, {
    ...{ ggcVersion: '2.18.0', platform: 'linux', architecture: 'aarch64', sequenceNumber: 1, timestamp: Date.now(), messageType: 'COMPLETE' },
    overallDeviceStatus: broken ? 'UNHEALTHY' : 'HEALTHY',
    components: [
      { componentName: 'fleetwright.led', version: '0.1.7', isRoot: true, status: broken ? 'BROKEN' : 'RUNNING' },
      { componentName: 'fleetwright.button', version: '0.1.9', isRoot: true, status: 'RUNNING' },
    ],
  })
const upload = ({ s3 }: TestStage, text: string) => s3.send(new PutObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist, Body: text }))

test('each device with its state, LED, button, components and health; the table and the JSON say the same', async () => {
  const stage = await stageOf('aaaa0001', 'aaaa0002')
  await upload(stage, 'aaaa0001\nbbbb0001\n')
  await stage.shadow('aaaa0001', 'led', { reported: { ...LED, frequencyHz: 5 } })
  await stage.shadow('aaaa0001', 'button', { reported: { presses: 3, lostEvents: 0 } })
  await reportsCore(stage, 'aaaa0001', true)
  await stage.iot.send(new UpdateThingCommand({ thingName: 'aaaa0002', attributePayload: { attributes: { [THING_ATTRIBUTES.suspendedAt]: '2026-01-01T00:00:00Z' }, merge: true } }))
  await stage.logs.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${NAMES.admissionHook}` }))
  await stage.logs.send(new CreateLogStreamCommand({ logGroupName: `/aws/lambda/${NAMES.admissionHook}`, logStreamName: 's' }))
  const refusal = (serial: string) => ({ timestamp: Date.now(), message: JSON.stringify({ level: 'warn', event: 'device refused', why: 'not on the allowlist', serial }) })
  await stage.logs.send(new PutLogEventsCommand({ logGroupName: `/aws/lambda/${NAMES.admissionHook}`, logStreamName: 's', logEvents: [refusal('cccc0001'), refusal('\u001b[31mEVIL'), refusal('bbbb0001')] }))

  const { out, code } = await stage.fleet(['status'])
  expect(code).toBe(0)
  const rows = out.trim().split('\n').map((line) => line.split(/ {2,}/))
  expect(rows.slice(0, 5)).toEqual([
    ['SERIAL', 'STATE', 'CONNECTED', 'LED', 'BUTTON', 'HEALTH', 'CERTIFICATE', 'LAST SEEN', 'COMPONENTS'],
    ['aaaa0001', 'active', 'no', '5 Hz on', '3 presses', 'unhealthy', expect.stringMatching(/^[0-9a-f]{8}, 0 d$/), expect.stringMatching(/^(now|\d+ s ago)$/), 'button 0.1.9, led 0.1.7 BROKEN'],
    ['aaaa0002', 'suspended', 'no', expect.stringMatching(/^[0-9a-f]{8}, 0 d$/)],
    ['bbbb0001', 'waiting'],
    ['cccc0001', 'refused', expect.stringMatching(/^(now|\d+ s ago)$/), 'not on the allowlist'],
  ])
  expect(out).toContain('4 devices: 1 active, 1 waiting, 1 suspended, 1 refused; 0 connected')
  expect(out).not.toContain('EVIL')

  const json = JSON.parse((await stage.fleet(['status', '--json'])).out) as { devices: unknown[] }
  expect(json.devices).toMatchObject([{ serial: 'aaaa0001', state: 'active', led: { frequencyHz: 5, on: true }, buttonPresses: 3, components: [{ name: 'fleetwright.button' }, { name: 'fleetwright.led', state: 'BROKEN' }] }, { state: 'suspended', suspendedAt: '2026-01-01T00:00:00.000Z' }, { state: 'waiting' }, { state: 'refused' }])

  expect((await stage.fleet(['status', 'AAAA0001'])).out).toMatch(/^serial {6}aaaa0001\nstate {7}active\n[^]*LED {9}5 Hz on\n[^]*component {3}fleetwright\.led 0\.1\.7 BROKEN/)
  expect((await stage.fleet(['status', 'cccc0001'])).out).toContain('refused: add its line to allowlist.txt and apply')
  expect(await stage.fleet(['status', 'dddd0001'])).toMatchObject({ code: 1, err: expect.stringMatching(/has no device dddd0001[^]*DEVICE_UNKNOWN/) })
  expect(await stage.fleet(['status', 'no serial'])).toMatchObject({ code: 2, err: expect.stringContaining('SERIAL_NUMBER_MALFORMED') })
})

test('how the update of the operating system stands, as the device reports it', async () => {
  const stage = await stageOf('aaaa0001', 'aaaa0002')
  const reported = { id: '2026-11', state: 'failed', attempt: 2, why: 'apt-get update failed', at: '2026-11-21T12:00:00.000Z', sequence: 4, lostEvents: 0 }
  await stage.shadow('aaaa0001', 'osUpdate', { reported })
  await stage.shadow('aaaa0002', 'osUpdate', { reported: { state: 'what a later version says' } })
  const { devices } = await fleetStatus(stage.target)
  expect(devices[0]).toMatchObject({ osUpdate: { id: '2026-11', state: 'failed', attempt: 2, why: 'apt-get update failed' } })
  expect(devices[1]).not.toHaveProperty('osUpdate')
  expect((await stage.fleet(['status'])).out).toMatch(/OS UPDATE[^]*2026-11 failed/)
})

test('costs two list calls, the allowlist, one search, and eight calls a device; --brief none of these eight', async () => {
  const stage = await stageOf('aaaa0001', 'aaaa0002', 'aaaa0003')
  await fleetStatus(stage.target)
  expect(stage.proxy.calls).toHaveLength(2 + 2 + 8 * 3)
  stage.proxy.calls.length = 0
  const { devices } = await fleetStatus(stage.target, { brief: true })
  expect(stage.proxy.calls).toHaveLength(2 + 2)
  expect(devices.map(({ connected }) => connected)).toEqual([undefined, undefined, undefined])
})

/** The part of a sandbox's console that tells commands the time of its cloud. */
async function consoleTelling(now: () => Date): Promise<string> {
  const console = createServer((_request, response) => response.end(JSON.stringify({ now: now().toISOString() })))
  await new Promise<void>((resolve) => console.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void console.close())
  const address = console.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

test('which certificate a device has, its age by the clock of the cloud, and its last rotation', async () => {
  let now = new Date()
  const stage = await openTestStage({ console: await consoleTelling(() => now) })
  await bareStack(stage)
  const certificateId = await provisioned('aaaa0001', stage)
  await provisioned('aaaa0002', stage)
  stage.cloud.clock.advance(181 * 86_400_000)
  now = stage.cloud.clock.now()
  const job = rotationJob({ thing: 'aaaa0001', thingArn: `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thing/aaaa0001`, certificateId, attempt: 1 })
  await stage.iot.send(new CreateJobCommand(job))
  const day = now.toISOString().slice(0, 10)
  const asked = async () => (JSON.parse((await stage.fleet(['status', '--json'])).out) as { devices: readonly object[] }).devices
  const [first, second] = await asked()
  expect(first).toMatchObject({ certificate: { id: certificateId, ageDays: 181 }, lastRotation: { jobId: job.jobId, stage: 'under way', at: expect.stringContaining(day) } })
  expect(second).toMatchObject({ certificate: { ageDays: 181 } })
  expect(second).not.toHaveProperty('lastRotation')
  await stage.iot.send(new CancelJobCommand({ jobId: job.jobId }))
  await vi.waitFor(async () => expect((await asked())[0]).toMatchObject({ lastRotation: { stage: 'rolled back' } }))
  const { out } = await stage.fleet(['status'])
  expect(out).toContain(`${certificateId.slice(0, 8)}, 181 d`)
  expect(out).toContain(`rolled back ${day}`)
  expect((await stage.fleet(['status', 'aaaa0001'])).out).toContain(`certificate ${certificateId}, 181 days old`)
  const plan = JSON.parse((await stage.fleet(['rotate', '--older-than', '180d', '--yes', '--wait', '0', '--json'])).out) as object
  expect(plan).toMatchObject({ plan: { rotate: [{ serial: 'aaaa0001', ageDays: 181 }, { serial: 'aaaa0002', ageDays: 181 }] } })
})

test('a thing that is not of the fleet is no device of it', async () => {
  const stage = await stageOf()
  await stage.iot.send(new CreateThingCommand({ thingName: 'aaaa0001' }))
  expect(await stage.fleet(['status', 'aaaa0001'])).toMatchObject({ code: 1, err: expect.stringContaining('DEVICE_UNKNOWN') })
  expect(await stage.fleet(['led', 'aaaa0001', '--frequency', '5'])).toMatchObject({ code: 1, err: expect.stringContaining('DEVICE_UNKNOWN') })
  expect(stage.proxy.calls.filter((call) => call.includes('shadow'))).toEqual([])
})

test('led wishes a frequency and tells what the device made of it', async () => {
  const stage = await stageOf('aaaa0001')
  expect((await stage.fleet(['led', 'aaaa0001'])).out).toContain('has reported nothing yet')
  await stage.shadow('aaaa0001', 'led', { reported: LED })
  expect((await stage.fleet(['led', 'aaaa0001'])).out).toBe('The LED of aaaa0001 is on, at 1 Hz\n')

  // The device answers when it is asked for the third time.
  const answers = (reported: object) => {
    let asked = 0
    stage.proxy.before = async (call) => {
      if (/^GET .*shadow/.test(stage.proxy.calls[call - 1] ?? '') && ++asked === 3) await stage.shadow('aaaa0001', 'led', { reported })
    }
  }
  answers({ ...LED, frequencyHz: 5 })
  const applied = await stage.fleet(['led', 'aaaa0001', '--frequency', '5'])
  expect(applied).toMatchObject({ code: 0, out: 'applied: the LED of aaaa0001 blinks at 5 Hz\n' })
  expect(await stage.desired('aaaa0001')).toEqual({ frequencyHz: 5 })

  answers({ ...LED, frequencyHz: 5, refused: { frequencyHz: 40, why: 'this LED is \u001b[2Jslow' } })
  const refused = await stage.fleet(['led', 'aaaa0001', '--frequency', '40hz'])
  expect(refused).toMatchObject({ code: 1, out: 'refused: aaaa0001 does not take 40 Hz: this LED is \\u001b[2Jslow; it stays at 5 Hz\n' })

  expect(await stage.fleet(['led', 'aaaa0001', '--frequency', '2', '--wait', '0', '--json'])).toMatchObject({ code: 3, out: expect.stringContaining('"outcome":"waiting"') })
  expect(await stage.desired('aaaa0001')).toEqual({ frequencyHz: 2 })
})

test.each(['0', '51', 'fast', ''])('a frequency of «%s» is wrong use', async (frequency) => {
  const stage = await openTestStage()
  expect(await stage.fleet(['led', 'aaaa0001', '--frequency', frequency])).toMatchObject({ code: 2, err: expect.stringContaining('a number from 0.1 to 50') })
  expect(stage.proxy.calls).toEqual([])
})

test('Ctrl-C while it waits ends it at once, with the code that shells know', async () => {
  const stage = await stageOf('aaaa0001')
  const running = stage.start(['led', 'aaaa0001', '--frequency', '2', '--wait', '60'])
  await new Promise<void>((resolve) => {
    stage.proxy.after = (call) => {
      if (/^GET .*shadow/.test(stage.proxy.calls[call - 1] ?? '')) resolve()
    }
  })
  running.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130, err: expect.stringContaining('INTERRUPTED') })
})

test('Ctrl-C while rotations are followed detaches: nothing is undone, and `fleet rotate status` has them', async () => {
  const stage = await openTestStage({ console: await consoleTelling(() => new Date()) })
  await bareStack(stage)
  for (const serial of ['aaaa0001', 'aaaa0002']) await provisioned(serial, stage)
  const running = stage.start(['rotate', 'aaaa0001', 'aaaa0002'])
  let looks = 0
  stage.proxy.after = (call) => {
    if (/^GET .*\/things\/.*\/jobs\//.test(stage.proxy.calls[call - 1] ?? '') && ++looks === 3) running.kill('SIGINT') // both are asked, and looked at again
  }
  expect(await running.ended).toMatchObject({ code: 3, out: expect.stringMatching(/aaaa0001 +asked[^]*aaaa0002 +asked[^]*2 under way; they go on by themselves \(fleet rotate status\)/) })
  expect(await stage.fleet(['rotate', 'status', '--json'])).toMatchObject({ code: 0, out: expect.stringMatching(/aaaa0001.*"stage":"asked".*aaaa0002.*"stage":"asked"/) })
})
