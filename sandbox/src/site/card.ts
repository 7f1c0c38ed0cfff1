// sandbox/src/site/card.ts: flashes the SD card of a simulated Pi, a folder, as `fleet image` and Raspberry Pi Imager flash a real one.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BOOT_FOLDER, bootFiles, renderBootSettings, type BootSettings } from '@fleet/contract/boot-settings'
import { hasCode } from './system-error.ts'

export interface FlashedCard {
  /** The folder that becomes the card. */
  readonly folder: string
  /** Of the board that the card is put into. */
  readonly serial: string
  readonly settings: BootSettings
  readonly claim: { readonly certificatePem: string; readonly privateKeyPem: string }
  readonly rootCaPem: string
}

/** Where things are on a card. */
export const onCard = {
  bootFolder: `boot/firmware/${BOOT_FOLDER}`,
  status: 'boot/firmware/fleet-status.txt',
  /** Settings of the site, if somebody has put them there. */
  siteSettings: 'boot/firmware/fleet.toml',
  siteFaults: 'var/lib/fleet/site-faults',
  deviceTreeSerial: 'proc/device-tree/serial-number',
  gpioChip: 'dev/gpiochip0',
  firstBootDone: 'var/lib/fleet/first-boot.done',
  identity: 'var/lib/fleet/identity',
  /** Between the certificate rotator and the host unit. */
  exchange: 'var/lib/fleet/rotation',
  /** Between the component os-update and the host unit. */
  osUpdate: 'var/lib/fleet/os-update',
  /** Of dpkg: «status name version» lines. */
  packages: 'var/lib/dpkg/packages',
  /** While this file is there, its Debian mirror does not answer. */
  mirrorFault: 'etc/apt/mirror-is-down',
  bootId: 'proc/sys/kernel/random/boot_id',
  initConfig: 'var/lib/fleet/nucleus/init-config.yaml',
  nucleusEnvironment: 'var/lib/fleet/nucleus/environment',
  nucleusRoot: 'greengrass/v2',
  docker: 'var/lib/docker',
  commands: 'usr/bin',
} as const

/** Flashes it once: a card that is there is left alone, with all that its Pi has written. Answers whether it was flashed now. */
export async function flashCard(card: FlashedCard): Promise<boolean> {
  if (await exists(card.folder)) return false
  const half = `${card.folder}.flashing`
  await rm(half, { recursive: true, force: true })
  for (const [name, content] of Object.entries(contents(card))) await write(join(half, name), content)
  await rename(half, card.folder)
  await using parent = await open(dirname(card.folder), 'r')
  await parent.sync()
  return true
}

/** What a card writes again and again while its Pi runs, so that it goes first when the card is worn, or the power fails under it. */
const WRITTEN_OFTEN = [onCard.identity, `${onCard.nucleusRoot}/config`]

/** Garbles these files as broken flash does: as many bytes as before, none of them the same. The Pi must be off. */
export async function corruptCard(folder: string): Promise<void> {
  for (const part of WRITTEN_OFTEN) {
    const entries = await readdir(join(folder, part), { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [] // it never joined
      throw error
    })
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name)
      await writeFile(path, randomBytes((await stat(path)).size), { flush: true })
    }
  }
}

function contents({ serial, settings, claim, rootCaPem }: FlashedCard): Record<string, string> {
  const boot = (name: string) => `${onCard.bootFolder}/${name}`
  return {
    [onCard.deviceTreeSerial]: `${serial}\0`,
    [boot(bootFiles.settings)]: renderBootSettings(settings),
    [boot(bootFiles.rootCa)]: rootCaPem,
    [boot(bootFiles.claimCertificate)]: claim.certificatePem,
    [boot(bootFiles.claimPrivateKey)]: claim.privateKeyPem,
  }
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content, { mode: 0o600, flush: true })
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}
