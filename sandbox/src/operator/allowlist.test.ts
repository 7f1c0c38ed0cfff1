// sandbox/src/operator/allowlist.test.ts: `fleet allowlist` as a process against a cloud: what it changes, what it costs, and what a kill leaves.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateThingCommand, DeleteCertificateCommand, DescribeCertificateCommand, DescribeThingCommand, ListCertificatesCommand, ListThingsCommand, UpdateThingCommand, type IoTClient } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient, ListNamedShadowsForThingCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { storeKeys } from '@fleet/contract/names'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { reconcile } from '@fleet/ops/allowlist/reconcile'
import { expect, test } from 'vitest'
import { bareStack, KEY, killedAt, NAMES, openTestStage, provisioned, type TestStage } from './testing.ts'

const SERIALS = ['aaaa0001', 'aaaa0002', 'aaaa0003'] as const

async function fleetOf(serials: readonly string[]) {
  const stage = await openTestStage()
  await bareStack(stage)
  const certificates = new Map<string, string>()
  for (const serial of serials) certificates.set(serial, await provisioned(serial, stage))
  const file = join(stage.folder, 'list.txt')
  const list = async (...wanted: string[]) => writeFile(file, `# the list\n${wanted.join('\n')}\n`)
  const apply = (...more: string[]) => stage.fleet(['allowlist', 'apply', '--file', file, ...more])
  const plan = (...more: string[]) => stage.fleet(['allowlist', 'plan', '--file', file, ...more])
  const status = async (serial: string) => (await stage.iot.send(new DescribeCertificateCommand({ certificateId: certificates.get(serial) }))).certificateDescription?.status
  const suspendedAt = async (serial: string) => (await stage.iot.send(new DescribeThingCommand({ thingName: serial }))).attributes?.[THING_ATTRIBUTES.suspendedAt]
  await list(...serials)
  return { ...stage, file, list, apply, plan, status, suspendedAt, certificates }
}

const things = async (iot: IoTClient) => ((await iot.send(new ListThingsCommand({}))).things ?? []).map(({ thingName }) => thingName)
const uploaded = async ({ s3 }: TestStage) => (await s3.send(new GetObjectCommand({ Bucket: NAMES.provisioningBucket, Key: storeKeys.allowlist }))).Body?.transformToString()

test('a removed line suspends, put back it heals with the same certificate, and the plan says so before', async () => {
  const fleet = await fleetOf(SERIALS)
  expect(await fleet.apply()).toMatchObject({ code: 0, out: expect.stringContaining('done: list uploaded, 0 healed, 0 suspended, 0 purged, 3 unchanged, 0 may join') })
  expect(await uploaded(fleet)).toBe('# the list\naaaa0001\naaaa0002\naaaa0003\n')

  await fleet.list('aaaa0001', 'aaaa0002', 'bbbb0001')
  const { out, err, code } = await fleet.plan()
  expect(code).toBe(0)
  expect(out).toContain('- suspend aaaa0003  no longer on the list')
  expect(out).toContain('+ admit   bbbb0001  on the list; joins when it asks')
  expect(out).toContain('1 to admit, 0 to heal, 1 to suspend, 0 to purge, 2 unchanged')
  expect(err).toContain(`target: the sandbox at ${fleet.proxy.url}, stage dev (account 000000000000, eu-central-1)`)
  expect(await fleet.status('aaaa0003')).toBe('ACTIVE')

  expect(await fleet.apply()).toMatchObject({ code: 0 })
  expect(await fleet.status('aaaa0003')).toBe('INACTIVE')
  expect(await fleet.suspendedAt('aaaa0003')).toMatch(/^\d{4}-/)
  expect(await fleet.status('aaaa0001')).toBe('ACTIVE')

  await fleet.list(...SERIALS)
  expect((await fleet.plan()).out).toContain('~ heal    aaaa0003  back on the list, suspended since')
  expect(await fleet.apply()).toMatchObject({ code: 0, out: expect.stringContaining('1 healed') })
  expect(await fleet.status('aaaa0003')).toBe('ACTIVE')
  expect(await fleet.suspendedAt('aaaa0003')).toBeUndefined()
})

