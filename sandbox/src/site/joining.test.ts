// sandbox/src/site/joining.test.ts: simulated Pis join a cloud: admitted, refused, cut off at any moment, suspended; by the image's own scripts.
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { flashCard, onCard } from './card.ts'
import { testCloud, type TestCloud } from './cloud.testing.ts'
import { simulatedPi, type Pi } from './pi.ts'

const PATIENCE = { firstMs: 200, mostMs: 1000, offlineMostMs: 500, attemptMs: 60_000, pollMs: 50 }
const YEAR_MS = 365 * 86_400_000

let cloud: TestCloud
let folder: string
let pi: Pi
let count = 0
/** Hears of each device that the cloud has just registered, before the answer is sent. */
let onRegistered: (certificateId: unknown) => void = () => {}
const quiet = { debug() {}, warn() {}, error() {} }
beforeAll(async () => {
  cloud = await testCloud({ log: { ...quiet, info: (event, fields) => event === 'device provisioned' && onRegistered(fields?.['certificateId']) } })
})
afterAll(async () => {
  await cloud[Symbol.asyncDispose]()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-joining-'))
  const serial = `10000000a1b2c3${(++count).toString(16).padStart(2, '0')}`
  const card = join(folder, 'card')
  await flashCard({ folder: card, serial, settings: cloud.settings, claim: cloud.claim, rootCaPem: cloud.cloud.endpoints.caPem })
  pi = simulatedPi({ serial, card, patience: PATIENCE })
})
afterEach(async () => {
  onRegistered = () => {}
  await pi.unplug()
  await rm(folder, { recursive: true })
})

const until = (what: () => unknown, value: unknown) => expect.poll(what).toBe(value)
const hasJoined = () => until(() => `${pi.stand.state} ${pi.stand.connected}`, 'joined true')
const onTheCard = (name: string) => readFile(join(pi.card, name), 'utf8')

/** One thing, one certificate, in force, for the key on the card; no claim. */
async function expectMember(): Promise<void> {
  const certificates = await cloud.certificatesOf(pi.serial)
  expect(certificates.map(({ status }) => status)).toEqual(['ACTIVE'])
  const certificate = new X509Certificate(await onTheCard(`${onCard.identity}/current/certificate.pem`))
  expect(certificate.subject).toBe(`CN=${pi.serial}`)
  expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(certificates[0]?.id)
  await expect(stat(join(pi.card, onCard.bootFolder, 'private.key'))).rejects.toMatchObject({ code: 'ENOENT' })
}

test('admitted, it joins with its own key and erases the claim', async () => {
  await cloud.admit(pi.serial)
  await pi.powerOn()
  await hasJoined()
  await expectMember()
})

test('unlisted, it is refused and says why; once it is listed it joins without a reboot', async () => {
  await cloud.admit()
  await pi.powerOn()
  await until(() => pi.stand.state, 'refused')
  expect(pi.stand.what).toMatch(`not on the allowlist: add ${pi.serial}`)
  expect(await onTheCard(onCard.status)).toMatch(`to do:  Add the line ${pi.serial} to allowlist.txt`)
  await cloud.admit(pi.serial)
  await hasJoined()
  await expectMember()
})

test('suspended, it is cut off; in force again, it returns with the same certificate; also over a power cut', async () => {
  await cloud.admit(pi.serial)
  await pi.powerOn()
  await hasJoined()
  const [certificate] = await cloud.certificatesOf(pi.serial)
  await cloud.setStatus(certificate?.id ?? '', 'INACTIVE')
  await until(() => pi.stand.connected, false)
  await pi.unplug()
  await pi.powerOn()
  await cloud.setStatus(certificate?.id ?? '', 'ACTIVE')
  await hasJoined()
  await expectMember()
})

test('with a clock that is a year wrong it trusts no server, says so, and joins when the clock is right', async () => {
  await cloud.admit(pi.serial)
  await pi.clock.skew(-YEAR_MS)
  await pi.powerOn()
  await until(() => pi.stand.state, 'offline')
  expect(pi.stand.what).toMatch(/the TLS handshake failed; the clock says \d{4}-[^]*If that is not the time/)
  await pi.clock.skew(0)
  await hasJoined()
})

test('the network cut while it joins: it goes on when the network is back', async () => {
  await cloud.admit(pi.serial)
  await pi.powerOn()
  await until(() => pi.stand.state, 'joining')
  for (let cuts = 0; cuts < 12 && pi.stand.state !== 'joined'; cuts++) {
    await after(40 * cuts) // the moment is what varies: each cut falls a little later into the exchange
    await pi.network.cut()
    await pi.network.restore()
  }
  await hasJoined()
  await expectMember()
})

test('the power cut while it joins, again and again: it joins in the end, as one thing with one certificate', async () => {
  await cloud.admit(pi.serial)
  for (let cuts = 0; cuts < 12; cuts++) {
    await pi.powerOn()
    await after(300 + 70 * cuts) // as above
    await pi.unplug()
  }
  await pi.powerOn()
  await hasJoined()
  await expectMember()
})

test('the power cut between its registration and the answer, twice: what it never heard of is gone', async () => {
  await cloud.admit(pi.serial)
  const registered: unknown[] = []
  onRegistered = (certificateId) => {
    registered.push(certificateId)
    if (registered.length < 3) void pi.unplug() // kills at once, before the answer is on its way
  }
  for (const lost of [1, 2]) {
    await pi.powerOn()
    await until(() => registered.length, lost)
    await until(() => pi.stand.state, 'off')
  }
  await pi.powerOn()
  await hasJoined()
  await expectMember()
  expect(await cloud.certificatesOf(pi.serial)).toMatchObject([{ id: registered.at(-1) }])
  expect(registered.length).toBeGreaterThanOrEqual(3)
  for (const lost of registered.slice(0, -1)) await expect(cloud.setStatus(String(lost), 'ACTIVE')).rejects.toThrow(/not found|does not exist/i)
})
