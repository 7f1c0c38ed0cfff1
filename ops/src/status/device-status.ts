// ops/src/status/device-status.ts: how a device stands, as far as the cloud knows.

import type { OsUpdateStanding } from '@fleet/contract/os-update'
import type { CertificateStatus, LastRotation } from './certificate-status.ts'

/**
 * `waiting`: on the uploaded list, has not joined. `active`: may connect. `suspended`: its certificate is INACTIVE. `refused`: is not on the
 * list and asked in vain within the last hour.
 */
export type DeviceState = 'waiting' | 'active' | 'suspended' | 'refused'

export interface ComponentStatus {
  readonly name: string
  readonly version: string
  /** Greengrass's own word: RUNNING, BROKEN … */
  readonly state: string
}

export interface LedStatus {
  readonly frequencyHz: number
  readonly on: boolean
  /** What the cloud wishes and the device has not applied (yet). */
  readonly wishedHz?: number
  /** Why the device refuses a wish. */
  readonly refused?: string
}

/** The latest update of its operating system. */
export interface OsUpdateStatus extends OsUpdateStanding {
  /** ISO 8601: since when it stands so. */
  readonly at: string
}

export interface DeviceStatus {
  readonly serial: string
  readonly state: DeviceState
  /** ISO 8601. */
  readonly suspendedAt?: string
  /** Absent when it was not asked for (`--brief`). */
  readonly connected?: boolean
  readonly led?: LedStatus
  readonly buttonPresses?: number
  readonly components?: readonly ComponentStatus[]
  readonly certificate?: CertificateStatus
  /** Absent when it has never been asked to rotate. */
  readonly lastRotation?: LastRotation
  /** Absent when it has never been asked for one. */
  readonly osUpdate?: OsUpdateStatus
  /** Of the whole core device, as it reported itself. */
  readonly health?: 'healthy' | 'unhealthy'
  /** ISO 8601: the last that the cloud heard of it. */
  readonly lastSeen?: string
  /** The hook's words, for a refused one. */
  readonly why?: string
}

export interface FleetStatus {
  readonly stage: string
  readonly at: string
  readonly devices: readonly DeviceStatus[]
}
