// e2e/02-provisioning.test.ts: a device gets its identity once, whatever happens on the way: lost connections, lost power, a wrong clock.
import { existsSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { DescribeCertificateCommand, ListThingPrincipalsCommand, ListThingsCommand } from '@aws-sdk/client-iot'
import { replaceClaim } from '@fleet/ops/claim/replace-claim'
import { retireClaims } from '@fleet/ops/claim/retire-claim'
import { replaceContext } from '@fleet/ops/claim/show-claim'
import { imageFor } from '@fleet/sandbox/opening/flash'
import { flashCard, onCard } from '@fleet/sandbox/site/card'
import type { Stand } from '@fleet/sandbox/site/messages'
import { simulatedPi, type Pi } from '@fleet/sandbox/site/pi'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { captivePortal } from './captive-portal.ts'
import { cutLine } from './cut-line.ts'
import { runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const PATIENCE = { firstMs: 100, mostMs: 400, offlineMostMs: 400, attemptMs: 20_000, pollMs: 50 }
const SERIALS = Array.from({ length: 30 }, (_, index) => serial(index + 1))

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: SERIALS })
})
afterAll(() => sandbox[Symbol.asyncDispose]())

let own = new AsyncDisposableStack()
afterEach(async () => {
  await own.disposeAsync()
  own = new AsyncDisposableStack()
})

const remaining = [...SERIALS]

/** A Pi that no site holds: its power and its line are in the test's hands. */
async function newPi(routes: Readonly<Record<string, string>> = {}): Promise<{ readonly pi: Pi; readonly serial: SerialNumber }> {
  const serial = remaining.shift()
  if (serial === undefined) throw new Error('no serial number is left')
  const card = join(sandbox.folder, 'cards', serial)
  const { target, endpoints } = sandbox
  await flashCard({ folder: card, serial, ...(await imageFor(target, endpoints, readFileSync(endpoints.caFile, 'utf8'))) })
  return { serial, pi: own.use(simulatedPi({ serial, card, patience: PATIENCE, routes })) }
}

const isJoined = ({ state, connected }: Stand) => state === 'joined' && connected
const onceJoined = async (pi: Pi, withinMs = 60_000) => {
  await expect.poll(() => isJoined(pi.stand) || pi.stand.what, { timeout: withinMs }).toBe(true)
}

/**
 * The thing's certificates are all ACTIVE and of the one key on the card, whose own is among them; the claim is erased. There are two when
 * the answer to RegisterThing was lost: AWS, too, then registers the next certificate beside the first. Rotation retires all but one.
 */
async function expectOneIdentity(serial: SerialNumber, card: string): Promise<void> {
  const { principals = [] } = await sandbox.iot.send(new ListThingPrincipalsCommand({ thingName: serial }))
  const pem = readFileSync(join(card, onCard.identity, 'current/certificate.pem'), 'utf8')
  const key = createPrivateKey(readFileSync(join(card, onCard.identity, 'current/private.key')))
  expect(principals.filter((arn) => arn.endsWith(`cert/${certificateIdOf(pem)}`))).toHaveLength(1)
  for (const principal of principals) {
    const { certificateDescription } = await sandbox.iot.send(new DescribeCertificateCommand({ certificateId: principal.split('cert/')[1] }))
    expect(certificateDescription?.status).toBe('ACTIVE')
    const certificate = new X509Certificate(certificateDescription?.certificatePem ?? '')
    expect(certificate.subject).toBe(`CN=${serial}`)
    expect(certificate.checkPrivateKey(key)).toBe(true)
  }
  for (const file of ['private.key', 'certificate.pem']) expect(existsSync(join(card, onCard.bootFolder, file)), file).toBe(false)
}

const certificateIdOf = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')

test('the line is cut at each step of provisioning: it joins all the same, with one identity', async () => {
  const { mqtt } = sandbox.endpoints
  const MOST = 40 // more than a whole session has
  const through = async (first: number, step: number) => {
    let next = first
    const line = own.use(await cutLine(mqtt.port, () => (next > MOST ? undefined : (next += step) - step)))
    const { pi, serial } = await newPi({ [`${mqtt.host}:${mqtt.port}`]: `127.0.0.1:${line.port}` })
    await pi.powerOn()
    await onceJoined(pi, 150_000)
    await expectOneIdentity(serial, pi.card)
    return line.cuts
  }
  const cuts = (await Promise.all([through(1, 3), through(2, 3), through(3, 3)])).flat()
  expect(Math.max(...cuts)).toBeGreaterThan(12) // beyond the handshake: the questions and their answers
})

