// os-image/test/fresh-root.ts: the root of a fresh Raspberry Pi OS in a temporary folder, as far as provisioning looks at it, and provisioning run on it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const osImage = join(here, '..')

/** What Raspberry Pi OS Lite brings: a user without a password who may become root, world-readable boot files, keys of a host. */
const FRESH: Readonly<Record<string, string>> = {
  'etc/fstab': 'proc /proc proc defaults 0 0\nPARTUUID=1-01 /boot/firmware vfat defaults 0 2\nPARTUUID=1-02 / ext4 defaults,noatime 0 1\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\npi:x:1000:1000:,,,:/home/pi:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n',
  'etc/shadow': 'root::20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\npi:$y$j9T$abc$def:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n',
  'etc/sudoers.d/010_pi-nopasswd': 'pi ALL=(ALL) NOPASSWD: ALL\n',
  'etc/ssh/ssh_host_ed25519_key': 'the same on every card\n',
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'var/log/syslog': 'of the build\n',
  'var/lib/apt/lists/a_list': 'old\n',
  'home/pi/.bashrc': '\n',
}

const NUCLEUS = ['lib/Greengrass.jar', 'bin/loader', 'conf/recipe.yaml', 'aws.greengrass.FleetProvisioningByClaim.jar']
const WRITING = ['apt-get', 'cat', 'chmod', 'dpkg', 'find', 'install', 'mkdir', 'mv', 'rm', 'systemctl', 'userdel']

export interface Provisioned {
  /** null: it was killed. */
  readonly code: number | null
  readonly said: string
  /** The writing commands, in order. */
  readonly writes: readonly string[]
}

export interface FreshRoot extends AsyncDisposable {
  readonly path: (name: string) => string
  /** Runs provision.sh; with `cutAt` it is killed before that many-th write. */
  readonly provision: (cutAt?: number) => Promise<Provisioned>
  /** Every file: its mode in octal, and its content. */
  readonly files: () => Promise<Readonly<Record<string, string>>>
}

export async function freshRoot(): Promise<FreshRoot> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-root-'))
  const root = join(folder, 'root')
  for (const [name, content] of Object.entries(FRESH)) await write(join(root, name), content)
  for (const name of NUCLEUS) await write(join(folder, 'nucleus', name), `${name}\n`)
  await commands(folder)
  return {
    path: (name) => join(root, name),
    provision: (cutAt = 0) => provision(folder, root, cutAt),
    files: () => filesOf(root),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

/** `bin` has the stand-ins of what asks a real system, `cuts` a power cut before each writing command. */
async function commands(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'cuts'))
  await cp(join(here, 'power-cut.sh'), join(folder, 'power-cut.sh'))
  await chmod(join(folder, 'power-cut.sh'), 0o755)
  for (const name of ['apt-get', 'dpkg', 'systemctl', 'userdel']) {
    await cp(join(here, 'package-stand-in.sh'), join(folder, 'bin', name))
    await chmod(join(folder, 'bin', name), 0o755)
  }
  for (const name of WRITING) await symlink(join(folder, 'power-cut.sh'), join(folder, 'cuts', name))
}

async function provision(folder: string, root: string, cutAt: number): Promise<Provisioned> {
  const behind = [join(folder, 'bin'), process.env['PATH']].join(delimiter)
  const cutLog = join(folder, 'cuts.log')
  await writeFile(cutLog, '')
  const child = spawn('sh', [join(osImage, 'provision/provision.sh')], {
    detached: true, // its own process group, which the kill ends
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { FLEET_ROOT: root, FLEET_FLAVOUR: 'pi', FLEET_NUCLEUS: join(folder, 'nucleus'), CUT_LOG: cutLog, CUT_AT: String(cutAt), PATH_BEHIND_CUTS: behind, PATH: [join(folder, 'cuts'), behind].join(delimiter) },
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null] // the event's arguments: code, signal
  const writes = (await readFile(cutLog, 'utf8')).split('\n').filter((line) => line !== '')
  return { code, said, writes }
}

async function filesOf(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found[path.slice(root.length + 1)] = `${((await stat(path)).mode & 0o777).toString(8)} ${await readFile(path, 'utf8')}`
  }
  return found
}
