// console/src/pages/fleet/details.ts: what takes calls for each device: asked for when it is in sight, or when the table is sorted by it; remembered while the table is shown.
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Cloud } from '../../cloud/clients.ts'
import type { Component } from '../../cloud/components.ts'
import { certificatesOf, type Device } from '../../cloud/fleet.ts'
import { ageDays } from '../../time.ts'

export interface Details {
  readonly components: readonly Component[] | undefined
  readonly health: string | undefined
  readonly certificateDays: number | undefined
}

export interface DetailsBook {
  /** By serial number: what has been answered until now. */
  readonly known: ReadonlyMap<string, Details>
  /** Three calls for each device, once. */
  readonly ask: (serial: string) => Promise<Details>
}

/** Greengrass's client comes when the first row is there. */
const loadComponents = () => import('../../cloud/components.ts')

export function detailsOf(cloud: Cloud): DetailsBook {
  const asked = new Map<string, Promise<Details>>()
  const known = new Map<string, Details>()
  const ask = async (serial: string): Promise<Details> => {
    const ofGreengrass = loadComponents().then(({ componentsOf, healthOf }) => Promise.all([componentsOf(cloud, serial), healthOf(cloud, serial)])).catch(() => []) // no core device yet
    const [[components, health], [newest]] = await Promise.all([ofGreengrass, certificatesOf(cloud, serial)])
    return { components, health, certificateDays: newest?.madeAt && ageDays(newest.madeAt) }
  }
  return {
    known,
    ask(serial) {
      const former = asked.get(serial)
      if (former) return former
      const now = ask(serial)
      asked.set(serial, now)
      now.then((details) => known.set(serial, details), () => asked.delete(serial))
      return now
    },
  }
}

export interface ShownDetails {
  /** A new map whenever more is known. */
  readonly known: DetailsBook['known']
  /** These are in sight: what is not known of them is asked for. */
  readonly see: (devices: readonly Device[]) => void
}

/** AWS allows ten calls of most kinds a second: a large fleet takes its time, and shows how far it is. */
const AT_ONCE = 4
const DRAW_EVERY_MS = 500

/** @param all asked for one after the other: the table is sorted by what they answer */
export function useDetails(book: DetailsBook, all: readonly Device[] | undefined): ShownDetails {
  const [known, setKnown] = useState<DetailsBook['known']>(() => new Map(book.known)) // the book's own goes on to fill
  const draw = () => setKnown((former) => (former.size === book.known.size ? former : new Map(book.known)))
  useEffect(() => {
    if (all === undefined) return
    const waiting = all.flatMap(({ serial }) => (book.known.has(serial) ? [] : [serial]))
    const ending = new AbortController()
    const work = async () => {
      for (let serial = waiting.shift(); serial !== undefined && !ending.signal.aborted; serial = waiting.shift()) await book.ask(serial).catch(() => undefined) // stays unknown, and last
    }
    const timer = setInterval(draw, DRAW_EVERY_MS)
    void Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => ending.signal.aborted || draw())
    return () => {
      ending.abort()
      clearInterval(timer)
    }
  }, [book, all])
  const see = useCallback((devices: readonly Device[]) => {
    const unknown = devices.filter(({ serial }) => !book.known.has(serial))
    void Promise.allSettled(unknown.map(({ serial }) => book.ask(serial).then(draw))) // the table's own question says why one has failed
  }, [book])
  return { known, see }
}
