// ops/src/doctor/quotas.ts: whether AWS's quotas have room for this fleet: its connections, its next devices, the whole of it after an outage.
import type { Rollout } from '@fleet/contract/stage'
import type { FleetStatus } from '../status/device-status.ts'
import { ok, warning, type Verdict } from './examination.ts'

/** Defaults of an account (AWS General Reference, «AWS IoT Core endpoints and quotas»); Service Quotas shows and raises those of yours. */
const DEFAULTS = { connections: 500_000, connectsPerSecond: 500, registrationsPerSecond: 10 } as const

/** Above it there is no room for what is not foreseen. */
const FULL_SHARE = 0.8
const LONG_JOIN_S = 3600

export function quotasVerdict({ devices }: FleetStatus, { devicesPerMinute }: Rollout): Verdict {
  const known = devices.filter(({ state }) => state !== 'refused').length
  const joinS = devices.filter(({ state }) => state === 'waiting').length / DEFAULTS.registrationsPerSecond
  const share = known / DEFAULTS.connections
  const said = `${known} devices: ${(share * 100).toFixed(known > 0 && share < 0.01 ? 3 : 0)} % of the connections, all connect again within ${time(known / DEFAULTS.connectsPerSecond)}, those that wait join within ${time(joinS)}, a release reaches all in ${time((known / devicesPerMinute) * 60)} (defaults of AWS)`
  if (share > FULL_SHARE) return warning(said, 'Ask for more in Service Quotas, AWS IoT Core: «Maximum concurrent client connections per account».')
  if (joinS > LONG_JOIN_S) return warning(said, 'If that is too long, ask for more in Service Quotas, AWS IoT Core: «RegisterThing API TPS», and «CreateCertificateFromCsr» for devices.')
  return ok(said)
}

/** From a second on: what is less is no wait. */
const time = (seconds: number): string => (seconds <= 1 ? '1 s' : seconds < 120 ? `${Math.ceil(seconds)} s` : seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`)
