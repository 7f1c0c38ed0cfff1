// console/src/pages/fleet-selection.ts: which devices are shown, and in which order.
import type { Component } from '../cloud/components.ts'
import type { Device } from '../cloud/fleet.ts'
import type { Details } from './fleet/details.ts'

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
  /** As far as they are known: those of whom nothing is known come last. */
  readonly details?: ReadonlyMap<string, Details>
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

type Rank = string | number | undefined

const ORDER = new Map<string, (device: Device, details: Details | undefined) => Rank>(Object.entries({
  serial: ({ serial }) => serial,
  state: (device) => stateOf(device),
  seen: ({ seenAt }) => seenAt?.getTime(),
  health: (_device, details) => details?.health,
  components: (_device, details) => details?.components && componentsInWords(details.components),
  certificate: (_device, details) => details?.certificateDays,
} satisfies Record<string, (device: Device, details: Details | undefined) => Rank>))

/** These take calls for each device. */
export const isByDetails = (by: string): boolean => ['health', 'components', 'certificate'].includes(by)

export const stateOf = ({ isOnline, isSuspended }: Device): string => (isSuspended ? 'suspended' : isOnline ? 'online' : 'offline')

export const componentsInWords = (components: readonly Component[] | undefined): string =>
  components === undefined || components.length === 0 ? '–' : components.map(({ name, version, state }) => `${name.replace(/^fleetwright\./, '')} ${version}${state === 'RUNNING' ? '' : ` ${state}`}`).join(', ')

export function selected(devices: readonly Device[], { q, filter, by, isDescending, unhealthy = new Set(), details }: Selection): readonly Device[] {
  const part = isQuery(q) ? '' : q.trim().toLowerCase()
  const rank = ORDER.get(by) ?? (({ serial }: Device) => serial)
  const sign = isDescending ? -1 : 1
  return devices
    .filter((device) => device.serial.includes(part) && HOLDS[filter](device, unhealthy))
    .map((device) => ({ device, rank: rank(device, details?.get(device.serial)) }))
    .sort((one, other) => compared(one.rank, other.rank, sign) || (one.device.serial < other.device.serial ? -1 : 1))
    .map(({ device }) => device)
}

/** What is not known comes last in either direction. */
function compared(one: Rank, other: Rank, sign: 1 | -1): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined)
  return sign * (one < other ? -1 : one > other ? 1 : 0)
}
