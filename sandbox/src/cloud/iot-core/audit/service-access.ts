// sandbox/src/cloud/iot-core/audit/service-access.ts: when the sessions of a role last used each service, as IAM's «last accessed information» has it.
import type { Clock } from '../../clock.ts'
import type { Principal } from '../../service.ts'
import { keyOf, type Store } from '../../store/store.ts'

export interface ServiceAccess {
  /** To be called for every request that a role session was allowed. */
  readonly note: (principal: Principal, service: string) => void
  lastUse(roleName: string, service: string): Date | undefined
}

/** IAM itself is no more exact than hours. */
const RESOLUTION_MS = 3_600_000

export function serviceAccess({ store, clock }: { readonly store: Store; readonly clock: Clock }): ServiceAccess {
  const table = store.table<Date>('iam_service_access')
  const noted = new Map<string, number>()
  return {
    note(principal, service) {
      if (principal.kind !== 'role-session') return
      const key = keyOf(principal.roleName, service)
      const now = clock.now()
      if (now.getTime() - (noted.get(key) ?? -Infinity) < RESOLUTION_MS) return
      noted.set(key, now.getTime())
      table.put(key, now)
    },
    lastUse: (roleName, service) => table.get(keyOf(roleName, service)),
  }
}
