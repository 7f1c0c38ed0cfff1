// console/src/pages/fleet-selection.ts: which devices are shown, and in which order.
import type { Device } from '../cloud/fleet.ts'

export const FILTERS = ['all', 'online', 'offline', 'suspended'] as const
export type Filter = (typeof FILTERS)[number]
export const isFilter = (text: string): text is Filter => FILTERS.some((filter) => filter === text)

export interface Selection {
  readonly q: string
  readonly filter: Filter
  readonly by: string
  readonly isDescending: boolean
}

const HOLDS: Readonly<Record<Filter, (device: Device) => boolean>> = {
  all: () => true,
  online: ({ isOnline }) => isOnline,
  offline: ({ isOnline, isSuspended }) => !isOnline && !isSuspended,
  suspended: ({ isSuspended }) => isSuspended,
}

const ORDER: Readonly<Record<string, (device: Device) => string | number>> = {
  serial: ({ serial }) => serial,
  state: (device) => stateOf(device),
  seen: ({ seenAt }) => seenAt?.getTime() ?? 0,
}

export const stateOf = ({ isOnline, isSuspended }: Device): string => (isSuspended ? 'suspended' : isOnline ? 'online' : 'offline')

export function selected(devices: readonly Device[], { q, filter, by, isDescending }: Selection): readonly Device[] {
  const part = q.trim().toLowerCase()
  const rank = ORDER[by] ?? (({ serial }: Device) => serial)
  const sign = isDescending ? -1 : 1
  return devices
    .filter((device) => device.serial.includes(part) && HOLDS[filter](device))
    .map((device) => ({ device, rank: rank(device) }))
    .sort((one, other) => sign * (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : 0) || (one.device.serial < other.device.serial ? -1 : 1))
    .map(({ device }) => device)
}
