// ops/src/allowlist/apply.ts: carries a plan out. Each device's change is a few calls that can be repeated, so a killed run is finished by the next.
import type { FleetError } from '@fleet/contract/errors'
import { healDevice, suspendDevice } from './device.ts'
import type { Change } from './plan.ts'
import { purgeDevice, type PurgeCalls } from './purge.ts'

export interface Outcome {
  readonly change: Change
  /** Undefined: done. */
  readonly failure?: FleetError
}

export interface ApplyOptions extends PurgeCalls {
  /** Makes a FleetError of whatever the cloud said. */
  readonly explain: (error: unknown) => FleetError
  readonly signal: AbortSignal
  /** Called once per change, as it ends. */
  readonly report: (outcome: Outcome) => void
}

/** After one of these the other devices would fail alike. */
const HOPELESS: readonly FleetError['code'][] = ['CREDENTIALS_EXPIRED', 'CREDENTIALS_MISSING', 'CREDENTIALS_REFUSED', 'ENDPOINT_UNREACHABLE', 'INTERRUPTED']

/** So many devices at once; their calls are paced. */
const DEVICES_AT_ONCE = 20

/**
 * One device that fails does not stop the others; what failed is in the outcomes, and the same command tries it again.
 * @throws FleetError when nothing more can be done; what was done until then was reported
 */
export async function applyChanges(changes: readonly Change[], { report, explain, signal, ...calls }: ApplyOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const waiting = changes.values()
  const work = async () => {
    for (const change of waiting) {
      signal.throwIfAborted()
      const failure = await carryOut(change, calls).then(() => undefined, explain)
      if (failure && HOPELESS.includes(failure.code)) throw failure
      const outcome = failure ? { change, failure } : { change }
      outcomes.push(outcome)
      report(outcome)
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: DEVICES_AT_ONCE }, work))
  const stopped = workers.find((worker) => worker.status === 'rejected')
  if (stopped) throw stopped.reason
  return outcomes
}

function carryOut({ action, serial, purging = [], heals = [] }: Change, calls: PurgeCalls): Promise<void> {
  switch (action) {
    case 'admit':
      return Promise.resolve() // the hook reads the list; the device joins when it asks
    case 'heal':
      return healDevice(serial, heals, calls)
    case 'suspend':
      return suspendDevice(serial, calls)
    case 'purge':
      return purgeDevice(serial, purging, calls)
  }
}
