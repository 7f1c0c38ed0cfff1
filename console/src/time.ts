// console/src/time.ts: times and ages as people read them.
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** Made once: each takes as much memory as a hundred rows of a table. */
const WORDS = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** `3 minutes ago`; `–` for what is not known. */
export function ago(date: Date | undefined, now = Date.now()): string {
  if (date === undefined) return '–'
  const ms = date.getTime() - now
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ['second', 1000]
  return WORDS.format(Math.trunc(ms / size), unit)
}

/** Whole days since then. */
export const ageDays = (date: Date, now = Date.now()): number => Math.max(0, Math.floor((now - date.getTime()) / 86_400_000))

export const clockTime = (date: Date): string => date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 })
