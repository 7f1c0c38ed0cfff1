// os-image/test/uefi/site.ts: what a card of this test carries beside the image's root: how the guest finds this machine, and a longer patience, since it is emulated.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bootFolder } from '@fleet/ops/image/boot-folder'
import { BOOT_FOLDER } from '@fleet/contract/boot-settings'
import type { Target } from '@fleet/ops/target/target'

/** A name that the sandbox's certificates carry; the nucleus compares names, not addresses. */
const HOST = 'host.containers.internal'

/** QEMU's user network: this machine's loopback. */
const HOST_ADDRESS = '10.0.2.2'

/** Pictures of the root: path → content. */
const OVERLAY: Readonly<Record<string, string>> = {
  'etc/hosts': `127.0.0.1\tlocalhost\n127.0.1.1\tfleet\n${HOST_ADDRESS}\t${HOST}\n`,
  'etc/systemd/timesyncd.conf.d/test.conf': `[Time]\nNTP=${HOST_ADDRESS}\n`,
  // Emulated, on a machine that has other work: a minute and a half is nothing.
  'etc/systemd/system.conf.d/test.conf': '[Manager]\nDefaultTimeoutStartSec=15min\nDefaultDeviceTimeoutSec=15min\nShowStatus=yes\n',
  // What first boot says is seen on the serial line.
  'etc/systemd/system/fleet-first-boot.service.d/test.conf': '[Service]\nEnvironment=FLEET_ATTEMPT_MS=1500000\nStandardOutput=journal+console\n',
  'etc/systemd/system/fleet-seen.service': `[Unit]
Description=Test: how this boot went
After=multi-user.target fleet-grow-root.service nftables.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "seen: root $(df -m --output=size / | tail -n 1 | tr -d " ") MiB"; echo "seen: clock $(timedatectl show -p NTPSynchronized --value)"; echo "seen: input $(nft list chain inet fleet input | grep -o "policy [a-z]*")"; echo "seen: listening $(ss -H -l -t -u -n | tr -s " " | cut -d " " -f 1,5 | tr "\\n" ";")"; echo "seen: failed $(systemctl --failed --plain --no-legend | cut -d " " -f 1 | tr "\\n" ";")"; echo "seen: swap $(tail -n +2 /proc/swaps | cut -d " " -f 1)"; echo "seen: memory $(free -m | tr -s " " | sed -n "s/^Mem: [0-9]* \\([0-9]*\\) .*/\\1/p") MiB"; echo "seen: docker $(docker version --format "{{.Server.Version}}")"; echo "seen: all"'
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
`,
}

export interface Site {
  readonly boot: string
  readonly overlay: string
}

/** Writes both folders below `folder`. */
export async function site(target: Target, folder: string): Promise<Site> {
  const [boot, overlay] = [join(folder, 'boot'), join(folder, 'overlay')]
  const files = await bootFolder(target, { sandboxHost: HOST })
  for (const [name, content] of Object.entries(files)) await write(join(boot, BOOT_FOLDER, name), content)
  for (const [name, content] of Object.entries(OVERLAY)) await write(join(overlay, name), content)
  return { boot, overlay }
}

async function write(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
