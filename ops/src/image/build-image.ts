// ops/src/image/build-image.ts: builds the image of a stage: checked sources, Packer, a compressed disk, its SBOM and its manifest.
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BOOT_FOLDER } from '@fleet/contract/boot-settings'
import { REPOSITORY } from '../target/repository.ts'
import type { Target } from '../target/target.ts'
import { layBaseImage } from './base-image.ts'
import { bootFolder } from './boot-folder.ts'
import { fetched } from './fetch-source.ts'
import { nucleusFolder } from './nucleus-folder.ts'
import { releasedImages } from './released-images.ts'
import { spdx } from './sbom.ts'
import { fileOf, type BuiltImage } from './stored-image.ts'
import { runTool } from './tool.ts'
import { pinnedSources, type Flavour, type Pinned, type SourceName, type Versions } from './versions.ts'

export interface BuildOptions {
  readonly flavour: Flavour
  readonly versions: Versions
  /** Where image, SBOM and what is between are written. */
  readonly out: string
  readonly now: () => Date
  readonly report: (what: string) => void
  readonly cache?: string
}

const CACHE = join(homedir(), '.cache/fleetwright/images')
const OS_IMAGE = join(REPOSITORY, 'os-image')

/** @throws FleetError IMAGE_UNPINNED, RELEASE_MISSING before anything is made; IMAGE_SOURCE_WRONG, IMAGE_BUILD_FAILED, CLAIM_MISSING */
export async function buildImage(target: Target, { flavour, versions, out, now, report, cache = CACHE }: BuildOptions): Promise<BuiltImage> {
  const sources = pinnedSources(versions, flavour)
  await mkdir(out, { recursive: true, mode: 0o700 }) // the claim's key passes through it
  const base = await layBaseImage(await releasedImages(target, cache), join(out, 'base-image'))
  report(`base image: ${base.layers.length} layers that the components of the current release share, ${(base.bytes / 1e6).toFixed(0)} MB`)
  const files: Partial<Record<SourceName, string>> = {}
  for (const [name, source] of Object.entries(sources) as [SourceName, Pinned][]) {
    report(`source: ${source.url}`)
    files[name] = await fetched(source, cache)
  }
  await nucleusFolder({ zip: files.nucleus ?? '', plugin: files.claimPlugin ?? '' }, join(out, 'nucleus'))
  await writeBootFolder(target, join(out, 'boot', BOOT_FOLDER))
  const disk = flavour === 'pi' ? await piDisk({ out, os: sources.raspberryPiOs, report }) : await genericDisk({ out, cache, report })
  report('compress')
  const name = `fleetwright-${target.stage.stage}-${flavour}.img.xz`
  await runTool('sh', ['-c', 'xz -T0 -c "$1" > "$2.part" && mv "$2.part" "$2" && rm "$1"', 'compress', disk, join(out, name)])
  return describe({ out, name, flavour, stage: target.stage.stage, builtAt: now().toISOString(), sources })
}

async function writeBootFolder(target: Target, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(await bootFolder(target))) {
    await writeFile(join(folder, name), content)
    await chmod(join(folder, name), 0o600)
  }
}

interface Disk {
  readonly out: string
  readonly report: (what: string) => void
}

async function piDisk({ out, os, report }: Disk & { readonly os: Pinned | undefined }): Promise<string> {
  const template = join(OS_IMAGE, 'packer/pi')
  const variables = vars({ os_url: os?.url ?? '', os_sha256: os?.sha256 ?? '', out, os_image: OS_IMAGE, nucleus: join(out, 'nucleus'), component_base: join(out, 'base-image'), boot_files: join(out, 'boot', BOOT_FOLDER) })
  await runTool(...asRoot('packer', ['init', template]), { onLine: report })
  await runTool(...asRoot('packer', ['build', ...variables, template]), { onLine: report })
  return join(out, 'disk.img')
}

const BASE_IMAGE = 'localhost/fleet-base:arm64'

async function genericDisk({ out, cache, report }: Disk & { readonly cache: string }): Promise<string> {
  const base = join(cache, 'debian-arm64.tar')
  await runTool(...asRoot('sh', ['-c', 'test -s "$1" || sh "$2" "$1"', 'base', base, join(OS_IMAGE, 'generic/base.sh')]), { onLine: report })
  await runTool('docker', ['import', '--platform', 'linux/arm64', base, BASE_IMAGE])
  await rm(join(out, 'root.tar'), { force: true })
  const variables = vars({ base_image: BASE_IMAGE, out, os_image: OS_IMAGE, nucleus: join(out, 'nucleus'), component_base: join(out, 'base-image') })
  if (await hasNoBuilders()) await runTool('packer', ['init', join(OS_IMAGE, 'packer/generic-plugins')], { onLine: report })
  await runTool('packer', ['build', ...variables, join(OS_IMAGE, 'packer/generic')], { onLine: report })
  await runTool(...asRoot('sh', [join(OS_IMAGE, 'generic/disk.sh'), join(out, 'root.tar'), join(out, 'boot'), join(out, 'disk.img')]), { onLine: report })
  return join(out, 'disk.img')
}

/** Packer knows plugins since 1.7, and brings no builders since 1.10 (its release notes). */
const hasNoBuilders = async (): Promise<boolean> => !/v1\.[0-6]\./.test(await runTool('packer', ['version']))

/** Files of an image belong to its root, and a loop device is for root alone. In a pipeline `sudo` asks for no password; it looks for programs where its own settings say, `env` does in PATH. */
const asRoot = (command: string, args: readonly string[]): [string, readonly string[]] => (process.getuid?.() === 0 ? [command, args] : ['sudo', ['--non-interactive', '--preserve-env=HOME', 'env', `PATH=${process.env['PATH'] ?? ''}`, command, ...args]])

const vars = (values: Readonly<Record<string, string>>): string[] => Object.entries(values).flatMap(([name, value]) => ['-var', `${name}=${value}`])

interface Described {
  readonly out: string
  readonly name: string
  readonly flavour: Flavour
  readonly stage: string
  readonly builtAt: string
  readonly sources: Readonly<Partial<Record<SourceName, Pinned>>>
}

async function describe({ out, name, flavour, stage, builtAt, sources }: Described): Promise<BuiltImage> {
  const sbom = name.replace(/\.img\.xz$/, '.spdx.json')
  const dpkgStatus = await readFile(join(out, 'dpkg-status'), 'utf8')
  await writeFile(join(out, sbom), JSON.stringify(spdx({ namespace: `urn:uuid:${randomUUID()}`, createdAt: builtAt, dpkgStatus, sources })), { flush: true })
  const manifest = { stage, flavour, builtAt, image: await fileOf(out, name), sbom: await fileOf(out, sbom), sources }
  return { folder: out, manifest }
}
