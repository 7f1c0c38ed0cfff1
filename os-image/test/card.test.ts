// os-image/test/card.test.ts: a card that has lost what it knew of itself says so, and what to do; a whole one is left as it is.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { layPowerCuts, runWithCuts } from './power-cuts.ts'

const SCRIPT = join(import.meta.dirname, '../identity/fleet-card.sh')
const KEY = 'var/lib/fleet/identity/generations/2/private.key'
const CERTIFICATE = 'var/lib/fleet/identity/generations/2/certificate.pem'
const CONFIG = 'greengrass/v2/config/config.tlog'
const NAMED = '{"TS":1,"TP":["system","thingName"],"W":"changed","V":"10000000a1b2c3d4"}\n'
const GARBLED = Buffer.from([0xff, 0, 0x9c, 0x2d, 0x2d, 0x0a, 0x45, 0x4e])

/** A card as rotation leaves it, with other contents for some of its files; undefined: the file is not there. */
async function check(others: Readonly<Record<string, string | Buffer | undefined>>) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-card-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const card = join(folder, 'card')
  const whole: Record<string, string | Buffer | undefined> = { [KEY]: '-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n', [CERTIFICATE]: '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n', [CONFIG]: NAMED, 'var/lib/fleet/serial': '10000000a1b2c3d4\n' }
  for (const [name, content] of Object.entries({ ...whole, ...others })) {
    await mkdir(dirname(join(card, name)), { recursive: true })
    if (content !== undefined) await writeFile(join(card, name), content)
  }
  await symlink('generations/2', join(card, 'var/lib/fleet/identity/current'))
  await layPowerCuts(folder, ['mkdir', 'mv', 'sync'])
  const { code, writes } = await runWithCuts(folder, SCRIPT, { env: { FLEET_ROOT: card } })
  return { code, writes, status: await readFile(join(card, 'boot/firmware/fleet-status.txt'), 'utf8').catch(() => undefined) }
}

test('a whole card is left as it is', async () => {
  expect(await check({})).toEqual({ code: 0, writes: [], status: undefined })
})

test('a configuration that the nucleus can fall back to is enough', async () => {
  expect(await check({ [CONFIG]: GARBLED, 'greengrass/v2/config/config.tlog~': NAMED })).toMatchObject({ code: 0, status: undefined })
})

test.each<[string, string, string | Buffer | undefined]>([
  ['its private key', KEY, GARBLED],
  ['its private key', KEY, '-----BEGIN PRIVATE KEY-----\nMA'],
  ['its private key', KEY, undefined],
  ['its certificate', CERTIFICATE, GARBLED],
  ['its certificate', CERTIFICATE, ''],
  ['the configuration of its nucleus', CONFIG, GARBLED],
  ['the configuration of its nucleus', CONFIG, undefined],
])('%s (%s) is lost: it says so, and what to do', async (what, file, content) => {
  const { code, status } = await check({ [file]: content })
  expect(code).toBe(78)
  expect(status).toMatch(new RegExp(`serial: 10000000a1b2c3d4\nstate: {2}needs-help\nwhat: {3}This card has lost ${what}: .*\nto do: {2}Flash it anew, .* the device then joins by itself`))
})
