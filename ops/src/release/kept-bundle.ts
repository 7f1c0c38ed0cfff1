// ops/src/release/kept-bundle.ts: keeps the bundle of a component as long as everything is the same that it could be made of.
import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import * as z from 'zod'
import { REPOSITORY } from '../target/repository.ts'

const CACHE = join(REPOSITORY, '.cache/components')

/** Beside the component's own: what it shares with others, which packages are installed, and how it is bundled. */
const SHARED = ['packages/*/package.json', 'packages/*/src/**/*.ts', 'pnpm-lock.yaml', 'tsconfig.json', 'tsconfig.base.json', 'ops/src/release/component-bundle.ts']
const OWN = ['package.json', 'src/**/*']

export interface BuiltBundle {
  readonly text: string
  /** Absolute paths. */
  readonly inputs: readonly string[]
}

const Kept = z.object({ digest: z.string(), text: z.string() })

/** Takes the one that is kept, or builds it. That of a component outside of this repository is always built. */
export async function keptOrBuilt(folder: string, build: () => Promise<BuiltBundle>): Promise<string> {
  const own = relative(REPOSITORY, folder)
  if (!isWithin(own)) return (await build()).text
  const file = keptFile(folder)
  const digest = await digestOf([...OWN.map((pattern) => `${own}/${pattern}`), ...SHARED])
  const kept = Kept.safeParse(parsed(await readFile(file, 'utf8').catch(() => ''))).data
  if (kept?.digest === digest) return kept.text
  const { text, inputs } = await build()
  if (inputs.map((path) => relative(REPOSITORY, path)).every((path) => isLookedAt(path, own))) await keep(file, { digest, text })
  return text
}

/** One for each component: a new one takes its place. */
export const keptFile = (folder: string) => join(CACHE, `${createHash('sha256').update(relative(REPOSITORY, folder)).digest('hex').slice(0, 32)}.json`)

const isWithin = (path: string) => !path.startsWith('..') && !isAbsolute(path)

/** What lies elsewhere could change unseen. Installed packages do not without the lockfile. */
const isLookedAt = (path: string, own: string) => isWithin(path) && (path.startsWith(`${own}/src/`) || /^packages\/[^/]+\/src\//.test(path) || path.split('/').includes('node_modules'))

async function digestOf(patterns: readonly string[]): Promise<string> {
  const paths = globSync(patterns, { cwd: REPOSITORY, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const hash = createHash('sha256')
  for (const path of paths.sort()) hash.update(relative(REPOSITORY, path)).update('\0').update(createHash('sha256').update(await readFile(path)).digest())
  return hash.digest('hex')
}

async function keep(file: string, kept: z.infer<typeof Kept>): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await mkdir(CACHE, { recursive: true })
  await writeFile(unfinished, JSON.stringify(kept))
  await rename(unfinished, file)
}

/** A file that somebody has cut short is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
