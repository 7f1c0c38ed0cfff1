// os-image/test/first-boot.test.ts: first boot on a card, as it goes, and cut off before each of its writes.
import { execFileSync } from 'node:child_process'
import { readdir, readlink, stat } from 'node:fs/promises'
import { claimClientId, TEMPLATE_PARAMETER } from '@fleet/contract/provisioning'
import { expect, test } from 'vitest'
import { board, CLAIM_KEY, SERIAL, type Board } from './board.ts'

const IDENTITY = 'var/lib/fleet/identity'
const CLAIM = 'boot/firmware/fleet/private.key'
const status = async (own: Board) => (await own.read('boot/firmware/fleet-status.txt')) ?? ''

/** What holds when first boot is over, however often it was interrupted. */
async function expectJoined(own: Board): Promise<void> {
  expect(await status(own)).toMatch(new RegExp(`serial: ${SERIAL}\nstate: {2}joined\n`))
  expect(await readlink(own.path(`${IDENTITY}/current`))).toBe('generations/1')
  expect(await own.read(`${IDENTITY}/current/private.key`)).toContain('BEGIN PRIVATE KEY')
  expect(await own.read(`${IDENTITY}/current/certificate.pem`)).toContain('END CERTIFICATE')
  const names = await readdir(own.card, { recursive: true })
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
  expect(await readdir(own.path('boot/firmware/fleet'))).toEqual(['root-ca.pem', 'settings.env'])
  for (const name of names) {
    if ((await stat(own.path(name))).isFile()) expect(await own.read(name), name).not.toContain('claimsecret')
  }
}

test('a board that is admitted joins: own key, request for its serial, claim erased', async () => {
  await using own = await board()
  const { code, said } = await own.run()
  expect(code).toBe(0)
  expect(said.match(/^\S+(?=:)/gm)).toEqual(['joining', 'proving', 'joined'])
  await expectJoined(own)
  const request = own.path(`${IDENTITY}/generations/1/${SERIAL}.csr`)
  const about = execFileSync('openssl', ['req', '-in', request, '-noout', '-verify', '-subject', '-text'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  expect(about).toMatch(new RegExp(`CN ?= ?${SERIAL}`))
  expect(about).toMatch(/prime256v1|P-256/)
  expect((await stat(own.path(`${IDENTITY}/generations/1/private.key`))).mode & 0o777).toBe(0o600)
})

test('the nucleus is configured for the claim plugin as cloud and device have agreed', async () => {
  await using own = await board()
  await own.run()
  const config = (await own.read('var/lib/fleet/nucleus/init-config.yaml')) ?? ''
  expect(config).toContain(`deviceId: "${claimClientId(SERIAL)}"`)
  expect(config).toContain(`${TEMPLATE_PARAMETER}: "${SERIAL}"`)
  expect(config).toContain(`csrPath: "${own.path(`${IDENTITY}/generations/1/${SERIAL}.csr`)}"`)
  expect(config).toContain(`certificatePath: "${own.path(`${IDENTITY}/current/certificate.pem`)}"`)
  expect(config.match(/"cloud.test"/g)).toHaveLength(2)
  expect(await own.read('var/lib/fleet/nucleus/environment')).toBe('AWS_REGION=eu-central-1\n')
})

test('a status that is in its place is synced there once more: on a FAT it would be empty after a power cut', async () => {
  await using own = await board()
  const { writes } = await own.run()
  const renames = writes.flatMap((line, index) => (/^mv .*\/fleet-status\.txt$/.test(line) ? [index] : []))
  expect(renames.length).toBeGreaterThan(2)
  for (const index of renames) expect(writes[index + 1]).toMatch(/^sync \S+\/fleet-status\.txt /)
})

test('run again after it is over, it changes nothing', async () => {
  await using own = await board()
  await own.run()
  const key = await own.read(`${IDENTITY}/current/private.key`)
  expect((await own.run()).code).toBe(0)
  await expectJoined(own)
  expect(await own.read(`${IDENTITY}/current/private.key`)).toBe(key)
})

test('the power cut before any write: the next boot carries on and joins; the claim goes only after the proof', async () => {
  await using whole = await board()
  const { writes } = await whole.run()
  expect(writes.length).toBeGreaterThan(40)
  const cuts = writes.map((_, index) => index + 1)
  const bench = async () => {
    for (let cutAt = cuts.shift(); cutAt !== undefined; cutAt = cuts.shift()) await cutAndCarryOn(cutAt)
  }
  await Promise.all([bench(), bench(), bench()])
})

async function cutAndCarryOn(cutAt: number): Promise<void> {
  await using own = await board()
  const cut = await own.run({ cutAt })
  expect(cut.code, `cut before ${cut.writes.at(-1)}`).toBeNull()
  const key = await own.read(`${IDENTITY}/generations/1/private.key`)
  if ((await own.read(CLAIM)) !== CLAIM_KEY) expect(await own.read('var/lib/fleet/proven'), 'proof before the claim goes').toBeDefined()
  const next = await own.run()
  expect(next.code, `after a cut before ${cut.writes.at(-1)}: ${next.said}`).toBe(0)
  await expectJoined(own)
  if (key !== undefined) expect(await own.read(`${IDENTITY}/current/private.key`), 'a finished key stays').toBe(key)
}

test('cut again and again, it joins in the end', async () => {
  await using own = await board()
  for (let cutAt = 3; ; cutAt += 3) {
    const { code } = await own.run({ cutAt })
    if (code === 0) break
    expect(code).toBeNull()
  }
  await expectJoined(own)
})

test('the nucleus knew its name and the power went before its certificate was on the card: it asks anew', async () => {
  await using own = await board()
  await own.write('greengrass/v2/config/config.tlog', '{"TS":1,"TP":["system","thingName"],"W":"changed","V":"10000000a1b2c3d4"}\n')
  await own.write('greengrass/v2/logs/greengrass.log', 'Successfully connected to AWS IoT Core. {}\n')
  await own.write(`${IDENTITY}/generations/1/certificate.pem`, '')
  const { said } = await own.run()
  expect(said).toContain('joining: ')
  await expectJoined(own)
})
