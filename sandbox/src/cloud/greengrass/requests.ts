// sandbox/src/cloud/greengrass/requests.ts: client tokens: a request that is sent again has no second effect.
import type { Clock } from '../clock.ts'
import { keyOf, type Store } from '../store/store.ts'

/** API reference, `clientToken`: such requests stay idempotent for 8 hours. */
const LIFE_MS = 8 * 60 * 60_000

export interface Requests {
  /** Runs `work` once per token; later calls get the first one's result. */
  once<T>(clientToken: string | undefined, operation: string, work: () => T): T
  onceAsync<T>(clientToken: string | undefined, operation: string, work: () => Promise<T>): Promise<T>
}

export function requestsIn(store: Store, clock: Clock): Requests {
  const table = store.table<{ readonly at: Date; readonly result: unknown }>('greengrass_requests')
  const underWay = new Map<string, Promise<unknown>>()
  const known = (key: string) => {
    const request = table.get(key)
    return request && clock.now().getTime() - request.at.getTime() < LIFE_MS ? request : undefined
  }
  for (const [key] of table.all()) if (!known(key)) table.delete(key)
  return {
    once<T>(clientToken: string | undefined, operation: string, work: () => T): T {
      if (clientToken === undefined) return work()
      const key = keyOf(operation, clientToken)
      const request = known(key)
      if (request) return request.result as T // stored below, by the same operation
      return store.transaction(() => {
        const result = work()
        table.put(key, { at: clock.now(), result })
        return result
      })
    },
    async onceAsync<T>(clientToken: string | undefined, operation: string, work: () => Promise<T>): Promise<T> {
      if (clientToken === undefined) return work()
      const key = keyOf(operation, clientToken)
      const request = known(key)
      if (request) return request.result as T // stored below, by the same operation
      const running = underWay.get(key) ?? work().then((result) => (table.put(key, { at: clock.now(), result }), result)).finally(() => underWay.delete(key))
      underWay.set(key, running)
      return running as Promise<T> // started above, by the same operation
    },
  }
}
