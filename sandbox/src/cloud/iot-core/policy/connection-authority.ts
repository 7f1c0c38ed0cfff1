// sandbox/src/cloud/iot-core/policy/connection-authority.ts: what one connection may do, remembered until the registry changes.
import { arn, type Account } from '../../account.ts'
import type { ClientIdentity, ConnectionFacts, IotAction } from './identity.ts'

export interface ConnectionAuthority {
  mayPublish(topic: string): boolean
  mayRetain(topic: string): boolean
  maySubscribe(filter: string): boolean
  readonly mayReceive: (topic: string) => boolean
  /** Policies, things or the certificate changed: decide anew. */
  forget(): void
}

/** A connection that names ever new topics must not grow this without end. */
const REMEMBERED = 1000

export function connectionAuthority(identity: ClientIdentity, account: Account, facts: ConnectionFacts): ConnectionAuthority {
  const caches: Map<string, boolean>[] = []
  const remember = (action: IotAction, resourceType: string) => {
    const cache = new Map<string, boolean>()
    caches.push(cache)
    return (name: string) => {
      const known = cache.get(name)
      if (known !== undefined) return known
      const allowed = identity.permits(action, arn('iot', account, `${resourceType}/${name}`), facts)
      if (cache.size >= REMEMBERED) cache.clear()
      cache.set(name, allowed)
      return allowed
    }
  }
  return {
    mayPublish: remember('iot:Publish', 'topic'),
    mayRetain: remember('iot:RetainPublish', 'topic'),
    maySubscribe: remember('iot:Subscribe', 'topicfilter'),
    mayReceive: remember('iot:Receive', 'topic'),
    forget: () => caches.forEach((cache) => cache.clear()),
  }
}
