// console/build.ts: bundles the console page to a few files, once for each state of its sources; all but index.html are named by their content.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, parse, relative } from 'node:path'
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
  writePage(unfinished, await bundle(unfinished))
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(join(folder, 'index.html'))) throw error // another process was faster
  }
  return folder
}

/** The static files, and the page itself, which names them and what starts it. */
function writePage(outdir: string, entries: ReadonlyMap<string, string>): void {
  const others = readdirSync(join(FOLDER, 'static')).filter((file) => file !== INDEX)
  const renamed = others.map((file) => {
    const content = readFileSync(join(FOLDER, 'static', file))
    const { name, ext } = parse(file)
    const hashed = `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 8)}${ext}`
    writeFileSync(join(outdir, hashed), content)
    return [file, hashed] as const
  })
  const page = [...renamed, ...entries].reduce((text, [file, hashed]) => text.replaceAll(`"${file}"`, `"${hashed}"`), readFileSync(join(FOLDER, 'static', INDEX), 'utf8'))
  writeFileSync(join(outdir, INDEX), page)
}

const INDEX = 'index.html'

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) {
    const path = join(REPOSITORY, file)
    if (!file.endsWith('/') && isFile(path)) hash.update(relative(REPOSITORY, path)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex').slice(0, 32)
}

const isFile = (path: string) => /\.\w+$/.test(path)

/** @returns by the names that index.html has, the files that start the page */
async function bundle(outdir: string): Promise<ReadonlyMap<string, string>> {
  const { metafile } = await build({
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
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    metafile: true,
    legalComments: 'none',
    logLevel: 'silent', // a failure is thrown, with the same text
    plugins: [nodeCrypto, smallClients],
  })
  const entries = Object.keys(metafile.outputs).map((file) => basename(file)).filter((name) => /^console-\w+\.(js|css)$/.test(name))
  return new Map(entries.map((name) => [name.replace(/-\w+/, ''), name]))
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
