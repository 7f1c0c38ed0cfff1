// sandbox/src/cloud/store/store.testing.ts: a state file whose process was killed.
import { cpSync } from 'node:fs'

/** A copy of what kill -9 would leave of this open file now: what was written, nothing that closing does. */
export function asAfterKill(file: string): string {
  const copy = `${file}.after-kill`
  for (const part of ['', '-wal']) cpSync(`${file}${part}`, `${copy}${part}`)
  return copy
}
