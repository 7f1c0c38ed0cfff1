// sandbox/src/cloud/iot-core/audit/identity-pool-use.ts: when somebody last connected to the message broker through each Cognito identity pool.
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'

export interface IdentityPoolUse {
  /** To be called when an identity of this pool has been let into the broker. */
  readonly note: (poolId: string) => void
  since(from: Date): readonly string[]
}

/** The checks look at 31 days; a console that reconnects each minute need not be written down each time. */
const RESOLUTION_MS = 3_600_000

export function identityPoolUse({ store, clock }: { readonly store: Store; readonly clock: Clock }): IdentityPoolUse {
  const lastUse = store.table<Date>('audit_identity_pool_uses')
  return {
    note(poolId) {
      const now = clock.now()
      if (now.getTime() - (lastUse.get(poolId)?.getTime() ?? -Infinity) >= RESOLUTION_MS) lastUse.put(poolId, now)
    },
    since: (from) => lastUse.all().flatMap(([poolId, at]) => (at >= from ? [poolId] : [])),
  }
}
