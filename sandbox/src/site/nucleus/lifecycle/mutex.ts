// sandbox/src/site/nucleus/lifecycle/mutex.ts: one piece of work after the other.

export type Mutex = <T>(work: () => Promise<T>) => Promise<T>

export function mutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work)
    last = next.catch(() => {}) // whoever asked for it hears of its failure
    return next
  }
}