test('--json prints the plan and nothing else', async () => {
  const fleet = await fleetOf(SERIALS)
  await fleet.list('aaaa0001', 'aaaa0002')
  const { out } = await fleet.plan('--json')
  expect(JSON.parse(out)).toMatchObject({ uploads: true, unchanged: 2, active: 3, listed: 2, changes: [{ action: 'suspend', serial: 'aaaa0003' }] })
  expect(JSON.parse((await fleet.apply('--json')).out)).toMatchObject({ done: [{ action: 'suspend', serial: 'aaaa0003' }], failed: [] })
})

test('--purge removes certificate, shadows and thing for good', async () => {
  const fleet = await fleetOf(SERIALS)
  const data = new IoTDataPlaneClient({ endpoint: fleet.cloud.endpoints.http, region: 'eu-central-1', credentials: KEY })
  await data.send(new UpdateThingShadowCommand({ thingName: 'aaaa0003', shadowName: 'led', payload: Buffer.from('{"state":{"desired":{"frequencyHz":2}}}') }))
  await fleet.list('aaaa0001', 'aaaa0002')
  expect((await fleet.plan('--purge')).out).toContain('-- purge  aaaa0003  not on the list')
  expect(await fleet.apply('--purge')).toMatchObject({ code: 0, out: expect.stringContaining('1 purged') })
  expect(await things(fleet.iot)).toEqual(['aaaa0001', 'aaaa0002'])
  await expect(fleet.status('aaaa0003')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect((await data.send(new ListNamedShadowsForThingCommand({ thingName: 'aaaa0003' }))).results).toEqual([])
})

test.each<[string, (fleet: Awaited<ReturnType<typeof fleetOf>>) => Promise<unknown>, string[], number, string]>([
  ['an empty list', ({ list }) => list(), [], 1, 'ALLOWLIST_EMPTY'],
  ['a malformed list', ({ list }) => list('aaaa0001', 'bb bb'), [], 2, 'list.txt:3:3'],
  ['a list that is not there', async () => {}, ['--file', '/nowhere/list.txt'], 2, 'ALLOWLIST_UNREADABLE'],
  ['a list that is no text', ({ file }) => writeFile(file, Uint8Array.of(0xff, 0xfe, 0)), [], 2, 'ALLOWLIST_UNREADABLE'],
  ['a number of days that is none', async () => {}, ['--purge-after', 'soon'], 2, 'whole number'],
])('%s is refused, and nothing is asked of the cloud but what it has', async (...[, prepare, more, code, said]) => {
  const fleet = await fleetOf(['aaaa0001'])
  await prepare(fleet)
  const ended = await fleet.apply(...more)
  expect(ended).toMatchObject({ code, err: expect.stringContaining(said) })
  expect(fleet.proxy.calls.filter((call) => !/^(GET|HEAD) /.test(call))).toEqual([])
})

test('too many losses at once need to be confirmed by their number', async () => {
  const serials = Array.from({ length: 8 }, (_, i) => `aaaa000${i}`)
  const fleet = await fleetOf(serials)
  await fleet.list('aaaa0000')
  expect(await fleet.apply('--yes')).toMatchObject({ code: 1, err: expect.stringContaining('--confirm-suspend 7') })
  expect(await fleet.status('aaaa0001')).toBe('ACTIVE')
  expect(await fleet.apply('--yes', '--confirm-suspend', '7')).toMatchObject({ code: 0, out: expect.stringContaining('7 suspended') })
})

test('a device that fails does not stop the others; the exit code is 1 and names it', async () => {
  const fleet = await fleetOf(SERIALS)
  // Claims by its attribute to be ours and is not in the group.
  await fleet.iot.send(new CreateThingCommand({ thingName: 'cccc0001', attributePayload: { attributes: { [THING_ATTRIBUTES.fleet]: NAMES.thingGroup } } }))
  await fleet.list('aaaa0001', 'aaaa0002')
  const { code, out } = await fleet.apply()
  expect(code).toBe(1)
  expect(out).toMatch(/failed: - suspend cccc0001: cccc0001 is not in the thing group fleet-dev \[DEVICE_NOT_OF_FLEET\]/)
  expect(out).toContain('1 suspended')
  expect(await fleet.status('aaaa0003')).toBe('INACTIVE')
  expect(await fleet.suspendedAt('cccc0001')).toBeUndefined()
})

test('600 unchanged devices cost three list calls and one HEAD; 1 change only the calls of that device', async () => {
  const fleet = await fleetOf(['aaaa0001'])
  const serials = Array.from({ length: 599 }, (_, i) => `dev-${String(i).padStart(4, '0')}`)
  for (const thingName of serials) await fleet.iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { [THING_ATTRIBUTES.fleet]: NAMES.thingGroup } } }))
  await fleet.list('aaaa0001', ...serials)
  await fleet.apply()
  fleet.proxy.calls.length = 0
  await reconcile(fleet.target, { file: fleet.file })
  expect([...fleet.proxy.calls].sort()).toEqual(['GET /things', 'GET /things', 'GET /things', `HEAD /${NAMES.provisioningBucket}/allowlist.txt`])
  await fleet.list(...serials)
  fleet.proxy.calls.length = 0
  await reconcile(fleet.target, { file: fleet.file })
  const changes = fleet.proxy.calls.filter((call) => call !== 'GET /things' && !call.startsWith('HEAD '))
  expect(changes).toEqual([`PUT /${NAMES.provisioningBucket}/allowlist.txt`, 'GET /things/aaaa0001/thing-groups', 'GET /things/aaaa0001/principals', `PUT /certificates/${fleet.certificates.get('aaaa0001') ?? ''}`, 'PATCH /things/aaaa0001'])
})

