// sandbox/src/site/site.test.ts: the place of the Pis: who stands there, what is remembered over a restart of the sandbox.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import { SandboxPi } from '@fleet/contract/sandbox-control'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KERNEL_FILES } from './board/kernel-files.ts'
import { onCard } from './card.ts'
import { NOBODY, PEM } from './no-cloud.testing.ts'
import { openSite, type Site } from './site.ts'

const SERIAL = parseSerialNumber('10000000a1b2c3d4')

let folder: string
let site: Site
const open = () =>
  openSite({
    folder,
    image: async () => ({ settings: NOBODY, claim: { certificatePem: PEM, privateKeyPem: PEM }, rootCaPem: PEM }),
    patience: { firstMs: 100, mostMs: 500, offlineMostMs: 500, attemptMs: 60_000, pollMs: 50 },
    routes: {},
    onLine: () => {},
  })
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-site-'))
  site = open()
})
afterEach(async () => {
  await site[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** What a sandbox that ends and starts again does. */
async function restart(): Promise<void> {
  await site[Symbol.asyncDispose]()
  site = open()
}
const state = () => expect.poll(() => site.pi(SERIAL)?.stand.state)

test('a Pi gets place and card, works, and is remembered with its power and its presses', async () => {
  const seen: SandboxPi[] = []
  site.watch((pi) => seen.push(pi))
  await site.place(SERIAL)
  expect(site.pis).toEqual([expect.objectContaining({ serial: SERIAL, power: 'off' })])
  await site.powerOn(SERIAL)
  await state().toBe('offline')
  await site.press(SERIAL)
  await site.press(SERIAL)
  await expect.poll(() => site.pi(SERIAL)?.stand.button.presses).toBe(2)
  expect(SandboxPi.array().safeParse(seen).success).toBe(true)
  await restart()
  expect(site.pi(SERIAL)).toMatchObject({ power: 'on', stand: { state: 'off', button: { presses: 2 } } })
  await site.resume()
  await state().toBe('offline')
  await site.press(SERIAL)
  await expect.poll(() => site.pi(SERIAL)?.stand.button.presses).toBe(3)
  await site.unplug(SERIAL)
  expect(site.pi(SERIAL)).toMatchObject({ power: 'unplugged', stand: { state: 'off', button: { presses: 3 } } })
  await restart()
  await site.resume()
  expect(site.pi(SERIAL)).toMatchObject({ power: 'unplugged', stand: { state: 'off' } })
})

test('faults are seen; a new card erases the former', async () => {
  await site.place(SERIAL)
  writeFileSync(join(site.card(SERIAL), 'note'), '')
  await site.cutNetwork(SERIAL, true)
  await site.skewClock(SERIAL, -5000)
  expect(site.pi(SERIAL)).toMatchObject({ networkIsCut: true, clockSkewMs: -5000 })
  await site.place(SERIAL)
  expect(readdirSync(site.card(SERIAL))).toContain('note')
  await site.place(SERIAL, true)
  expect(readdirSync(site.card(SERIAL))).not.toContain('note')
})

test('a corrupt card: the Pi that has joined says what to do, also after another power-on, until it gets a new card', async () => {
  await site.place(SERIAL)
  const onItsCard = (name: string, text: string) => {
    mkdirSync(dirname(join(site.card(SERIAL), name)), { recursive: true })
    writeFileSync(join(site.card(SERIAL), name), text)
  }
  onItsCard(onCard.firstBootDone, '')
  onItsCard(`${onCard.identity}/current/private.key`, '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n')
  await site.corruptCard(SERIAL)
  expect(site.pi(SERIAL)).toMatchObject({ power: 'off', stand: { state: 'off' } }) // as it was
  expect(readFileSync(join(site.card(SERIAL), onCard.identity, 'current/private.key'), 'latin1')).not.toContain('PRIVATE KEY')
  await site.powerOn(SERIAL)
  await state().toBe('needs-help')
  expect(site.pi(SERIAL)?.stand.what).toMatch(/lost its private key: .* Flash it anew/)
  await site.corruptCard(SERIAL)
  expect(site.pi(SERIAL)?.power).toBe('on')
  await state().toBe('needs-help')
  await site.place(SERIAL, true)
  await site.powerOn(SERIAL)
  await state().toBe('offline') // it asks for a certificate again
})

test('a board is heated, and cools', async () => {
  await site.place(SERIAL)
  await site.heat(SERIAL, true)
  expect(site.pi(SERIAL)?.boardIsHot).toBe(true)
  await site.powerOn(SERIAL)
  const temperature = () => Number(readFileSync(join(site.card(SERIAL), KERNEL_FILES.temperature), 'utf8')) / 1000
  await expect.poll(temperature).toBeGreaterThan(80)
  await site.heat(SERIAL, false)
  expect(site.pi(SERIAL)?.boardIsHot).toBe(false)
  await expect.poll(temperature, { timeout: 15_000 }).toBeLessThan(70)
})

test('who is not there, or off, is told so', async () => {
  await expect(site.press(SERIAL)).rejects.toMatchObject({ code: 'PI_UNKNOWN' })
  await site.place(SERIAL)
  await expect(site.press(SERIAL)).rejects.toMatchObject({ code: 'PI_OFF' })
})

test('a damaged file is told, and a copy is kept', () => {
  writeFileSync(join(folder, 'pis.json'), '{"formatVersion":1,"pis":[')
  expect(open).toThrow(expect.objectContaining({ code: 'SANDBOX_STATE_UNREADABLE', remedy: expect.stringContaining('--fresh') }))
  expect(readdirSync(folder).filter((name) => name.startsWith('pis.json.corrupt-'))).toHaveLength(1)
})
