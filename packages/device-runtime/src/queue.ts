// packages/device-runtime/src/queue.ts: items from who pushes to the one who iterates.
export interface Queue<T> extends AsyncIterable<T> {
  readonly push: (item: T) => void
  /** The items until the signal aborts, which ends the queue. */
  until(signal: AbortSignal): AsyncIterable<T>
  /** Iteration ends after what was pushed; with an error it throws it then. */
  readonly end: (error?: Error) => void
}

export function queue<T>(): Queue<T> {
  const items: T[] = []
  let ended: { readonly error: Error | undefined } | undefined
  let wake = () => {}
  const changed = () => new Promise<void>((resolve) => (wake = resolve))
  const end = (error?: Error) => {
    ended ??= { error }
    wake()
  }
  async function* iterate(): AsyncGenerator<T> {
    for (;;) {
      while (items.length > 0) yield items.shift() as T // there is one; T itself may be undefined
      if (ended?.error !== undefined) throw ended.error
      if (ended !== undefined) return
      await changed()
    }
  }
  return {
    end,
    push(item) {
      if (ended === undefined) items.push(item)
      wake()
    },
    until(signal) {
      if (signal.aborted) end()
      signal.addEventListener('abort', () => end(), { once: true })
      return iterate()
    },
    [Symbol.asyncIterator]: iterate,
  }
}
