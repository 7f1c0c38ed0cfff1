// components/os-update/src/host.ts: what component and host unit (os-image/os-update) say to each other, in three small files.
import type { OsUpdateWish } from '@fleet/contract/os-update'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { Answer } from './update-once.ts'

/** Ours: `update`, the id, and whether it may reboot. */
const REQUEST = 'request'
/** The host's: a state, the id, the attempt, and for a person why; `done` has two words more: how many packages have changed, and what of the reboot. */
const ANSWER = 'answer'
/** The host's, there when it is done: one changed package a line: name, former version, new version; `-` for a package that was not there. */
const CHANGES = 'changes'

/** Written again also when it says so already: the change of the file wakes the host unit, which may have slept through the first. */
export const ask = (files: FileStore, { id, reboot }: OsUpdateWish): Promise<void> => files.replace(REQUEST, `update ${id} ${reboot}\n`)

/** What was asked for is not wished any more; what has begun goes on. */
export const withdraw = (files: FileStore): Promise<void> => files.remove(REQUEST)

const LINE = /^(waiting|updating|rebooting|failed|done) ([\w.-]{1,64}) (\d{1,6})(?: (.{1,300}))?\n$/

/** What the host unit says last; undefined when it has said nothing yet, or nothing that can be read. */
export async function hostAnswer(host: Pick<FileStore, 'read'>): Promise<Answer | undefined> {
  const [, state, id, attempt, rest] = LINE.exec((await host.read(ANSWER)) ?? '') ?? []
  if (state === undefined || id === undefined) return undefined
  const known = { id, attempt: Number(attempt) }
  if (state !== 'done') return { ...known, state: state as Exclude<Answer['state'], 'done'>, ...(rest !== undefined && { why: rest }) } // one of the words of LINE
  const [, changed, reboot] = /^(\d{1,6}) (complete|reboot-pending)$/.exec(rest ?? '') ?? []
  if (changed === undefined) return undefined
  return { ...known, state: 'done', changed: Number(changed), rebootPending: reboot === 'reboot-pending', packages: packagesIn((await host.read(CHANGES)) ?? '') }
}

const MOST_PACKAGES = 40 // a shadow holds 8 kB

function packagesIn(changes: string): string[] {
  const lines = changes.split('\n').flatMap((line) => {
    const [, name, before, now] = /^([\w.+:-]{1,60}) (\S{1,40}) (\S{1,40})$/.exec(line) ?? []
    return name === undefined ? [] : [before === '-' ? `${name} ${now ?? ''} (new)` : `${name} ${before ?? ''} → ${now ?? ''}`]
  })
  return lines.slice(0, MOST_PACKAGES)
}
