// console/src/pages/fleet-selection.ts: which devices are shown, and in which order.
import type { Device } from '../cloud/fleet.ts'

export const FILTERS = ['all', 'online', 'offline', 'unhealthy', 'suspended'] as const
export type Filter = (typeof FILTERS)[number]
export const isFilter = (text: string): text is Filter => FILTERS.some((filter) => filter === text)

export interface Selection {
  readonly q: string
  readonly filter: Filter
  readonly by: string
  readonly isDescending: boolean
  /** Devices that their nucleus reports as unhealthy. */
  readonly unhealthy?: ReadonlySet<string> | undefined
}

/** A word with a colon is meant for the fleet index. */
export const isQuery = (q: string): boolean => q.includes(':')

const HOLDS: Readonly<Record<Filter, (device: Device, unhealthy: ReadonlySet<string>) => boolean>> = {
  all: () => true,
  online: ({ isOnline }) => isOnline,
  offline: ({ isOnline, isSuspended }) => !isOnline && !isSuspended,
  unhealthy: ({ serial }, unhealthy) => unhealthy.has(serial),
  suspended: ({ isSuspended }) => isSuspended,
}

const ORDER: Readonly<Record<string, (device: Device) => string | number>> = {
  serial: ({ serial }) => serial,
  state: (device) => stateOf(device),
  seen: ({ seenAt }) => seenAt?.getTime() ?? 0,
}

export const stateOf = ({ isOnline, isSuspended }: Device): string => (isSuspended ? 'suspended' : isOnline ? 'online' : 'offline')

export function selected(devices: readonly Device[], { q, filter, by, isDescending, unhealthy = new Set() }: Selection): readonly Device[] {
  const part = isQuery(q) ? '' : q.trim().toLowerCase()
  const rank = ORDER[by] ?? (({ serial }: Device) => serial)
  const sign = isDescending ? -1 : 1
  return devices
    .filter((device) => device.serial.includes(part) && HOLDS[filter](device, unhealthy))
    .map((device) => ({ device, rank: rank(device) }))
    .sort((one, other) => sign * (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : 0) || (one.device.serial < other.device.serial ? -1 : 1))
    .map(({ device }) => device)
}
