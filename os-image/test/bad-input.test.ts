// os-image/test/bad-input.test.ts: what first boot says, on the card, of everything that can be wrong; and that nothing is lost by it.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { renderBootSettings } from '@fleet/contract/boot-settings'
import { expect, onTestFinished, test } from 'vitest'
import { board, CLAIM_KEY, SERIAL, SETTINGS, type Board } from './board.ts'

const SETTINGS_FILE = 'boot/firmware/fleet/settings.env'
const settings = renderBootSettings(SETTINGS)
/** What a person mends. */
const MENDED = ['proc/device-tree/serial-number', ...['settings.env', 'root-ca.pem', 'certificate.pem', 'private.key'].map((name) => `boot/firmware/fleet/${name}`)]
const put = (name: string, content: string) => (own: Board) => own.write(name, content)
const remove = (name: string) => (own: Board) => rm(own.path(name))

/** Valid until 2025-01-01. */
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBEDCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMTBWNsYWltMB4X
DTI0MDEwMTAwMDAwMFoXDTI1MDEwMTAwMDAwMFowEDEOMAwGA1UEAxMFY2xhaW0w
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQPtcK+HpfFyYCqk1HosloqkWShMF7l
XgxICvtkIOPLQU5kIHQoR147XcA5SWhYaR3YGp0QudrkVuLSmvHARkjHowIwADAK
BggqhkjOPQQDAgNIADBFAiEAkFZ3Ojx8DNquwrvej/sCJ6o+6b+c88R1l2KHd9Ah
MswCIHn8nNoO5BdlF9oYkfo/9me63mTWdtMhYJdwAeuwWLnD
-----END CERTIFICATE-----
`

test.each<[string, (own: Board) => Promise<void>, RegExp]>([
  ['no serial at all', remove('proc/device-tree/serial-number'), /serial: unknown\nstate: {2}needs-help\nwhat: {3}This board has no serial number.*\nto do: {2}Set a product serial/],
  ['a serial of zeros', put('proc/device-tree/serial-number', '0000000000000000\0'), /no serial number/],
  ['no settings', remove(SETTINGS_FILE), /There is no fleet\/settings.env/],
  ['empty settings', put(SETTINGS_FILE, ''), /STAGE is missing. REGION is missing/],
  ['a port that the nucleus cannot take', put(SETTINGS_FILE, settings.replace('8883', '40000')), /line 5: MQTT_PORT is 40000, not 1 to 32767/],
  ['a port that is no number', put(SETTINGS_FILE, settings.replace('8883', '08883')), /line 5: MQTT_PORT is 08883/],
  ['a URL for a host', put(SETTINGS_FILE, settings.replace('=cloud.test\n', '=https://cloud.test\n')), /IOT_DATA_ENDPOINT is https:\/\/cloud.test, not a host alone/],
  ['a value that would be run', put(SETTINGS_FILE, settings.replace('=dev', '=$(reboot)')), /line 2: STAGE has a character that cannot stand there/],
  ['an unknown key', put(SETTINGS_FILE, `${settings}WIFI=x\n`), /line 11: WIFI is not a setting/],
  ['prose', put(SETTINGS_FILE, 'hello\n'), /line 1: is not KEY=value/],
  ['no root CA', remove('boot/firmware/fleet/root-ca.pem'), /no fleet\/root-ca.pem/],
  ['no claim at all', async (own) => { for (const name of ['certificate.pem', 'private.key']) await remove(`boot/firmware/fleet/${name}`)(own) }, /not there or not whole: fleet\/certificate.pem.*\nto do: {2}Flash the card anew/],
  ['no claim key', remove('boot/firmware/fleet/private.key'), /The claim on the boot partition is not there or not whole: fleet\/private.key/],
  ['an expired claim', put('boot/firmware/fleet/certificate.pem', EXPIRED), /The claim on the boot partition has expired, or the clock is wrong: it says \d{4}-.*\nto do: {2}Flash an up-to-date image/],
  ['half a claim certificate', put('boot/firmware/fleet/certificate.pem', '-----BEGIN CERT'), /not whole: fleet\/certificate.pem/],
])('%s', async (_case, spoil, expected) => {
  await using own = await board()
  const before = await Promise.all(MENDED.map(async (name): Promise<[string, string]> => [name, (await own.read(name)) ?? '']))
  await spoil(own)
  const { code } = await own.run()
  expect(code).toBe(78)
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(expected)
  for (const [name, content] of before) await own.write(name, content)
  expect((await own.run()).code).toBe(0) // nothing was lost by it
})

test('settings with a byte order mark and CRLF, as Windows writes them, are fine', async () => {
  await using own = await board()
  await own.write(SETTINGS_FILE, `\uFEFF${settings.replaceAll('\n', '\r\n')}`)
  expect((await own.run()).code).toBe(0)
})

test('when someone has corrected the settings, the next start goes on', async () => {
  await using own = await board()
  await own.write(SETTINGS_FILE, '')
  await own.run()
  await own.write(SETTINGS_FILE, settings)
  expect((await own.run()).code).toBe(0)
})

test('a board without a device tree uses the product serial, in lower case, or else the UUID', async () => {
  await using own = await board()
  await rm(own.path('proc'), { recursive: true })
  await own.write('sys/class/dmi/id/product_serial', 'To Be Filled By O.E.M.\n')
  await own.write('sys/class/dmi/id/product_uuid', '4C4C4544-0043-4B10-8031-B4C04F4D3233\n')
  expect((await own.run()).code).toBe(0)
  expect(await own.read('var/lib/fleet/nucleus/init-config.yaml')).toContain('SerialNumber: "4c4c4544-0043-4b10-8031-b4c04f4d3233"')
  await rm(own.path('var'), { recursive: true })
})

test('a card that moved to another board before it joined gets a request for that one', async () => {
  await using own = await board()
  await own.behave('silent')
  await own.run({ until: /joining/ })
  await own.write('proc/device-tree/serial-number', '10000000ffffffff\0')
  expect((await own.run()).code).toBe(0)
  expect(await own.read('var/lib/fleet/nucleus/init-config.yaml')).toContain('10000000ffffffff.csr')
})

test('a card with the identity of another board is not used', async () => {
  await using own = await board()
  await own.run()
  await own.write('proc/device-tree/serial-number', '10000000ffffffff\0')
  expect((await own.run()).code).toBe(78)
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(`holds the identity of the board ${SERIAL}, but it is in the board 10000000ffffffff`)
})

test.each<[string, string, RegExp]>([
  ['refused', 'refuse Pre-provisioning hook denied the request', /state: {2}refused\nwhat: {3}The cloud refused the device: not on the allowlist: add 10000000a1b2c3d4 \(it said: Pre-provisioning hook denied the request\)\. It tries again in \d+ s/],
  ['busy', 'refuse Rate exceeded', /state: {2}busy\n.*Rate exceeded/],
  ['offline', 'offline', /state: {2}offline\nwhat: {3}No connection to cloud.test port 8883/],
  ['no name resolution', 'offline AWS_IO_DNS_INVALID_NAME: Host name was invalid for dns resolution.', /state: {2}offline\nwhat: {3}No connection to cloud.test port 8883 with the claim: its name cannot be resolved\. .*\nto do: {2}Is the cable in, or the Wi-Fi right .*captive portal/],
  ['a captive portal', 'offline AWS_IO_TLS_ERROR_NEGOTIATION_FAILURE: TLS (SSL) negotiation failed', /what: {3}No connection .*: the TLS handshake failed; the clock says \d{4}-.*\nto do: {2}If that is not the time, .*captive portal, proxy\): let port 8883 through/],
  ['a clock that is behind', 'offline Error: CERT_NOT_YET_VALID: certificate is not yet valid', /what: {3}No connection .*: the TLS handshake failed; the clock says \d{4}-.*\nto do: {2}If that is not the time, the device needs a time server/],
  ['a captive portal that speaks HTTP', 'offline Error: 402DC39B477F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number', /what: {3}No connection .*: the TLS handshake failed;/],
  ['a revoked claim', 'offline AWS_ERROR_MQTT_UNEXPECTED_HANGUP: The connection was closed unexpectedly.', /what: {3}No connection .*: the cloud closed it at once; the claim on this card has been revoked or replaced\. .*\nto do: {2}Flash an up-to-date image/],
  ['no certificate', 'no-certificate Limit exceeded', /state: {2}failed\nwhat: {3}The cloud gave the device no certificate: Limit exceeded/],
  ['no answer', 'silent', /state: {2}offline\nwhat: {3}No answer from the cloud/],
  ['a nucleus that stops', 'stop', /state: {2}failed\nwhat: {3}The nucleus has stopped/],
])('%s: it says so, keeps the claim, asks again and joins by itself', async (_case, behaviour, expected) => {
  await using own = await board()
  await own.behave(behaviour)
  const first = await own.run({ until: /^(refused|busy|offline|failed):/m })
  expect(first.code).toBeNull()
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(expected)
  expect(await own.read('boot/firmware/fleet/private.key')).toBe(CLAIM_KEY)
  await own.behave(behaviour, behaviour, behaviour)
  const { code, said } = await own.run()
  expect(said.match(/It tries again/g)).toHaveLength(3)
  expect(code).toBe(0)
})

test('what the cloud says cannot add lines to the status file', async () => {
  await using own = await board()
  await own.behave(`refuse \u001b[2J${'x'.repeat(500)}`)
  await own.run({ until: /^refused:/m })
  const status = (await own.read('boot/firmware/fleet-status.txt')) ?? ''
  expect(status).not.toContain('\u001b')
  expect(status.length).toBeLessThan(700)
})

test('a clock that is wrong: it says so, and goes on when a time server was heard', async () => {
  await using own = await board()
  const folder = await mkdtemp(join(tmpdir(), 'fleet-clock-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'date'), '#!/bin/sh\ncase $* in *%H*) echo 1970-01-01T00:00Z ;; *) echo 1970 ;; esac\n')
  await chmod(join(folder, 'date'), 0o755)
  const { code } = await own.run({ env: { PATH: [folder, process.env['PATH']].join(delimiter) } })
  expect(code).toBe(78)
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(/state: {2}needs-help\nwhat: {3}The clock is wrong: it says 1970-01-01T00:00Z; .*\nto do: {2}The device needs a time server/)
  expect(await own.read('boot/firmware/fleet/private.key')).toBe(CLAIM_KEY)
  expect(await own.read('run/tried-again')).toBe('systemd-timesyncd.service\n')
  expect((await own.run()).code).toBe(0)
})

test.each([
  ['that no time server has answered', [], 'systemd-timesyncd.service\nsystemd-timesyncd.service\n'],
  ['that is right', ['run/systemd/timesync/synchronized'], undefined],
])('a TLS handshake that fails with a clock %s: the time is asked for at each try, or not at all', async (_case, files, asked) => {
  await using own = await board()
  for (const file of files) await put(file, '')(own)
  const failed = 'offline Error: CERT_NOT_YET_VALID: certificate is not yet valid'
  await own.behave(failed, failed)
  expect((await own.run()).code).toBe(0)
  expect(await own.read('run/tried-again')).toBe(asked)
})

test.skipIf(process.platform !== 'linux').each<[string, string]>([
  ['serial', 'var/lib/fleet/serial.tmp'],
  ['nucleus-configuration', 'var/lib/fleet/root-ca.pem.tmp'],
  ['nucleus-configuration', 'var/lib/fleet/nucleus/environment.tmp'],
  ['nucleus-configuration', 'var/lib/fleet/nucleus/init-config.yaml.tmp'],
  ['proof', 'var/lib/fleet/proven.tmp'],
])('a full card: it names the step %s (%s), loses nothing, and goes on when there is room', async (step, file) => {
  await using own = await board()
  await mkdir(dirname(own.path(file)), { recursive: true })
  await symlink('/dev/full', own.path(file)) // every write to it is «No space left on device»
  const { code } = await own.run()
  expect([0, 78]).not.toContain(code)
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(new RegExp(`state: {2}failed\nwhat: {3}The step «${step}» failed .*\nto do: {2}If this stays: look for a full or broken card`))
  expect(await own.read('boot/firmware/fleet/private.key')).toBe(CLAIM_KEY)
  await rm(own.path(file))
  expect((await own.run()).code).toBe(0)
})

test.skipIf(process.platform !== 'linux')('a full boot partition: it joins without its status', async () => {
  await using own = await board()
  await symlink('/dev/full', own.path('boot/firmware/fleet-status.txt.tmp'))
  const { code, said } = await own.run()
  expect(code).toBe(0)
  expect(said).toMatch(/^joined: /m)
})

test('the green LED tells: a slow flash when refused, fast when someone must help, as ever when it has joined', async () => {
  await using own = await board()
  for (const file of ['trigger', 'delay_on', 'delay_off']) await own.write(`sys/class/leds/ACT/${file}`, '')
  const led = async () => (await Promise.all(['trigger', 'delay_on', 'delay_off'].map((file) => own.read(`sys/class/leds/ACT/${file}`)))).map((text) => text?.trim())
  await own.behave('refuse Pre-provisioning hook denied the request')
  await own.run({ until: /^refused:/m })
  expect(await led()).toEqual(['timer', '100', '1900'])
  await own.write(SETTINGS_FILE, '')
  await own.run()
  expect(await led()).toEqual(['timer', '100', '100'])
  await own.write(SETTINGS_FILE, settings)
  await own.run()
  expect((await led())[0]).toBe('mmc0')
})
