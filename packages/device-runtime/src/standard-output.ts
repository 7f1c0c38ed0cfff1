// packages/device-runtime/src/standard-output.ts: writes the lines of a component's log.
import { writeSync } from 'node:fs'

const FULL_MS = 5

/**
 * As `process.stdout` does on Linux it returns when the line is written, also to a pipe; but that would bring Node's sockets into the memory of every
 * component. Whoever shares the pipe may have made it one that does not wait: then we wait.
 */
export function writeLine(line: string): void {
  const bytes = Buffer.from(`${line}\n`)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS)
    }
  }
}
