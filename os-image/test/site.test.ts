// os-image/test/site.test.ts: fleet.toml on the boot partition: taken over, refused with line and reason, its password removed; cut off anywhere.
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { layPowerCuts, runWithCuts } from './power-cuts.ts'

const SCRIPT = join(import.meta.dirname, '../site/fleet-site.sh')
const WRITING = ['cat', 'chmod', 'dd', 'ln', 'mkdir', 'mv', 'rm', 'sync', 'systemctl']
const PASSWORD = 'corr"ect\\horse battery'
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO0000000000000000000000000000000000000000 me@here'
const TOML = `# settings of the site
hostname = "hall-3"
timezone = 'Europe/Berlin' # of the hall

[wifi]
ssid = "Küche 5"
password = "corr\\"ect\\\\horse battery"
country = "DE"

[ssh]
keys = [
  "${KEY}", # mine
  'ssh-rsa AAAAB3NzaC1yc2E= you',
]
`
const WIFI = 'etc/NetworkManager/system-connections/fleet-wifi.nmconnection'
const FILE = 'boot/firmware/fleet.toml'

async function board(toml = TOML) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-site-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const card = join(folder, 'card')
  const path = (name: string) => join(card, name)
  const write = async (name: string, content: string) => {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), content)
  }
  await write('usr/share/zoneinfo/Europe/Berlin', '')
  await write('etc/hosts', '127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n')
  await mkdir(path('etc/NetworkManager/system-connections'), { recursive: true })
  await write(FILE, toml)
  await layPowerCuts(folder, WRITING)
  const read = (name: string) => readFile(path(name), 'utf8').catch(() => undefined)
  const run = (cutAt = 0) => runWithCuts(folder, SCRIPT, { cutAt, env: { FLEET_ROOT: card } })
  const standIn = async (command: string, script: string) => {
    await writeFile(join(folder, 'bin', command), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, 'bin', command), 0o755)
  }
  await standIn('systemctl', 'echo "$*" >> "$FLEET_ROOT/systemctl"')
  return { path, read, write, run, standIn }
}
type Board = Awaited<ReturnType<typeof board>>

