// os-image/test/os-update-device.ts: a device whose Debian has something to upgrade, and the host unit run on its card as systemd would.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { layPowerCuts, runWithCuts, standIn } from './power-cuts.ts'

const SCRIPT = join(import.meta.dirname, '../os-update/fleet-os-update.sh')
const WRITING = ['cat', 'chmod', 'mkdir', 'mv', 'rm', 'sync', 'systemctl', 'apt-get', 'dpkg']
const STAND_INS = ['apt-get', 'dpkg', 'dpkg-query', 'vcgencmd', 'df', 'systemctl']

export const INSTALLED = ['ii curl 7.88-1', 'ii openssl 3.0.15-1', 'hi nginx 1.22-1', 'rc gone 1.0-1']
/** The kernel package is new: it takes a reboot. */
export const NEW_KERNEL = 'linux-image-6.12 6.12.9-1'
const ARCHIVE = ['curl 7.88-2', 'openssl 3.0.16-1', 'nginx 1.23-1']
export const CHANGED = ['curl 7.88-1 7.88-2', 'openssl 3.0.15-1 3.0.16-1']
export const CHANGED_WITH_KERNEL = [CHANGED[0], 'linux-image-6.12 - 6.12.9-1', CHANGED[1]]

export async function device({ needsReboot = false, request = 'update 2026-11 when-needed' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-os-update-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const card = join(folder, 'card')
  const path = (name: string) => join(card, name)
  const write = async (name: string, content: string) => {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), content)
  }
  const lines = async (name: string) => (await readFile(path(name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
  const read = (name: string) => readFile(path(`var/lib/fleet/os-update/${name}`), 'utf8').catch(() => undefined)
  const ask = (line: string) => write('var/lib/fleet/os-update/component/request', `${line}\n`)
  let boots = 0
  const boot = async () => {
    await write('proc/sys/kernel/random/boot_id', `boot-${++boots}\n`)
    await rm(path('run'), { recursive: true, force: true }) // in memory
  }
  await boot()
  await write('packages', `${INSTALLED.join('\n')}\n`)
  await write('archive', `${[...ARCHIVE, ...(needsReboot ? [NEW_KERNEL] : [])].join('\n')}\n`)
  await write('throttled', 'throttled=0x50000\n') // under-voltage has occurred, and is over
  await write('free', '4000000\n')
  await write('calls', '')
  await ask(request)
  await layPowerCuts(folder, WRITING)
  for (const command of STAND_INS) await standIn(folder, 'debian-stand-in.sh', command)
  const behaviour = join(folder, 'behaviour')
  await writeFile(behaviour, '')
  return {
    ...{ path, write, lines, read, ask, boot },
    answer: () => read('host/answer'),
    /** Packages as dpkg has them. */
    packages: async () => (await lines('packages')).sort(),
    behave: (...what: readonly string[]) => writeFile(behaviour, what.map((line) => `${line}\n`).join('')),
    calls: async (command: string) => (await lines('calls')).filter((call) => call.startsWith(command)),
    run: (cutAt = 0, env: Readonly<Record<string, string>> = {}) => runWithCuts(folder, SCRIPT, { cutAt, stderr: 'ignore', env: { FLEET_ROOT: card, FLEET_POLL_MS: '10', BEHAVIOUR: behaviour, ...env } }),
  }
}
export type Device = Awaited<ReturnType<typeof device>>
