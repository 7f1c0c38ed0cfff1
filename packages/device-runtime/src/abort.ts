// packages/device-runtime/src/abort.ts: waiting that ends with an AbortSignal and leaves no listener behind.

/** A promise for what `begin` resolves, or the signal's reason. What `begin` returns is called in the end, whichever way it ends. */
export function abortable<T>(signal: AbortSignal, begin: (resolve: (value: T) => void, reject: (error: Error) => void) => () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.throwIfAborted()
    let end = () => {}
    const finish = () => {
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const onAbort = () => {
      finish()
      reject(signal.reason as Error) // what abort() was given; an Error throughout this repository
    }
    end = begin(
      (value) => (finish(), resolve(value)),
      (error) => (finish(), reject(error)),
    )
    signal.addEventListener('abort', onAbort)
  })
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Whether this error only says that the signal aborted. Node's own functions wrap the reason in an AbortError. */
export function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError')
}