test('a suspension that is killed before any of its calls is finished by the next run: whoever is marked as suspended is INACTIVE, too', async () => {
  const fleet = await fleetOf([])
  for (let at = 1, wasKilled = true; wasKilled; at++) {
    const removed = `gone-${at}`
    fleet.certificates.set(removed, await provisioned(removed, fleet))
    await fleet.list(`stays-${at}`)
    wasKilled = await killedAt(at, fleet, () => fleet.start(['allowlist', 'apply', '--file', fleet.file]))
    await reconcile(fleet.target, { file: fleet.file })
    expect([await fleet.status(removed), await fleet.suspendedAt(removed)]).toEqual(['INACTIVE', expect.stringMatching(/^\d{4}-/)])
    if (!wasKilled) expect(at).toBeGreaterThan(6)
  }
}, 180_000)

test('killed before any of its calls, and run again: healed and purged as if nothing had been', async () => {
  const fleet = await fleetOf([])
  for (let at = 1, wasKilled = true; wasKilled; at++) {
    const [healed, purged] = [`heal-${at}`, `purge-${at}`]
    for (const serial of [healed, purged]) fleet.certificates.set(serial, await provisioned(serial, fleet))
    await fleet.list(purged)
    await reconcile(fleet.target, { file: fleet.file }) // suspends the one that is to be healed
    await fleet.list(healed)
    wasKilled = await killedAt(at, fleet, () => fleet.start(['allowlist', 'apply', '--file', fleet.file, '--purge']))
    await reconcile(fleet.target, { file: fleet.file, purgeAfterDays: 0 })
    expect([await fleet.status(healed), await fleet.suspendedAt(healed)]).toEqual(['ACTIVE', undefined])
    expect(await things(fleet.iot)).toEqual([healed])
    expect((await fleet.iot.send(new ListCertificatesCommand({}))).certificates).toHaveLength(1)
    fleet.proxy.calls.length = 0
    await reconcile(fleet.target, { file: fleet.file })
    expect(fleet.proxy.calls).toHaveLength(2) // nothing is left to do
    await fleet.list('nobody')
    await reconcile(fleet.target, { file: fleet.file, purgeAfterDays: 0 })
    if (!wasKilled) expect(at).toBeGreaterThan(14)
  }
}, 180_000)

test('a certificate that was deleted by hand does not stop a purge', async () => {
  const fleet = await fleetOf(SERIALS)
  await fleet.list('aaaa0001', 'aaaa0002')
  await fleet.iot.send(new UpdateThingCommand({ thingName: 'aaaa0003', attributePayload: { attributes: { [THING_ATTRIBUTES.purging]: 'f'.repeat(64) }, merge: true } }))
  expect(await fleet.apply('--purge')).toMatchObject({ code: 0 })
  expect(await things(fleet.iot)).toEqual(['aaaa0001', 'aaaa0002'])
  await expect(fleet.iot.send(new DeleteCertificateCommand({ certificateId: fleet.certificates.get('aaaa0003') }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
