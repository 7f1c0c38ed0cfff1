// components/health/src/roll-up.ts: a minute of looks becomes one entry, and only when it says something new.
import { HEALTH_DELTA, MOST_MINUTES_UNREPORTED, type HealthMinute } from '@fleet/contract/health'
import type { Vitals } from './vitals.ts'

/** A minute without its number. */
export type Minute = Omit<HealthMinute, 'sequence' | 'at'>

/** `before` is the last look of the minute before: of its counters the difference counts. Undefined when there was no look. */
export function rollUp(looks: readonly Vitals[], before: Vitals | undefined): Minute | undefined {
  const last = looks.at(-1)
  if (!last) return undefined
  const series = before ? [before, ...looks] : looks
  const loads = series.slice(1).flatMap((each, index) => loadBetween(series[index], each) ?? [])
  const temperatures = looks.flatMap(({ temperature }) => temperature ?? [])
  return {
    ...(loads.length > 0 && { cpu: meanAndMax(loads) }),
    ...(last.memory !== undefined && { memory: rounded(last.memory) }),
    ...(last.disk !== undefined && { disk: rounded(last.disk) }),
    ...(temperatures.length > 0 && { temperature: meanAndMax(temperatures) }),
    ...(last.throttled !== undefined && { throttled: [...last.throttled] }),
    uptime: Math.round(last.uptime),
  }
}

/** % of all cores; undefined when the counters began anew meanwhile. */
function loadBetween(one: Vitals | undefined, other: Vitals): number | undefined {
  if (!one?.cpu || !other.cpu || other.cpu.all <= one.cpu.all) return undefined
  return Math.max(0, (100 * (other.cpu.busy - one.cpu.busy)) / (other.cpu.all - one.cpu.all))
}

const meanAndMax = (values: readonly number[]) => ({ mean: rounded(values.reduce((sum, each) => sum + each, 0) / values.length), max: rounded(Math.max(...values)) })
const rounded = (value: number) => Math.round(value * 10) / 10

/** Whether it must be reported after `reported`, which is so many minutes old. */
export function isNews(minute: Minute, reported: Minute | undefined, minutesSince: number): boolean {
  if (!reported || minutesSince >= MOST_MINUTES_UNREPORTED || minute.uptime < reported.uptime) return true
  const differs = (one: number | undefined, other: number | undefined, by: number) => (one === undefined) !== (other === undefined) || Math.abs((one ?? 0) - (other ?? 0)) > by
  return (
    differs(minute.cpu?.mean, reported.cpu?.mean, HEALTH_DELTA.cpu) ||
    differs(minute.memory ?? undefined, reported.memory ?? undefined, HEALTH_DELTA.memory) ||
    differs(minute.disk ?? undefined, reported.disk ?? undefined, HEALTH_DELTA.disk) ||
    differs(minute.temperature?.max, reported.temperature?.max, HEALTH_DELTA.temperature) ||
    (minute.throttled ?? []).join() !== (reported.throttled ?? []).join()
  )
}
