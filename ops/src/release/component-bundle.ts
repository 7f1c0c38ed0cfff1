// ops/src/release/component-bundle.ts: bundles a component into what its image holds: one file of JavaScript and one native addon.
import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { keptOrBuilt, type BuiltBundle } from './kept-bundle.ts'

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
  await writeFile(bundle.entry, await keptOrBuilt(folder, () => built(folder)))
  await copyFile(await addonOf(folder), bundle.addon)
  return bundle
}

async function built(folder: string): Promise<BuiltBundle> {
  const { build } = await import('esbuild') // it starts a process
  const { metafile, outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs', // as ESM the SDK's own `require` fails at run time
    legalComments: 'none',
    logLevel: 'error',
    plugins: [onlyIpcOfCrt(await runtimeOf(folder))],
  })
  return { text: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs).map((path) => resolve(folder, path)) }
}

const runtimeOf = (folder: string) => realpath(join(folder, 'node_modules/@fleet/device-runtime'))

/** Components use aws-crt for IPC only: of the rest they would have nothing but its memory. */
const onlyIpcOfCrt = (runtime: string): Plugin => ({
  name: 'only the IPC of aws-crt',
  setup(bundling) {
    bundling.onResolve({ filter: /^aws-crt$/ }, () => ({ path: join(runtime, 'src/bus/ipc-crt.ts') }))
    bundling.onResolve({ filter: /^\.\/binding$/ }, ({ importer }) => (/\/aws-crt\/dist\/native\/\w+\.js$/.test(importer) ? { path: join(runtime, 'src/bus/ipc-crt-addon.ts') } : undefined))
  },
})

/** The addon of the very aws-crt that was bundled. */
async function addonOf(folder: string): Promise<string> {
  const awsCrt = createRequire(join(await runtimeOf(folder), 'package.json')).resolve('aws-crt/package.json')
  return join(awsCrt, '../dist/bin', ADDON)
}
