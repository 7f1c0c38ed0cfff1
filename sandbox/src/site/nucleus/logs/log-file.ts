// sandbox/src/site/nucleus/logs/log-file.ts: one of the nucleus's log files: full at 1 MiB, then renamed; the oldest go at 10 MiB.
import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../durable-file.ts'

export interface LogFile {
  readonly write: (line: string) => void
  readonly close: () => void
}

const FULL_BYTES = 1024 * 1024 // `logging.fileSizeKB` of the nucleus: 1024
const KEPT_BYTES = 10 * FULL_BYTES // `logging.totalLogsSizeKB`: 10240

/** `<folder>/<name>.log`; full ones are `<name>_2026_11_21_03_0.log`, by hour and count. */
export function openLogFile(folder: string, name: string, now: () => Date): LogFile {
  makeFolder(folder)
  const path = join(folder, `${name}.log`)
  let file = openSync(path, 'a')
  let size = fstatSync(file).size
  let isClosed = false
  const rotate = () => {
    closeSync(file)
    renameSync(path, fullName(folder, name, now()))
    dropOldest(folder, name)
    file = openSync(path, 'a')
    size = 0
  }
  return {
    write(line) {
      if (isClosed) return
      const bytes = Buffer.from(`${line}\n`)
      if (size + bytes.length > FULL_BYTES && size > 0) rotate()
      writeSync(file, bytes)
      size += bytes.length
    },
    close() {
      if (!isClosed) closeSync(file)
      isClosed = true // what was under way when the nucleus ended has nothing more to say
    },
  }
}

function fullName(folder: string, name: string, at: Date): string {
  const hour = at.toISOString().slice(0, 13).replaceAll(/[-T]/g, '_')
  const taken = new Set(readdirSync(folder))
  let count = 0
  while (taken.has(`${name}_${hour}_${count}.log`)) count++
  return join(folder, `${name}_${hour}_${count}.log`)
}

function dropOldest(folder: string, name: string): void {
  const isFull = (file: string) => file.startsWith(`${name}_`) && /_\d{4}(_\d\d){3}_\d+\.log$/.test(file)
  const full = readdirSync(folder).filter(isFull).map((file) => ({ path: join(folder, file), ...timesOf(join(folder, file)) }))
  full.sort((one, other) => other.changedAt - one.changedAt)
  let kept = 0
  for (const { path, size } of full) {
    kept += size
    if (kept > KEPT_BYTES) rmSync(path)
  }
}

function timesOf(path: string): { readonly size: number; readonly changedAt: number } {
  const { size, mtimeMs } = statSync(path)
  return { size, changedAt: mtimeMs }
}
