// ops/src/allowlist/plan.ts: decides what an allowlist means for the registry: whom to admit, to bring back, to suspend, to purge.
import type { Allowlist } from '@fleet/contract/allowlist'

/** A device of this fleet as the registry's list shows it. */
export interface RegisteredDevice {
  readonly serial: string
  /** Absent while the device may connect; an invalid date when the attribute was edited by hand. */
  readonly suspendedAt?: Date
  /** Certificates that a purge has begun to remove. */
  readonly purging?: readonly string[]
  /** Absent unless the stack was destroyed under it: policy and thing group are to be given back. */
  readonly strandedAt?: Date
}

/** `access`: the certificate is INACTIVE. `membership`: it has no policy, and the thing no group. */
export type Lost = 'access' | 'membership'

export type Action = 'admit' | 'heal' | 'suspend' | 'purge'

export interface Change {
  readonly action: Action
  readonly serial: string
  readonly why: string
  /** Whether the device can connect until this change, or could as soon as it is given back what it lost with the stack. */
  readonly isActive: boolean
  /** As in RegisteredDevice. */
  readonly purging?: readonly string[]
  /** What a heal gives back. Without `access` the status of its certificates is left alone: an operator may have set it. */
  readonly heals?: readonly Lost[]
}

export interface Plan {
  readonly changes: readonly Change[]
  /** Devices that stay as they are. */
  readonly unchanged: number
  /** Devices of the fleet that may connect today: what a share is a share of. */
  readonly active: number
  /** Serial numbers on the list. */
  readonly listed: number
}

export interface PlanOptions {
  readonly now: Date
  /** Purge unlisted devices: at once (0), or when suspended for at least this many days. Undefined: never. */
  readonly purgeAfterDays?: number | undefined
}

const DAY_MS = 86_400_000

/** Compares the list with the fleet. Order of changes: suspensions first (a stolen device waits for no one), then the rest by serial. */
export function planAllowlist(list: Allowlist, fleet: Iterable<RegisteredDevice>, options: PlanOptions): Plan {
  const changes: Change[] = []
  const known = new Set<string>()
  let active = 0
  for (const device of fleet) {
    known.add(device.serial)
    if (isActive(device)) active++
    changes.push(...judge(device, list.has(device.serial), options))
  }
  const unchanged = known.size - changes.length
  for (const serial of list.serials) {
    if (!known.has(serial)) changes.push({ action: 'admit', serial, why: 'on the list; joins when it asks', isActive: false })
  }
  return { changes: changes.sort(byUrgency), unchanged, active, listed: list.serials.length }
}

function judge(device: RegisteredDevice, listed: boolean, { now, purgeAfterDays }: PlanOptions): Change[] {
  const { serial, suspendedAt, strandedAt, purging } = device
  if (purging) return [{ action: 'purge', serial, why: 'a purge that was begun', isActive: false, purging }]
  if (listed) {
    const lost = [...(suspendedAt ? [{ what: 'access', why: `back on the list, suspended ${since(suspendedAt)}` } as const] : []), ...(strandedAt ? [{ what: 'membership', why: `policy and thing group, lost with the stack ${since(strandedAt)}` } as const] : [])]
    return lost.length === 0 ? [] : [{ action: 'heal', serial, why: lost.map(({ why }) => why).join('; '), isActive: false, heals: lost.map(({ what }) => what) }]
  }
  const suspendedDays = suspendedAt ? (now.getTime() - suspendedAt.getTime()) / DAY_MS : 0
  if (purgeAfterDays === 0 || (purgeAfterDays !== undefined && suspendedDays >= purgeAfterDays)) {
    return [{ action: 'purge', serial, why: suspendedAt ? `not on the list ${since(suspendedAt)}` : 'not on the list', isActive: isActive(device) }]
  }
  return suspendedAt ? [] : [{ action: 'suspend', serial, why: 'no longer on the list', isActive: true }]
}

const isActive = ({ suspendedAt, purging }: RegisteredDevice) => !suspendedAt && !purging

const ORDER: readonly Action[] = ['suspend', 'purge', 'heal', 'admit']
const byUrgency = (a: Change, b: Change) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action) || (a.serial < b.serial ? -1 : 1)
const since = (date: Date) => (Number.isNaN(date.getTime()) ? 'at an unknown time' : `since ${date.toISOString().slice(0, 10)}`)
