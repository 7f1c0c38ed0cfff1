// sandbox/src/story/log-file.ts: a file of log lines that does not grow for ever: when it is full, it becomes the former one.
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface LogFile extends Disposable {
  write(line: string): void
}

const MOST_BYTES = 10_000_000

/** `<file>.former` is the one before. Written at once, so that the last line of a process that is killed is there. */
export function openLogFile(file: string, mostBytes = MOST_BYTES): LogFile {
  mkdirSync(dirname(file), { recursive: true })
  let handle = openSync(file, 'w')
  let bytes = 0
  return {
    write(line) {
      if (bytes > mostBytes) {
        closeSync(handle)
        renameSync(file, `${file}.former`)
        handle = openSync(file, 'w')
        bytes = 0
      }
      bytes += writeSync(handle, `${line}\n`)
    },
    [Symbol.dispose]: () => closeSync(handle),
  }
}
