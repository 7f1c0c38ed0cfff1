// sandbox/src/site/nucleus/lifecycle/process-groups.ts: which processes of components run, on file, so that who cuts the power can end them.
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, readText } from '../durable-file.ts'
import { signalGroup } from './process-signal.ts'

export interface ProcessGroups {
  readonly add: (group: number) => void
  readonly remove: (group: number) => void
}

/** Components run in sessions of their own, so a signal to the nucleus's group does not reach them. */
export function processGroups(file: string): ProcessGroups {
  const groups = new Set<number>()
  makeFolder(dirname(file))
  const write = () => writeFileSync(file, [...groups].map((group) => `${group}\n`).join(''))
  write()
  return {
    add(group) {
      groups.add(group)
      write()
    },
    remove(group) {
      if (groups.delete(group)) write()
    },
  }
}

/** Ends what a nucleus left running that was killed itself, at once: only right after that, before the numbers are used again. */
export function killProcessGroups(file: string): void {
  for (const line of readText(file)?.split('\n') ?? []) if (/^\d+$/.test(line)) signalGroup(Number(line), 'SIGKILL')
}
