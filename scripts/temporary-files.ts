// scripts/temporary-files.ts: puts the temporary files of tests into memory where there is enough of it: most of the time of a test that cuts the power is a disk that syncs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ROOM_BYTES = 6 * 2 ** 30 // far more than a whole run leaves behind

/** For vitest's `globalSetup`: returns what tidies up. A TMPDIR that somebody has chosen stays. */
export default function temporaryFiles(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined) return undefined
  const folder = inMemory()
  if (folder === undefined) return undefined
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Undefined where there is no such folder, little room, or where nothing in it may be executed, as in a container of Docker's. */
function inMemory(): string | undefined {
  let folder: string | undefined
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    if (Math.min(bavail * bsize, freemem()) < ROOM_BYTES) return undefined
    folder = mkdtempSync(join(MEMORY, 'fw-'))
    writeFileSync(join(folder, 'true'), '#!/bin/sh\n', { mode: 0o700 })
    execFileSync(join(folder, 'true'))
    return folder
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    return undefined
  }
}
