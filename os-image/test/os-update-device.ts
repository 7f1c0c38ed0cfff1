// os-image/test/os-update-device.ts: a device whose Debian has something to upgrade, and the host unit run on its card as systemd would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../os-update/fleet-os-update.sh')
const WRITING = ['cat', 'chmod', 'mkdir', 'mv', 'rm', 'sync', 'systemctl', 'apt-get', 'dpkg']
const STAND_INS = ['apt-get', 'dpkg', 'dpkg-query', 'vcgencmd', 'df', 'systemctl']

export const INSTALLED = ['ii curl 7.88-1', 'ii openssl 3.0.15-1', 'hi nginx 1.22-1', 'rc gone 1.0-1']
/** The kernel package is new: it takes a reboot. */
export const NEW_KERNEL = 'linux-image-6.12 6.12.9-1'
const ARCHIVE = ['curl 7.88-2', 'openssl 3.0.16-1', 'nginx 1.23-1']
export const CHANGED = ['curl 7.88-1 7.88-2', 'openssl 3.0.15-1 3.0.16-1']
export const CHANGED_WITH_KERNEL = [CHANGED[0], 'linux-image-6.12 - 6.12.9-1', CHANGED[1]]

export interface Run {
  /** null: the power was cut, or it rebooted. */
  readonly code: number | null
  readonly said: string
  readonly writes: readonly string[]
}

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
  for (const name of ['bin', 'cuts']) await mkdir(join(folder, name))
  for (const [file, names, into] of [['debian-stand-in.sh', STAND_INS, 'bin'], ['power-cut.sh', WRITING, 'cuts']] as const) {
    await cp(join(import.meta.dirname, file), join(folder, file))
    for (const name of names) await symlink(join(folder, file), join(folder, into, name))
  }
  const behaviour = join(folder, 'behaviour')
  await writeFile(behaviour, '')
  return {
    ...{ path, write, lines, read, ask, boot },
    answer: () => read('host/answer'),
    /** Packages as dpkg has them. */
    packages: async () => (await lines('packages')).sort(),
    behave: (...what: readonly string[]) => writeFile(behaviour, what.map((line) => `${line}\n`).join('')),
    calls: async (command: string) => (await lines('calls')).filter((call) => call.startsWith(command)),
    run: (cutAt = 0, env: Readonly<Record<string, string>> = {}) => run(folder, { card, behaviour, cutAt, env }),
  }
}
export type Device = Awaited<ReturnType<typeof device>>

interface Conditions {
  readonly card: string
  readonly behaviour: string
  readonly cutAt: number
  readonly env: Readonly<Record<string, string>>
}

async function run(folder: string, { card, behaviour, cutAt, env }: Conditions): Promise<Run> {
  const behind = [join(folder, 'bin'), process.env['PATH']].join(delimiter)
  const [cuts, cutLog] = [join(folder, 'cuts'), join(folder, 'cuts.log')]
  await writeFile(cutLog, '')
  const child = spawn('sh', [SCRIPT], {
    detached: true, // its own process group, which the power cut kills
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { FLEET_ROOT: card, FLEET_POLL_MS: '10', BEHAVIOUR: behaviour, CUTS: cuts, CUT_LOG: cutLog, CUT_AT: String(cutAt), PATH_BEHIND_CUTS: behind, PATH: [cuts, behind].join(delimiter), ...env },
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null] // the event's arguments: code, signal
  return { code, said, writes: (await readFile(cutLog, 'utf8')).split('\n').filter((line) => line !== '') }
}
