// ops/src/image/command.ts: `fleet image`: what it takes, and what its help says.
import { Option, type Command } from 'commander'
import { fleetCommand, group, runs } from '../shell/fleet-command.ts'

const flavours = () => new Option('--flavour <name>', 'pi: Raspberry Pi OS; generic: Debian for arm64 boards with UEFI').choices(['pi', 'generic']).default('pi')

export const imageCommand = (): Command =>
  group('image', { summary: 'Build, fetch and check the image of the SD card', examples: [['fleet image download', 'the newest one, checked, ready to flash']] })
    .addCommand(fleetCommand('pin', PIN).action(runs(async () => (await import('./run.ts')).runPin)))
    .addCommand(fleetCommand('key', KEY).option('--out <file>', 'where the private half is written', 'fleet-image-signing-key.pem').action(runs(async () => (await import('./run.ts')).runKey)))
    .addCommand(
      fleetCommand('build', BUILD)
        .addOption(flavours())
        .option('--out <folder>', 'where image and SBOM are written; needs some 10 GB', 'fleet-image')
        .option('--no-upload', 'leave it in the folder, unsigned')
        .action(runs(async () => (await import('./run.ts')).runBuild)),
    )
    .addCommand(
      fleetCommand('download', DOWNLOAD)
        .addOption(flavours())
        .option('--out <folder>', 'where image and SBOM are written', 'fleet-image')
        .action(runs(async () => (await import('./run.ts')).runDownload)),
    )
    .addCommand(
      fleetCommand('boot-files', BOOT_FILES)
        .option('--out <folder>', 'the boot partition of a card, or a folder', '.')
        .option('--sandbox-host <name>', 'the name by which a virtual machine reaches the sandbox on this machine')
        .action(runs(async () => (await import('./run.ts')).runBootFiles)),
    )

const PIN = {
  summary: 'Write down the SHA-256 of everything that an image is made from',
  description: 'Downloads what os-image/versions.json names, compares it with what its publisher says where he says something (<url>.sha256), and writes the digests into that file. Look at the change and commit it: an image is built from nothing else.',
  examples: [['fleet image pin', 'after a new version was named there']],
} as const

const KEY = {
  summary: 'Make the pair of keys by which images are signed',
  description: 'The public half is written to os-image/signing-key.pub.pem: commit it. The private half is written to a file that only you can read: make it the secret FLEET_IMAGE_SIGNING_KEY of the environment of the pipeline, then delete the file. A pair that is there is not replaced.',
  examples: [['fleet image key --out /media/stick/image-key.pem', 'once']],
} as const

const BUILD = {
  summary: 'Build the image of a stage, and put it into the store',
  description: 'Fetches what the components of the current release share, and the pinned sources; checks their digests and the signatures of the nucleus, has Packer provision the image, compresses it, makes its SBOM, signs both (FLEET_IMAGE_SIGNING_KEY) and uploads them. Refuses what is not pinned before it does anything. The image carries the claim of its stage: whoever has it can ask to join.',
  examples: [
    ['fleet image build', 'for the Raspberry Pis of stage dev'],
    ['fleet image build --flavour generic --no-upload --out /var/tmp/image', 'for boards with UEFI, to try'],
  ],
} as const

const DOWNLOAD = {
  summary: 'Fetch the newest image of a stage, and check it',
  description: 'Checks the signature against os-image/signing-key.pub.pem, then the SHA-256 of image and SBOM. What does not fit is not kept. A download that was cut off starts again.',
  examples: [['fleet image download --stage prod --out ~/images', 'then flash it with Raspberry Pi Imager']],
} as const

const BOOT_FILES = {
  summary: 'Write settings and claim of a stage for the boot partition',
  description: 'Writes the folder fleet/: settings.env, root-ca.pem, and the claim with its key. With it a card of another stage, or one that was flashed long ago, finds this stage.',
  examples: [['fleet image boot-files --out /Volumes/bootfs', 'onto a card that was just flashed']],
} as const
