// ops/src/image/run.ts: `fleet image pin`, `key`, `build`, `download` and `boot-files`.
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BOOT_FOLDER } from '@fleet/contract/boot-settings'
import { FleetError } from '@fleet/contract/errors'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { bootFolder } from './boot-folder.ts'
import { buildImage } from './build-image.ts'
import { pin } from './pin.ts'
import { renderBuilt, renderPinned } from './render.ts'
import { newSigningKeys, privateKeyOf, PUBLIC_KEY_FILE, publicKeyOf } from './signing.ts'
import { downloadImage, upload } from './stored-image.ts'
import { pinnedSources, readVersions, type Flavour } from './versions.ts'

export interface ImageOptions {
  readonly flavour: Flavour
  readonly out: string
}

export interface FlashOptions {
  readonly out: string
  readonly sandboxHost?: string
}

export interface BuildImageOptions extends ImageOptions {
  /** False by --no-upload. */
  readonly upload: boolean
}

export async function runPin({ shell }: Invocation<object>) {
  show(shell, await pin({ report: shell.progress.show }), renderPinned)
  return EXIT.done
}

export async function runKey({ shell, options }: Invocation<{ readonly out: string }>) {
  if (existsSync(PUBLIC_KEY_FILE)) throw new FleetError('USAGE', 'os-image/signing-key.pub.pem is there already', 'Images that are signed with it could not be checked any more. If that is meant, delete it first.')
  const { publicPem, privatePem } = newSigningKeys()
  await writeFile(resolve(options.out), privatePem, { mode: 0o600, flag: 'wx', flush: true }) // first: a public half alone would be of no use
  await writeFile(PUBLIC_KEY_FILE, publicPem, { flush: true })
  show(shell, { publicKey: PUBLIC_KEY_FILE, privateKey: resolve(options.out) }, ({ publicKey, privateKey }) => `commit ${publicKey}\nmake ${privateKey} the secret FLEET_IMAGE_SIGNING_KEY of the pipeline's environment, then delete it`)
  return EXIT.done
}

export async function runBuild({ shell, options, target: choose }: Invocation<BuildImageOptions>) {
  const versions = readVersions()
  pinnedSources(versions, options.flavour) // what cannot be built is told before anything is asked
  const privatePem = options.upload ? privateKeyOf(shell.environment) : undefined
  const target = choose()
  const built = await buildImage(target, { flavour: options.flavour, versions, out: resolve(options.out), now: shell.now, report: shell.progress.show })
  if (privatePem !== undefined) await upload(target, built, privatePem)
  show(shell, built, renderBuilt)
  return EXIT.done
}

export async function runDownload({ shell, options, target }: Invocation<ImageOptions>) {
  const publicPem = publicKeyOf()
  show(shell, await downloadImage(target(), { flavour: options.flavour, folder: resolve(options.out), publicPem }), renderBuilt)
  return EXIT.done
}

export async function runBootFiles({ shell, options, target }: Invocation<FlashOptions>) {
  const folder = join(resolve(options.out), BOOT_FOLDER)
  const files = await bootFolder(target(), { sandboxHost: options.sandboxHost })
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content, { mode: 0o600, flush: true })
    await chmod(join(folder, name), 0o600)
  }
  show(shell, { folder, files: Object.keys(files) }, ({ files: names }) => `${folder}: ${names.join(', ')}`)
  return EXIT.done
}
