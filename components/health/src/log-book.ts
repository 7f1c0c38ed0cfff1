// components/health/src/log-book.ts: minutes that the cloud does not have yet: on the disk as they come, 24 hours of them at most.
import { MOST_MINUTES_KEPT } from '@fleet/contract/health'
import type { Clock } from '@fleet/device-runtime/clock'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import type { Log } from '@fleet/log'
import * as z from 'zod'
import { jsonOf } from './json.ts'
import type { Minute } from './roll-up.ts'

const Kept = z.object({
  sequence: z.int().positive(),
  /** When it began, by the clock that may be wrong; and by the one that never jumps, of this start of the kernel, ms: of an earlier start it says nothing any more. */
  at: z.iso.datetime(),
  bootId: z.string(),
  monotonicMs: z.number(),
  minute: z.record(z.string(), z.unknown()),
})
type Kept = z.infer<typeof Kept>
const Book = z.object({ sequence: z.int().nonnegative(), lost: z.int().nonnegative(), minutes: z.array(Kept) })
type Book = z.infer<typeof Book>

export interface Pending {
  readonly sequence: number
  readonly entry: { readonly sequence: number; readonly at: string } & Readonly<Record<string, unknown>>
}

export interface LogBook {
  /** Minutes that had to make room, since the device was made. */
  readonly lost: number
  /** On the disk when this resolves. A full disk is no reason to stop: what is in memory goes on, and the next time may work. */
  add(minute: Minute, began: Began): Promise<void>
  /** Oldest first, with the times at which they happened: as they were noted, unless the clock has been set since; then as it has them now. */
  pending(): readonly Pending[]
  /** The cloud has those up to this number. */
  drop(through: number): Promise<void>
}

/** The same instant by both clocks. */
export interface Began {
  readonly at: Date
  readonly monotonicMs: number
}

export interface LogBookOptions {
  readonly files: FileStore
  readonly clock: Clock
  readonly log: Log
  readonly bootId: string
}

/** All minutes, some 200 kB at most: written now and then. */
const BOOK = 'minutes.json'
/** Those that are not in the book yet: written with each. */
const LATEST = 'latest-minutes.json'
/** Then they are written into the book: LATEST stays a few kB, and the whole day is written twice an hour at most. */
const MOST_LATEST = 30

/** The two clocks are read one after the other and round: less apart than this, they agree. The cloud keeps a minute under its time: sent again with another, it would be there twice. */
const SET_MS = 1000

export async function openLogBook({ files, clock, log, bootId }: LogBookOptions): Promise<LogBook> {
  const written = (await read(BOOK, Book)) ?? { sequence: 0, lost: 0, minutes: [] }
  let book = withLatest(written, (await read(LATEST, z.array(Kept))) ?? [])
  /** Number of the last minute that is in the book's file. */
  let inBook = written.sequence
  let isFull = false

  /** Whenever the power goes, the two files together have every minute that either had: a number that is in both is the same minute. */
  async function save({ wholly }: { readonly wholly: boolean }): Promise<void> {
    const latest = book.minutes.filter(({ sequence }) => sequence > inBook)
    try {
      if (wholly || latest.length >= MOST_LATEST) {
        await files.replace(BOOK, JSON.stringify(book))
        inBook = book.sequence
      } else await files.replace(LATEST, JSON.stringify(latest))
      isFull = false
    } catch (why) {
      if (!isFull) log.warn('minutes not kept on the disk; they are in memory, and tried again', { why })
      isFull = true
    }
  }

  async function read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await files.read(name)
    if (text === undefined) return undefined
    const parsed = schema.safeParse(jsonOf(text))
    if (parsed.success) return parsed.data
    log.warn('minutes unreadable, begun anew', { kept: await files.setAside(name), why: parsed.error.message })
    return undefined
  }

  /** With the time that the clock has for it now, if it has been set since. */
  function timed(kept: Kept): Kept {
    const byNow = clock.now().getTime() - (clock.monotonicMs() - kept.monotonicMs)
    const wasSet = kept.bootId === bootId && Math.abs(byNow - new Date(kept.at).getTime()) > SET_MS
    return wasSet ? { ...kept, at: new Date(byNow).toISOString() } : kept
  }

  return {
    get lost() {
      return book.lost
    },
    add(minute, { at, monotonicMs }) {
      book = withLatest(book, [{ sequence: book.sequence + 1, at: at.toISOString(), bootId, monotonicMs, minute }])
      return save({ wholly: false })
    },
    pending() {
      book = { ...book, minutes: book.minutes.map(timed) }
      return book.minutes.map(({ sequence, at, minute }) => ({ sequence, entry: { sequence, at, ...minute } }))
    },
    async drop(through) {
      const minutes = book.minutes.filter(({ sequence }) => sequence > through)
      if (minutes.length === book.minutes.length) return
      book = { ...book, minutes }
      await save({ wholly: true })
    },
  }
}

/** Of minutes that are in the book already the book's count. */
function withLatest({ sequence, lost, minutes }: Book, latest: readonly Kept[]): Book {
  const all = [...minutes, ...latest.filter((each) => each.sequence > sequence)]
  const tooMany = Math.max(0, all.length - MOST_MINUTES_KEPT)
  return { sequence: Math.max(sequence, latest.at(-1)?.sequence ?? 0), lost: lost + tooMany, minutes: all.slice(tooMany) }
}
