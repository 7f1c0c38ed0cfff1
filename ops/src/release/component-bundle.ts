// ops/src/release/component-bundle.ts: bundles a component into what its image holds: one file of JavaScript and one native addon.
import { copyFile, mkdir, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

export interface ComponentBundle {
  /** `main.cjs` */
  readonly entry: string
  /** `aws-crt-nodejs.node` for the devices: arm64, glibc. */
  readonly addon: string
}

const ADDON = 'linux-arm64-glibc/aws-crt-nodejs.node'

/** The same sources give the same bytes, wherever the repository lies: a release is known by the digest of its bundle. */
export async function bundleComponent(folder: string, { outFolder }: { outFolder: string }): Promise<ComponentBundle> {
  await mkdir(outFolder, { recursive: true })
  const bundle = { entry: join(outFolder, 'main.cjs'), addon: join(outFolder, basename(ADDON)) }
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    outfile: bundle.entry,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs', // as ESM the SDK's own `require` fails at run time
    legalComments: 'none',
    logLevel: 'error',
  })
  await copyFile(await addonOf(folder), bundle.addon)
  return bundle
}

/** The addon of the very aws-crt that was bundled. */
async function addonOf(folder: string): Promise<string> {
  const runtime = await realpath(join(folder, 'node_modules/@fleet/device-runtime'))
  const awsCrt = createRequire(join(runtime, 'package.json')).resolve('aws-crt/package.json')
  return join(awsCrt, '../dist/bin', ADDON)
}
