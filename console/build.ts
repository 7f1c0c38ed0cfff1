// console/build.ts: bundles the console page to a few files, once for each state of its sources.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const FOLDER = dirname(fileURLToPath(import.meta.url))
const REPOSITORY = dirname(FOLDER)
const CACHE = join(REPOSITORY, '.cache/console')
/** Whatever can change the bundle. */
const SOURCES = ['console/build.ts', 'console/src/**/*', 'console/static/*', 'packages/contract/src/*.ts', 'ops/src/**/*.ts', 'pnpm-lock.yaml']

/** Half a second the first time, then read from the cache. @returns the folder that has index.html */
export async function builtConsole(): Promise<string> {
  const digest = digestOf(globSync(SOURCES, { cwd: REPOSITORY, exclude: (name) => name.endsWith('.test.ts') }).sort())
  const folder = join(CACHE, digest)
  if (existsSync(join(folder, 'index.html'))) return folder
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  for (const file of readdirSync(join(FOLDER, 'static'))) writeFileSync(join(unfinished, file), readFileSync(join(FOLDER, 'static', file)))
  await bundle(unfinished)
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(join(folder, 'index.html'))) throw error // another process was faster
  }
  return folder
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const path = join(REPOSITORY, file)
    if (!file.endsWith('/') && isFile(path)) hash.update(relative(REPOSITORY, path)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex').slice(0, 32)
}

const isFile = (path: string) => /\.\w+$/.test(path)

async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: [{ in: join(FOLDER, 'src/main.tsx'), out: 'console' }, { in: join(FOLDER, 'src/style/console.css'), out: 'console' }],
    outdir,
    bundle: true,
    splitting: true, // the MQTT client and S3 come when they are needed
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { global: 'globalThis' }, // the MQTT client asks for it
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    logLevel: 'silent', // a failure is thrown, with the same text
    plugins: [nodeCrypto, smallClients],
  })
}

/** The SDK's clients are five times as large as what a page needs of them: these have the same names, and take the same commands. */
const smallClients: Plugin = {
  name: 'small-clients',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/client-/ }, ({ path }) => ({ path: join(FOLDER, 'src/aws', `${path.slice('@aws-sdk/'.length)}.ts`), sideEffects: false }))
  },
}

/** The contract names a job by a digest; a browser's own digests cannot be had at once. */
const nodeCrypto: Plugin = {
  name: 'node-crypto',
  setup(build) {
    build.onResolve({ filter: /^node:crypto$/ }, () => ({ path: join(FOLDER, 'src/node-crypto.ts') }))
  },
}