async function expectTakenOver(own: Board): Promise<void> {
  expect(await own.read('etc/hostname')).toBe('hall-3\n')
  expect(await own.read('etc/hosts')).toBe('127.0.0.1\tlocalhost\n127.0.1.1\thall-3\n')
  expect(await readlink(own.path('etc/localtime'))).toBe('/usr/share/zoneinfo/Europe/Berlin')
  expect(await own.read(WIFI)).toContain(`ssid=${[...Buffer.from('Küche 5')].map((byte) => `${byte};`).join('')}\n`)
  expect(await own.read(WIFI)).toContain(`\nkey-mgmt=wpa-psk\npsk=${PASSWORD.replace('\\', '\\\\')}\n`)
  expect((await stat(own.path(WIFI))).mode & 0o777).toBe(0o600)
  expect(await own.read('etc/modprobe.d/fleet-wifi.conf')).toBe('options cfg80211 ieee80211_regdom=DE\n')
  expect(await own.read('root/.ssh/authorized_keys')).toBe(`${KEY}\nssh-rsa AAAAB3NzaC1yc2E= you\n`)
  expect((await stat(own.path('root/.ssh/authorized_keys'))).mode & 0o777).toBe(0o600)
  const left = (await own.read(FILE)) ?? ''
  expect(left).not.toContain('horse')
  expect(left).toHaveLength(TOML.length)
  expect(left.replace(/^# the password was taken over\.*$/m, '')).toBe(TOML.replace(/^password = .*$/m, ''))
}

test('everything is taken over; the password goes from the card, and another start changes nothing', async () => {
  const own = await board()
  expect((await own.run()).code).toBe(0)
  await expectTakenOver(own)
  expect(await own.read('systemctl')).toBe('enable ssh.service\nstart --no-block ssh.service\n')
  expect((await own.run()).code).toBe(0)
  await expectTakenOver(own)
})

test('written by Windows: CRLF, a byte order mark, no end of line at the end', async () => {
  const own = await board(`\uFEFF${TOML.replaceAll('\n', '\r\n').trimEnd()}`)
  expect((await own.run()).code).toBe(0)
  const left = (await own.read(FILE)) ?? ''
  expect(left).not.toContain('horse')
  expect(left).toHaveLength(`\uFEFF${TOML.replaceAll('\n', '\r\n').trimEnd()}`.length)
  expect(left).toMatch(/over\.*\r\ncountry = "DE"\r\n/)
  expect((await own.run()).code).toBe(0)
})

test('no key, no SSH: keys that were there go, and it is off', async () => {
  const own = await board()
  await own.run()
  await own.write(FILE, 'hostname = "hall-3"\n')
  await own.run()
  expect(await own.read('root/.ssh/authorized_keys')).toBeUndefined()
  expect(await own.read('systemctl')).toMatch(/disable ssh.service\nstop --no-block ssh.service\n$/)
  expect(await own.read(WIFI)).toBeUndefined()
})

test('another unit makes the same folders at the same moment: everything is taken over all the same', async () => {
  const own = await board()
  await own.standIn('mkdir', 'for folder; do :; done; command -p mkdir "$folder"; command -p mkdir "$@"') // the other one was faster
  expect((await own.run()).code).toBe(0)
  await expectTakenOver(own)
})

test('without a file nothing is done', async () => {
  const own = await board()
  await rm(own.path(FILE))
  expect((await own.run()).code).toBe(0)
  expect(await own.read('etc/hostname')).toBeUndefined()
})

test.each<[string, string, RegExp]>([
  ['prose', 'hello\n', /line 1: is not key = value\./],
  ['no quotation marks', '\nhostname = hall\n', /line 2: hostname must be a text in quotation marks/],
  ['no closing quotation mark', 'hostname = "hall\n', /line 1: hostname is not closed by a quotation mark/],
  ['a misspelt setting', 'host = "hall"\n', /line 1: there is no setting host \(there are hostname, timezone,/],
  ['a misspelt table', '[wlan]\nssid = "x"\n', /line 1: there is no table \[wlan\]/],
  ['the same twice', 'hostname = "a"\nhostname = "b"\n', /line 2: hostname is there twice/],
  ['something behind a value', 'hostname = "a" "b"\n', /line 1: hostname has something behind its value/],
  ['a host name with a blank', '# one\n\nhostname = "my pi"\n', /line 3: hostname may have letters, digits and - within it alone/],
  ['a host name that would be run', 'hostname = "$(reboot)"\n', /line 1: hostname may have letters/],
  ['a time zone that is none', 'timezone = "Mars/Olympus"\n', /line 1: timezone is Mars\/Olympus, which this system does not know/],
  ['a time zone elsewhere', 'timezone = "../../etc/shadow"\n', /line 1: timezone is/],
  ['a short password', '[wifi]\nssid = "x"\ncountry = "DE"\npassword = "short"\n', /line 4: wifi.password must have 8 to 63 characters/],
  ['no password', '[wifi]\nssid = "x"\ncountry = "DE"\n', /wifi.password is missing \(for a network without one: open = true\)/],
  ['no country', '[wifi]\nssid = "x"\nopen = true\n', /wifi.country must be two capital letters/],
  ['a password without a network', '[wifi]\npassword = "longenough"\n', /wifi.ssid is missing/],
  ['an open network with a password', '[wifi]\nssid = "x"\ncountry = "DE"\nopen = true\npassword = "longenough"\n', /line 5: wifi.password and wifi.open = true exclude each other/],
  ['a private key', '[ssh]\nkeys = ["-----BEGIN OPENSSH PRIVATE KEY-----"]\n', /line 2: ssh.keys has one that is no public key/],
  ['an open list', '[ssh]\nkeys = [\n"ssh-ed25519 AAAA x",\n', /the list ssh.keys is not closed by \]/],
  ['keys that are no list', '[ssh]\nkeys = "ssh-ed25519 AAAA x"\n', /line 2: ssh.keys must be a list/],
])('%s: nothing is taken over, and the card says line and reason', async (_case, toml, expected) => {
  const own = await board(toml)
  expect((await own.run()).code).toBe(78)
  const status = (await own.read('boot/firmware/fleet-status.txt')) ?? ''
  expect(status).toMatch(/state: {2}needs-help\nwhat: {3}fleet.toml on the boot partition is wrong and was not taken over: /)
  expect(status).toMatch(expected)
  expect(status).toMatch(/to do: {2}Correct the file/)
  expect(status).not.toContain('longenough')
  for (const name of ['etc/hostname', WIFI, 'root/.ssh/authorized_keys', 'systemctl']) expect(await own.read(name), name).toBeUndefined()
  expect(await own.read(FILE)).toBe(toml)
  await own.write(FILE, TOML)
  expect((await own.run()).code).toBe(0)
  await expectTakenOver(own)
  expect(await own.read('var/lib/fleet/site-faults')).toBeUndefined()
})

test.skipIf(process.platform !== 'linux')('a full card: it says so, keeps the password in the file, and takes over everything when there is room', async () => {
  const own = await board()
  await symlink('/dev/full', own.path('etc/hosts.tmp')) // every write to it is «No space left on device»
  const { code } = await own.run()
  expect([0, 78]).not.toContain(code) // systemd repeats it
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(/state: {2}failed\nwhat: {3}The settings in fleet.toml could not be taken over .*\nto do: {2}If this stays: look for a full or broken card/)
  expect(await own.read(FILE)).toBe(TOML)
  await rm(own.path('etc/hosts.tmp'))
  expect((await own.run()).code).toBe(0)
  await expectTakenOver(own)
})

test.each<[string, (own: Board) => Promise<void>]>([
  ['corrected', (own) => own.write(FILE, TOML)],
  ['removed', (own) => rm(own.path(FILE))],
])('a device that has joined complains of the file until it is %s, and then says again that it has joined', async (_case, mend) => {
  const own = await board('hello\n')
  await own.write('var/lib/fleet/first-boot.done', '')
  expect((await own.run()).code).toBe(78)
  expect(await own.read('boot/firmware/fleet-status.txt')).toContain('state:  needs-help')
  await mend(own)
  expect((await own.run()).code).toBe(0)
  expect(await own.read('boot/firmware/fleet-status.txt')).toMatch(/state: {2}joined\n(?!.*also:)/)
})

test('an image without Wi-Fi says so', async () => {
  const own = await board()
  await rm(own.path('etc/NetworkManager'), { recursive: true })
  expect((await own.run()).code).toBe(78)
  expect(await own.read('boot/firmware/fleet-status.txt')).toContain('line 6: wifi.ssid cannot be had: this image has no Wi-Fi')
})

test('the power cut before any write: the next start takes all of it over, and the password is never lost before', async () => {
  const { writes } = await (await board()).run()
  expect(writes.length).toBeGreaterThan(30)
  const cuts = writes.flatMap((write, index) => (write.startsWith('sync') ? [] : [index + 1])) // here a cut before a sync is one before what follows it
  const bench = async () => {
    for (let cutAt = cuts.shift(); cutAt !== undefined; cutAt = cuts.shift()) {
      const own = await board()
      expect((await own.run(cutAt)).code).toBeNull()
      expect((await own.run()).code).toBe(0)
      await expectTakenOver(own)
    }
  }
  await Promise.all([bench(), bench(), bench()])
})
