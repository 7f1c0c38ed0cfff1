// console/src/asked.ts: asks the cloud for what a page shows: at once, again every while, and when it is told to.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { failureOf, type Failure } from './failure.ts'

export interface Asked<T> {
  readonly value: T | undefined
  /** Of the last attempt; the value, if there is one, is an older one then. */
  readonly failure: Failure | undefined
  readonly at: Date | undefined
  readonly again: () => void
}

/** What takes long, as a fleet of ten thousand does, is asked less often: at most this part of the time. */
const SHARE = 10

export interface Asking {
  /** A change of it asks anew and forgets the former value. */
  readonly about: string
  readonly everyMs?: number
}

export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>, { about, everyMs }: Asking): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, 'again'> & { readonly about: string }>({ value: undefined, failure: undefined, at: undefined, about })
  const [turn, setTurn] = useState(0)
  const latest = useRef(ask)
  latest.current = ask
  useEffect(() => {
    const ending = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      const began = performance.now()
      try {
        const value = await latest.current(ending.signal)
        if (!ending.signal.aborted) setState({ value, failure: undefined, at: new Date(), about })
      } catch (error) {
        if (!ending.signal.aborted) setState((former) => ({ ...(former.about === about ? former : { value: undefined, at: undefined, about }), failure: failureOf(error) }))
      }
      if (everyMs !== undefined && !ending.signal.aborted) timer = setTimeout(() => void run(), Math.max(everyMs, SHARE * (performance.now() - began)))
    }
    void run()
    return () => {
      ending.abort()
      clearTimeout(timer)
    }
  }, [about, everyMs, turn])
  const again = useCallback(() => setTurn((former) => former + 1), [])
  return { ...(state.about === about ? state : { value: undefined, failure: undefined, at: undefined }), again }
}

/** Something that a person does: whether it is under way, and how it failed. */
export function useAction(): { readonly isUnderWay: boolean; readonly failure: Failure | undefined; readonly act: (work: () => Promise<void>) => Promise<boolean> } {
  const [isUnderWay, setUnderWay] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const act = useCallback(async (work: () => Promise<void>) => {
    setUnderWay(true)
    setFailure(undefined)
    try {
      await work()
      return true
    } catch (error) {
      setFailure(failureOf(error))
      return false
    } finally {
      setUnderWay(false)
    }
  }, [])
  return { isUnderWay, failure, act }
}