test('the power is cut at writes of the first boot, from the first to the last: the next boot carries on and joins', async () => {
  const whole = await newPi()
  const writes = await writesUntilJoined(whole.pi)
  await expectOneIdentity(whole.serial, whole.pi.card)
  expect(writes).toBeGreaterThan(20)
  const sample = Array.from({ length: 9 }, (_, index) => Math.max(1, Math.round((writes * index) / 8)))
  const bench = async () => {
    for (let cutAt = sample.shift(); cutAt !== undefined; cutAt = sample.shift()) {
      const { pi, serial } = await newPi()
      await cutAtWrite(pi, cutAt)
      await pi.powerOn()
      await onceJoined(pi)
      await expectOneIdentity(serial, pi.card)
    }
  }
  await Promise.all([bench(), bench()])
})

/** Every change of a file on the card counts as one write. */
async function watchWrites(pi: Pi, hear: (count: number) => void): Promise<Disposable> {
  let count = 0
  const watcher = watch(pi.card, { recursive: true }, () => hear(++count))
  return { [Symbol.dispose]: () => watcher.close() }
}

async function writesUntilJoined(pi: Pi): Promise<number> {
  let writes = 0
  using _watching = await watchWrites(pi, (count) => (writes = count))
  await pi.powerOn()
  await onceJoined(pi)
  return writes
}

/** At a write that does not come before it has joined, the power is cut then. */
async function cutAtWrite(pi: Pi, cutAt: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  using _watching = await watchWrites(pi, (count) => count >= cutAt && resolve())
  using joined = new DisposableStack()
  joined.defer(pi.watch((stand) => isJoined(stand) && resolve()))
  await pi.powerOn()
  await promise
  await pi.unplug()
}

test('a clock that is wrong by a year: it says so, and joins once the clock is right', async () => {
  const { pi, serial } = await newPi()
  await pi.clock.skew(-365 * 86_400_000)
  await pi.powerOn()
  await expect.poll(() => pi.stand.state).toBe('offline')
  expect(pi.stand.what).toMatch(/clock/)
  await pi.clock.skew(0)
  await onceJoined(pi)
  await expectOneIdentity(serial, pi.card)
})

test('a captive portal answers in place of the cloud: it says so, keeps its claim, and joins once somebody has opened the way', async () => {
  const { mqtt } = sandbox.endpoints
  const portal = own.use(await captivePortal(mqtt.port))
  const { pi, serial } = await newPi({ [`${mqtt.host}:${mqtt.port}`]: `127.0.0.1:${portal.port}` })
  await pi.powerOn()
  await expect.poll(() => pi.stand.what, { timeout: 120_000 }).toMatch(/the TLS handshake failed/)
  expect(readFileSync(join(pi.card, onCard.bootFolder, '../fleet-status.txt'), 'utf8')).toMatch(/^to do: .*captive portal, proxy\): let port \d+ through/m)
  expect(existsSync(join(pi.card, onCard.bootFolder, 'private.key'))).toBe(true)
  portal.open()
  await onceJoined(pi, 150_000)
  await expectOneIdentity(serial, pi.card)
})

test('no thing is left that no device is', async () => {
  const { things = [] } = await sandbox.iot.send(new ListThingsCommand({ maxResults: 250 }))
  const used = SERIALS.filter((each) => !remaining.includes(each))
  expect(things.map(({ thingName }) => thingName).sort()).toEqual([...used].sort())
})

test('the claim is replaced: cards that were flashed before join, and so do new ones; once it is retired, an old card says that it must be flashed again', { timeout: 240_000 }, async () => {
  const [before, late] = [await newPi(), await newPi()]
  const claim = replaceContext(sandbox.target)
  await replaceClaim(claim)
  const after = await newPi()
  await Promise.all([before, after].map(({ pi }) => pi.powerOn()))
  for (const { pi, serial } of [before, after]) {
    await onceJoined(pi, 150_000)
    await expectOneIdentity(serial, pi.card)
  }
  await retireClaims(claim)
  await late.pi.powerOn()
  await expect.poll(() => late.pi.stand.what, { timeout: 120_000 }).toMatch(/the claim on this card has been revoked or replaced/)
  expect(existsSync(join(late.pi.card, onCard.bootFolder, 'private.key'))).toBe(true)
  for (const { pi } of [before, after]) expect(isJoined(pi.stand)).toBe(true)
})
