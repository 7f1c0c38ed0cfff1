// os-image/test/uefi/site.ts: what a card of this test carries beside the image's root: how the guest finds this machine, the sandbox's own core and board, and a longer patience, since it is emulated.
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BOOT_FOLDER } from '@fleet/contract/boot-settings'
import { bootFolder } from '@fleet/ops/image/boot-folder'
import type { Target } from '@fleet/ops/target/target'
import { bundleOwnCore } from '@fleet/sandbox/site/own-core/bundle'

/** A name that the sandbox's certificates carry; the nucleus compares names, not addresses. */
const HOST = 'host.containers.internal'

/** QEMU's user network: this machine's loopback. */
const HOST_ADDRESS = '10.0.2.2'

const OWN_CORE = 'usr/lib/fleet/own-core'
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export interface SiteOptions {
  readonly folder: string
  readonly target: Target
  /** Registry and port, as the names of the components' images begin. */
  readonly registry: string
  /** Node for arm64: a file. */
  readonly node: string
  /** Where on this machine's loopback the board finds its visitor. */
  readonly visitorPort: number
}

export interface Site {
  readonly boot: string
  readonly overlay: string
}

/** Writes both folders below `folder`. */
export async function site(options: SiteOptions): Promise<Site> {
  const { folder, target } = options
  const [boot, overlay] = [join(folder, 'boot'), join(folder, 'overlay')]
  const files = await bootFolder(target, { sandboxHost: HOST })
  for (const [name, content] of Object.entries(files)) await write(join(boot, BOOT_FOLDER, name), content)
  for (const [name, content] of Object.entries(await pictureOf(options))) await write(join(overlay, name), content)
  await ownCore(join(overlay, OWN_CORE), options.node)
  const wanted = join(overlay, 'etc/systemd/system/multi-user.target.wants')
  await mkdir(wanted, { recursive: true })
  await symlink('../fleet-board.service', join(wanted, 'fleet-board.service'))
  return { boot, overlay }
}

/** A picture of the root: path → content. */
async function pictureOf({ registry, visitorPort }: SiteOptions): Promise<Readonly<Record<string, string>>> {
  const docker = JSON.parse(await readFile(here('../../system/etc/docker/daemon.json'), 'utf8')) as object // our own file
  return {
    'etc/hosts': `127.0.0.1\tlocalhost\n127.0.1.1\tfleet\n${HOST_ADDRESS}\t${HOST} ${registry.replace(/:\d+$/, '')}\n`,
    'etc/docker/daemon.json': `${JSON.stringify({ ...docker, 'insecure-registries': [registry] }, null, 2)}\n`, // Docker knows nothing of the sandbox's root certificate
    'etc/systemd/timesyncd.conf.d/test.conf': `[Time]\nNTP=${HOST_ADDRESS}\n`,
    // Emulated, on a machine that has other work: a minute and a half is nothing.
    'etc/systemd/system.conf.d/test.conf': '[Manager]\nDefaultTimeoutStartSec=15min\nDefaultDeviceTimeoutSec=15min\nShowStatus=yes\nRuntimeWatchdogSec=off\n',
    // What these say is seen on the serial line.
    'etc/systemd/system/fleet-site.service.d/test.conf': '[Service]\nStandardOutput=journal+console\n',
    'etc/systemd/system/fleet-first-boot.service.d/test.conf': '[Service]\nEnvironment=FLEET_ATTEMPT_MS=600000 FLEET_POLL_MS=3000\nStandardOutput=journal+console\n',
    'etc/systemd/system/greengrass.service.d/test.conf': `[Service]\nEnvironment=FLEET_NUCLEUS_DIST=/${OWN_CORE} PATH=/${OWN_CORE}/bin:/usr/sbin:/usr/bin\nStandardOutput=journal+console\n`,
    'etc/systemd/system/fleet-board.service': `[Unit]\nDescription=Test: a simulated board\nBefore=greengrass.service\n[Service]\nRuntimeDirectory=fleet-board\nExecStart=/${OWN_CORE}/bin/node /${OWN_CORE}/board.cjs /run/fleet-board/chip ${HOST_ADDRESS}:${visitorPort}\nRestart=always\nRestartSec=5\n`,
  }
}

async function ownCore(folder: string, node: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true })
  await bundleOwnCore(folder)
  await copyFile(node, join(folder, 'bin/node'))
  for (const name of ['java', 'loader', 'docker']) await write(join(folder, 'bin', name), await readFile(here(`./guest/${name}.sh`), 'utf8'), 0o755)
  for (const name of ['look.sh', 'figures.sh', 'work.cjs']) await copyFile(here(`./guest/${name}`), join(folder, name))
}

async function write(file: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content, { mode })
}
