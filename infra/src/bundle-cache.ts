// infra/src/bundle-cache.ts: keeps the bundle of a handler as long as every byte is the same that it was made of.
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const FOLDER = dirname(fileURLToPath(import.meta.url))
const REPOSITORY = resolve(FOLDER, '../..')
const CACHE = join(REPOSITORY, '.cache/lambda')

/** What decides, beside the sources themselves, which files they mean and how they are bundled. Imports name their file, so no new file takes another's place. */
const DECIDES = ['infra/src/bundle.ts', 'pnpm-lock.yaml', 'tsconfig.json', 'tsconfig.base.json', 'infra/package.json', 'packages/*/package.json']

const Stored = z.object({
  /** SHA-256 of each file that it was made of, by its path in the repository. */
  sources: z.record(z.string(), z.string()),
  text: z.string(),
})

/** Undefined when there is none, or when any of its sources has changed. */
export function storedBundle(entry: string): string | undefined {
  const content = read(keptFile(entry))
  if (content === undefined) return undefined
  const stored = Stored.safeParse(parsed(content)).data
  return stored !== undefined && isCurrent(stored.sources) ? stored.text : undefined
}

/** `inputs`: absolute paths. A handler that is not of this repository is not kept. */
export function storeBundle(entry: string, text: string, inputs: readonly string[]): void {
  const paths = [...inputs.map((path) => relative(REPOSITORY, path)), ...deciding()]
  if (paths.some((path) => path.startsWith('..') || isAbsolute(path))) return
  const file = keptFile(entry)
  const unfinished = `${file}.${process.pid}`
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(unfinished, JSON.stringify({ sources: Object.fromEntries(paths.map((path) => [path, digestOf(path) ?? ''])), text }))
  renameSync(unfinished, file)
}

export const keptFile = (entry: string) => join(CACHE, `${createHash('sha256').update(entry).digest('hex').slice(0, 32)}.json`)

const deciding = () => globSync(DECIDES, { cwd: REPOSITORY })

function isCurrent(sources: Readonly<Record<string, string>>): boolean {
  return deciding().every((path) => path in sources) && Object.entries(sources).every(([path, digest]) => digestOf(path) === digest)
}

function digestOf(path: string): string | undefined {
  const content = read(join(REPOSITORY, path))
  return content === undefined ? undefined : createHash('sha256').update(content).digest('hex')
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined // it is not there (any more)
  }
}

/** A file that somebody has cut short is none. */
function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch {
    return undefined
  }
}
