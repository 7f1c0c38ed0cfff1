// ops/src/shell/argument.ts: reads what was typed as an argument; what cannot be read is wrong use, with what is allowed.
import { InvalidArgumentError } from 'commander'

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(`It must be a whole number, such as 12.`)
  return Number(text)
}

export function days(text: string): number {
  const count = wholeNumber(text)
  if (count === 0) throw new InvalidArgumentError('It must be at least 1 day; --purge removes at once.')
  return count
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `10m`, `2h`, `7d`, `0`; with a sign where one makes sense. */
export function durationMs(text: string): number {
  const [, sign = '', count = '', unit = ''] = /^([+-]?)(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (/^[+-]?0$/.test(text)) return 0
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) throw new InvalidArgumentError('It must be a time such as 90s, 10m, 2h or 7d.')
  return Math.round(Number(`${sign}${count}`) * unitMs)
}

/** A point of time: so long ago (`2h`), or a date (`2026-11-21T10:00:00Z`). */
export function sinceWhen(text: string): (now: Date) => Date {
  const written = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : undefined
  if (written && !Number.isNaN(written.getTime())) return () => written
  const ageMs = durationMs(text)
  return (now) => new Date(now.getTime() - Math.abs(ageMs))
}

/** More than nothing, with a fraction if need be. */
export function positive(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || value > 1e9) throw new InvalidArgumentError('It must be a number above 0, such as 0.5.')
  return value
}

/** Seconds, with a fraction if need be. */
export function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0) || value > 86_400) throw new InvalidArgumentError('It must be a number of seconds, such as 15.')
  return value
}
