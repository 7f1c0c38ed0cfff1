// os-image/test/uefi/patience.ts: waits for what may never come, and says then what it was.

/** Emulated, on a machine that has other work. */
const PATIENCE_MS = 30 * 60_000

/** @param begin starts to look; what it answers ends that. @throws when it takes too long, with `words` of whoever was waited for */
export async function withPatience<Result>(what: string, begin: (resolve: (result: Result) => void, reject: (error: Error) => void) => () => unknown, words: () => string = () => ''): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const tooLate = setTimeout(() => reject(new Error(`waited ${PATIENCE_MS / 60_000} minutes for ${what}\n${words()}`)), PATIENCE_MS)
  const end = begin(resolve, reject)
  return await promise.finally(() => {
    clearTimeout(tooLate)
    end()
  })
}
