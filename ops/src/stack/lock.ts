// ops/src/stack/lock.ts: one run at a time for a stack. The operating system lets the lock go when its holder dies, however it dies.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FleetError } from '@fleet/contract/errors'

/** Takes the lock, or says who holds it. SQLite's exclusive transaction is the file lock that Node itself does not offer. @throws FleetError STACK_LOCKED */
export function lock(file: string): Disposable {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (!isBusy(cause)) throw cause
    throw new FleetError('STACK_LOCKED', `another run holds ${file}${holder(file)}`, 'Wait for it to end, or end it; the lock goes with it.', { cause })
  }
  writeFileSync(`${file}.holder`, String(process.pid))
  return { [Symbol.dispose]: () => database.close() }
}

/** SQLITE_BUSY (sqlite.org/rescode.html) */
const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === 5

function holder(file: string): string {
  try {
    return ` (process ${readFileSync(`${file}.holder`, 'utf8')})`
  } catch {
    return '' // it has just begun
  }
}
