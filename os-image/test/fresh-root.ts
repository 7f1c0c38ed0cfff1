// os-image/test/fresh-root.ts: the root of a fresh Raspberry Pi OS in a temporary folder, as far as provisioning looks at it, and provisioning run on it.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { layPowerCuts, runWithCuts, standIn, type Run } from './power-cuts.ts'

/** What Raspberry Pi OS Lite brings: a user without a password who may become root, world-readable boot files, keys of a host. */
const FRESH: Readonly<Record<string, string>> = {
  'etc/fstab': 'proc /proc proc defaults 0 0\nPARTUUID=1-01 /boot/firmware vfat defaults 0 2\nPARTUUID=1-02 / ext4 defaults,noatime 0 1\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/usr/sbin/nologin\npi:x:1000:1000:,,,:/home/pi:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n',
  'etc/shadow': 'root::20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\npi:$y$j9T$abc$def:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n',
  'etc/sudoers.d/010_pi-nopasswd': 'pi ALL=(ALL) NOPASSWD: ALL\n',
  'etc/ssh/ssh_host_ed25519_key': 'the same on every card\n',
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'etc/resolv.conf': 'nameserver 192.0.2.53\n',
  'var/log/syslog': 'of the build\n',
  'var/lib/apt/lists/a_list': 'old\n',
  'home/pi/.bashrc': '\n',
}

const NUCLEUS = ['lib/Greengrass.jar', 'bin/loader', 'conf/recipe.yaml', 'aws.greengrass.FleetProvisioningByClaim.jar']
const WRITING = ['apt-get', 'cat', 'chmod', 'dpkg', 'find', 'install', 'mkdir', 'mv', 'rm', 'systemctl', 'userdel']

export interface FreshRoot extends AsyncDisposable {
  readonly path: (name: string) => string
  /** Runs provision.sh; with `cutAt` it is killed before that many-th write. */
  readonly provision: (cutAt?: number) => Promise<Run>
  /** Every file: its mode in octal, and its content. */
  readonly files: () => Promise<Readonly<Record<string, string>>>
}

export async function freshRoot(): Promise<FreshRoot> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-root-'))
  const root = join(folder, 'root')
  for (const [name, content] of Object.entries(FRESH)) await write(join(root, name), content)
  for (const name of NUCLEUS) await write(join(folder, 'nucleus', name), `${name}\n`)
  await promisify(execFile)('sh', [join(import.meta.dirname, 'small-base-image.sh'), join(folder, 'base-image')])
  await layPowerCuts(folder, WRITING)
  for (const command of ['apt-get', 'dpkg', 'systemctl', 'userdel']) await standIn(folder, 'package-stand-in.sh', command)
  return {
    path: (name) => join(root, name),
    provision: (cutAt = 0) => runWithCuts(folder, join(import.meta.dirname, '../provision/provision.sh'), { cutAt, env: { FLEET_ROOT: root, FLEET_FLAVOUR: 'pi', FLEET_NUCLEUS: join(folder, 'nucleus'), FLEET_BASE_IMAGE: join(folder, 'base-image') } }),
    files: () => filesOf(root),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
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
