// bench/src/processes.ts: what processes take of the machine's memory, read from /proc (Linux) or from ps (elsewhere).
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Megabytes of 10⁶ bytes. */
export interface Memory {
  readonly rssMb: number
  /** Undefined where the system does not tell it. */
  readonly pssMb: number | undefined
}

export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

const KB = 1024 / 1e6 // kibibytes, as both sources count, in megabytes

export function memoryOf(pids: readonly number[]): Memory {
  const each = pids.map(memoryOfOne)
  const pss = each.map(({ pssMb }) => pssMb)
  return { rssMb: sum(each.map(({ rssMb }) => rssMb)), pssMb: pss.every((mb) => mb !== undefined) ? sum(pss) : undefined }
}

/** The process itself, and all that descend from it. */
export function treeOf(root: number): readonly ProcessRow[] {
  const all = allProcesses()
  const family = all.filter(({ pid }) => pid === root)
  for (const { pid } of family) family.push(...all.filter(({ parent }) => parent === pid)) // grows while it is walked
  return family
}

function memoryOfOne(pid: number): Memory {
  if (process.platform !== 'linux') return { rssMb: Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * KB, pssMb: undefined }
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * KB
  return { rssMb: field('Rss'), pssMb: field('Pss') }
}

function allProcesses(): ProcessRow[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n')
    return lines.flatMap((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
    })
  }
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => linuxProcess(Number(name)) ?? [])
}

function linuxProcess(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // after the name, which may contain anything: state, parent
    return { pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }
  } catch {
    return undefined // it has ended meanwhile
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

const TICKS_PER_SECOND = 100 // USER_HZ, the same on every Linux that Node.js runs on

/** User and system time so far; NaN where the system does not tell it. */
export function cpuSecondsOf(pid: number): number {
  if (process.platform !== 'linux') return NaN
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND // utime, stime: fields 14 and 15 of proc_pid_stat(5)
}
