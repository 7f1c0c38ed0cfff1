// ops/src/logs/log-groups.ts: where AWS's log manager component writes the logs of a device.
import { componentLogGroup, systemLogGroup } from '@fleet/contract/device-logs'
import type { StageIdentity } from '@fleet/contract/names'
import { COMPONENTS, componentName } from '@fleet/contract/names'

/** The nucleus's own log, as the log manager calls it. */
export const SYSTEM = 'system'

export interface LogSource {
  /** As it is shown: `led`, `system`. */
  readonly name: string
  readonly group: string
}

/** `led`, `fleetwright.led`, `aws.greengrass.…` or `system`; without one, the nucleus and all components of this repository. */
export function logSources(component: string | undefined, stage: StageIdentity): LogSource[] {
  const names = component === undefined ? [SYSTEM, ...COMPONENTS] : [component]
  return names.map((name) => ({ name, group: name === SYSTEM ? systemLogGroup(stage) : componentLogGroup(fullName(name), stage) }))
}

const fullName = (name: string): string => COMPONENTS.find((folder) => folder === name)?.replace(/^.*$/, componentName) ?? name

/** One stream a day (UTC) and device; a colon cannot be in a stream's name. */
export const streamOf = (day: Date, serial: string): string => `/${day.toISOString().slice(0, 10).replaceAll('-', '/')}/thing/${serial.replaceAll(':', '+')}`

const DAY_MS = 86_400_000

/** Every day from `since` to `now`, both included. */
export function daysBetween(since: Date, now: Date): Date[] {
  const first = Math.floor(since.getTime() / DAY_MS)
  const last = Math.floor(now.getTime() / DAY_MS)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => new Date((first + i) * DAY_MS))
}
