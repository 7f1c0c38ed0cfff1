// components/health/src/limits.ts: decides when a measurement becomes an alarm, and when it is over.
import { ALARM_HYSTERESIS, type AlarmChange } from '@fleet/contract/alarm'
import type { Minute } from './roll-up.ts'

export type WatchedAlarm = keyof typeof ALARM_HYSTERESIS
export type Raised = Readonly<Record<WatchedAlarm, boolean>>
export type Limits = Readonly<Record<WatchedAlarm, number>>

export interface Change {
  readonly alarm: WatchedAlarm
  readonly change: Omit<AlarmChange, 'at'>
}

const MEASURES: Readonly<Record<WatchedAlarm, { readonly of: (minute: Minute) => number | undefined; readonly what: string; readonly unit: string }>> = {
  'too-hot': { of: ({ temperature }) => temperature?.max, what: 'processor', unit: '°C' },
  'disk-full': { of: ({ disk }) => disk ?? undefined, what: 'card', unit: '%' },
}

/** What is not measured changes nothing. */
export function changesOf(minute: Minute, limits: Limits, raised: Raised): Change[] {
  return (Object.keys(MEASURES) as WatchedAlarm[]).flatMap((alarm): Change[] => {
    const { of, what, unit } = MEASURES[alarm]
    const [value, limit] = [of(minute), limits[alarm]]
    if (value === undefined) return []
    if (!raised[alarm] && value >= limit) return [{ alarm, change: { state: 'raised', measured: value, limit, why: `${what} at ${value} ${unit}, limit ${limit} ${unit}` } }]
    if (raised[alarm] && value <= limit - ALARM_HYSTERESIS[alarm]) return [{ alarm, change: { state: 'cleared', measured: value, limit, why: `${what} at ${value} ${unit} again` } }]
    return []
  })
}
