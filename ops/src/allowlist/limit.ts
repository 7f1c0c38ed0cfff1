// ops/src/allowlist/limit.ts: refuses a plan that would take away more of the fleet than anybody means by one edit.
import { FleetError } from '@fleet/contract/errors'
import type { Plan } from './plan.ts'

const MOST_DEVICES = 5
const MOST_SHARE = 0.1

/** Devices that can connect before and cannot after. */
export const losses = ({ changes }: Plan): number => changes.filter(({ action, isActive }) => isActive && (action === 'suspend' || action === 'purge')).length

/**
 * More than 10 % of the active fleet, and more than 5 devices, need `--confirm-suspend N` with exactly their number.
 * @throws FleetError ALLOWLIST_REMOVES_TOO_MANY, ALLOWLIST_EMPTY
 */
export function guardLosses(plan: Plan, confirmed: number | undefined): void {
  if (plan.listed === 0) {
    throw new FleetError('ALLOWLIST_EMPTY', 'the allowlist names no device', 'An empty list would suspend the whole fleet and is always refused; nothing was changed.')
  }
  const lost = losses(plan)
  if (lost <= MOST_DEVICES || lost <= plan.active * MOST_SHARE || confirmed === lost) return
  throw new FleetError(
    'ALLOWLIST_REMOVES_TOO_MANY',
    `this list would suspend or purge ${lost} of ${plan.active} active devices${confirmed === undefined ? '' : `, not ${confirmed}`}`,
    `Look at the plan (fleet allowlist plan). If it is meant, repeat with --confirm-suspend ${lost}; nothing was changed.`,
  )
}
