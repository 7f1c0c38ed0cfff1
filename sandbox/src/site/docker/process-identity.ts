// sandbox/src/site/docker/process-identity.ts: tells whether a process is still the one that it was: ids are used again.
import { readFileSync } from 'node:fs'
import { hasCode } from '../system-error.ts'

export interface ProcessIdentity {
  readonly pid: number
  /** When it was started, in clock ticks since the machine's boot (proc(5), stat field 22); empty where there is no /proc. Survives execve. */
  readonly startedAt: string
}

export const identityOf = (pid: number): ProcessIdentity => ({ pid, startedAt: startOf(pid) })

export const isStill = ({ pid, startedAt }: ProcessIdentity): boolean => isAlive(pid) && startOf(pid) === startedAt

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM') // it lives and is someone else's
  }
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' // the name before may hold blanks and brackets
  } catch {
    return '' // macOS, or it has just ended
  }
}
