// sandbox/src/site/log-manager/log-files.ts: the log files of one source, oldest first, and how far each was uploaded.
import { createHash } from 'node:crypto'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../system-error.ts'
import type { LogSource } from './settings.ts'

/** Offset by the file's own mark: a full file is renamed, so its name does not tell which it is. */
export type Uploaded = Readonly<Record<string, number>>

export interface LogFile {
  readonly path: string
  /** SHA-256 of its first line, or of its first KiB when that is longer. */
  readonly mark: string
  readonly size: number
}

const MARK_BYTES = 1024
const MOST_READ_BYTES = 4 * 1_048_576

export async function logFiles(logs: string, { folder = logs, file }: LogSource): Promise<readonly LogFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => file.test(name))
  const files = await Promise.all(names.map((name) => look(join(folder, name))))
  // A file system counts time in steps of some milliseconds; of two alike the active file, with the shorter name, is the later.
  return files.filter((found) => found !== undefined).sort((a, b) => a.changedMs - b.changedMs || b.path.length - a.path.length)
}

/** What is in the file from this offset on. */
export async function readFrom({ path, size }: LogFile, offset: number): Promise<Buffer> {
  await using handle = await open(path, 'r')
  return await read(handle, offset, Math.min(size - offset, MOST_READ_BYTES))
}

async function look(path: string): Promise<(LogFile & { changedMs: number }) | undefined> {
  try {
    await using handle = await open(path, 'r')
    const { size, mtimeMs } = await stat(path)
    const head = await read(handle, 0, Math.min(size, MARK_BYTES))
    const feed = head.indexOf(10)
    if (feed < 0 && size < MARK_BYTES) return undefined // no whole line yet, so no mark that would stay
    const mark = createHash('sha256').update(feed < 0 ? head : head.subarray(0, feed + 1)).digest('hex')
    return { path, mark, size, changedMs: mtimeMs }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined // rotated away since it was listed
    throw error
  }
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}
