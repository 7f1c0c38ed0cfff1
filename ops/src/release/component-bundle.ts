// ops/src/release/component-bundle.ts: bundles a component into what its image holds: one file of JavaScript and one native addon.
import { copyFile, mkdir, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

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
    plugins: [onlyIpcOfCrt(await runtimeOf(folder))],
  })
  await copyFile(await addonOf(folder), bundle.addon)
  return bundle
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
