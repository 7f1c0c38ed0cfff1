// e2e/outsiders/python-environment.ts: a Python virtual environment with pinned packages, made once in .cache/ and kept by the content of its requirements.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = fileURLToPath(new URL('../../.cache/python', import.meta.url))
const INSTALL_MS = 10 * 60_000

export type PythonEnvironment =
  /** `bin`: the folder of its programs (`python`, `aws`, `moto_server`). */
  | { readonly kind: 'ready'; readonly bin: string }
  /** One line for the user. */
  | { readonly kind: 'missing'; readonly why: string }

/** `requirementsFile` pins every package with its hashes (`pip-compile --generate-hashes`). */
export async function pythonEnvironment(requirementsFile: string): Promise<PythonEnvironment> {
  const digest = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex').slice(0, 16)
  const folder = join(CACHE, digest)
  const ready = { kind: 'ready', bin: join(folder, 'bin') } as const
  if (existsSync(join(folder, 'complete'))) return ready
  try {
    await make(folder, requirementsFile)
    return ready
  } catch (error) {
    return { kind: 'missing', why: reason(error) }
  }
}

/** Virtual environments cannot be moved, so that this one is made in its place; the mark `complete` comes last. */
async function make(folder: string, requirementsFile: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(CACHE, { recursive: true })
  await run('python3', ['-m', 'venv', folder])
  await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:', '-r', requirementsFile], { timeout: INSTALL_MS })
  writeFileSync(join(folder, 'making'), '')
  renameSync(join(folder, 'making'), join(folder, 'complete'))
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ENOENT') return 'there is no python3 on this machine'
  const said = 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : undefined
  return `a Python environment cannot be made here: ${said === undefined || said === '' ? error.message.split('\n')[0] : said}`
}
