// components/health/src/log-book.ts: minutes that the cloud does not have yet: in memory as they come, on the disk now and then, 24 hours of them at most.
import { MINUTE_MS, MOST_MINUTES_KEPT } from '@fleet/contract/health'
import type { Clock } from '@fleet/device-runtime/clock'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { Log } from '@fleet/log'
import * as z from 'zod'
import { jsonOf } from './json.ts'
import type { Minute } from './roll-up.ts'

const Kept = z.object({
  sequence: z.int().positive(),
  at: z.iso.datetime(),
  /** Of the kernel's start, by the clock that never jumps, s; of an earlier start it says nothing any more. */
  bootId: z.string(),
  monotonicMs: z.number(),
  minute: z.record(z.string(), z.unknown()),
})
const Book = z.object({ sequence: z.int().nonnegative(), lost: z.int().nonnegative(), minutes: z.array(Kept) })
type Book = z.infer<typeof Book>

export interface Pending {
  readonly sequence: number
  readonly entry: { readonly sequence: number; readonly at: string } & Readonly<Record<string, unknown>>
}

export interface LogBook {
  /** Minutes that had to make room, since the device was made. */
  readonly lost: number
  add(minute: Minute): void
  /** Oldest first, with the times at which they happened, as the clock has them now: it may have been set meanwhile. */
  pending(): readonly Pending[]
  drop(through: number): void
  /** A full disk is no reason to stop: what is in memory goes on, and the next time may work. */
  save(): Promise<void>
}

export interface LogBookOptions {
  readonly files: FileStore
  readonly clock: Clock
  readonly log: Log
  readonly bootId: string
}

const FILE = 'minutes.json'

export async function openLogBook({ files, clock, log, bootId }: LogBookOptions): Promise<LogBook> {
  let book = (await read(files, log)) ?? { sequence: 0, lost: 0, minutes: [] }
  let isFull = false
  return {
    get lost() {
      return book.lost
    },
    add(minute) {
      const sequence = book.sequence + 1
      const minutes = [...book.minutes, { sequence, at: beginOf(clock.now()), bootId, monotonicMs: clock.monotonicMs(), minute }]
      const tooMany = Math.max(0, minutes.length - MOST_MINUTES_KEPT)
      book = { sequence, lost: book.lost + tooMany, minutes: minutes.slice(tooMany) }
    },
    pending: () =>
      book.minutes.map(({ sequence, at, minute, ...kept }) => {
        const corrected = kept.bootId === bootId ? beginOf(new Date(clock.now().getTime() - (clock.monotonicMs() - kept.monotonicMs))) : at
        return { sequence, entry: { sequence, at: corrected, ...minute } }
      }),
    drop(through) {
      book = { ...book, minutes: book.minutes.filter(({ sequence }) => sequence > through) }
    },
    async save() {
      try {
        await files.replace(FILE, JSON.stringify(book))
        isFull = false
      } catch (why) {
        if (!isFull) log.warn('minutes not kept on the disk; they are in memory, and tried again', { why })
        isFull = true
      }
    },
  }
}

/** The minute that has just ended. */
const beginOf = (end: Date) => new Date(end.getTime() - MINUTE_MS).toISOString()

async function read(files: FileStore, log: Log): Promise<Book | undefined> {
  const text = await files.read(FILE)
  if (text === undefined) return undefined
  const parsed = Book.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  log.warn('minutes unreadable, begun anew', { kept: await files.setAside(FILE), why: parsed.error.message })
  return undefined
}
