// sandbox/src/site/nucleus/lifecycle/process-signal.ts: signals to all processes of a group at once.
import { readdirSync, readFileSync } from 'node:fs'

/** Answers whether there was any. Signal 0 only asks. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ESRCH') return false
    if (code === 'EPERM') return true // there is one, of another user
    throw error
  }
}

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 }

/** As a shell tells of a process that a signal ended: 128 and its number. */
export const exitCodeOf = (signal: NodeJS.Signals | null): number => 128 + ((signal && NUMBERS[signal]) ?? 0)

/** Whether any process of the group runs. Those that have ended and that nobody has waited for do not count: in many a container nobody ever does. */
export function hasRunning(group: number): boolean {
  if (!signalGroup(group, 0)) return false
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isRunningMember(name, group))
}

/** proc(5): after the name in parentheses come state, parent and group. */
function isRunningMember(process: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
    const [state = '', , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(processGroup) === group && state !== 'Z' && state !== 'X'
  } catch {
    return false // it has ended meanwhile
  }
}
