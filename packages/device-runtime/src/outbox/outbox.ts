// packages/device-runtime/src/outbox/outbox.ts: a component's state and what happened to it, written together and kept until the cloud has it.
import type { Log } from '@fleet/log'
import * as z from 'zod'
import type { FileStore } from '../files/file-store.ts'

/** An event with its number: 1 for the first since the device was made, never used twice. */
export interface Numbered<Event> {
  readonly sequence: number
  readonly event: Event
}

export interface Outbox<State, Event> {
  readonly state: State
  /** Number of the latest event. */
  readonly sequence: number
  /** Events that had to make room for newer ones before the cloud could be reached, since the device was made. */
  readonly lost: number
  /** Events that were not dropped yet, oldest first. */
  readonly pending: readonly Numbered<Event>[]
  /** Resolves when the new state and the events that led to it are on the disk. */
  record(state: State, ...events: readonly Event[]): Promise<void>
  /** The cloud has these events, up to the one with this number. */
  drop(through: number): Promise<void>
}

export interface OutboxOptions<State, Event> {
  readonly files: FileStore
  readonly name: string
  readonly state: z.ZodType<State>
  readonly event: z.ZodType<Event>
  /** State of a device that was just made. */
  readonly initial: State
  readonly log: Log
}

interface Content<State, Event> {
  readonly state: State
  readonly sequence: number
  readonly lost: number
  readonly events: readonly Numbered<Event>[]
}

const MOST_EVENTS = 1000 // some 100 kB, rewritten with each event while the cloud is out of reach

export async function openOutbox<State, Event>({ files, name, state, event, initial, log }: OutboxOptions<State, Event>): Promise<Outbox<State, Event>> {
  const Schema = z.object({ state, sequence: z.int().nonnegative(), lost: z.int().nonnegative(), events: z.array(z.object({ sequence: z.int(), event })) })
  let content: Content<State, Event> = (await readContent()) ?? { state: initial, sequence: 0, lost: 0, events: [] }
  let writing: Promise<void> = Promise.resolve()

  /** One write at a time, each on top of the one before; what is not on the disk is not shown. */
  function write(change: (before: Content<State, Event>) => Content<State, Event>): Promise<void> {
    const written = writing.then(async () => {
      const changed = change(content)
      await files.replace(name, JSON.stringify(changed))
      content = changed
    })
    writing = written.catch(() => {}) // told to who asked for that write; the next one is on its own
    return written
  }

  async function readContent(): Promise<Content<State, Event> | undefined> {
    const text = await files.read(name)
    if (text === undefined) return undefined
    const read = Schema.safeParse(json(text))
    if (read.success) return read.data
    const aside = await files.setAside(name)
    log.warn('state unreadable, begun anew', { file: name, kept: aside, why: read.error.message })
    return undefined
  }

  return {
    get state() {
      return content.state
    },
    get sequence() {
      return content.sequence
    },
    get lost() {
      return content.lost
    },
    get pending() {
      return content.events
    },
    record: (state, ...events) => write((before) => events.reduce(withEvent, { ...before, state })),
    drop: (through) => write((before) => ({ ...before, events: before.events.filter(({ sequence }) => sequence > through) })),
  }
}

function withEvent<State, Event>(before: Content<State, Event>, event: Event): Content<State, Event> {
  const sequence = before.sequence + 1
  const events = [...before.events, { sequence, event }]
  const tooMany = Math.max(0, events.length - MOST_EVENTS)
  return { ...before, sequence, lost: before.lost + tooMany, events: events.slice(tooMany) }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // refused by the schema
  }
}
