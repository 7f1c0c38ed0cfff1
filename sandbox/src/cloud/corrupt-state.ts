// sandbox/src/cloud/corrupt-state.ts: keeps a copy of the state file when it cannot be read, so that starting afresh loses nothing for good.
import { existsSync, statSync } from 'node:fs'
import { copyDurably } from './durable-file.ts'

/** In the state folder. */
export const STATE_FILE = 'cloud.sqlite'

/** @returns the copy: `cloud.sqlite.corrupt-20261121T101500Z`, by the time of its last change, so that a second start makes no second copy */
export function keepCorruptState(file: string): string {
  const changed = statSync(file).mtime.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const copy = `${file}.corrupt-${changed}`
  for (const suffix of ['-wal', '']) {
    if (existsSync(file + suffix) && !existsSync(copy + suffix)) copyDurably(file + suffix, copy + suffix)
  }
  return copy
}
