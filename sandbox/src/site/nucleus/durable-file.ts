// sandbox/src/site/nucleus/durable-file.ts: files that are whole whenever the power goes: written aside, flushed, renamed, folder flushed.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Afterwards the file has this content for good; cut off at any instant it has the old or the new. Blocks: callers go on only when it is durable. */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w', mode)
  try {
    writeAll(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  flushFolder(dirname(path))
}

/** Makes the folder and its parents, durably. */
export function makeFolder(path: string, mode = 0o755): void {
  const made = mkdirSync(path, { recursive: true, mode })
  if (made !== undefined) flushFolder(dirname(made))
}

/** rename(2) and creat(2) are atomic but not durable by themselves. */
export function flushFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

export function writeAll(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

/** undefined when there is no such file. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
