// ops/src/shell/ago.ts: how long ago something was, as a person says it.

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** The clocks of devices and cloud differ: what lies ahead is told as now. */
export function ago(time: Date, now: Date): string {
  const passedS = Math.max(0, Math.round((now.getTime() - time.getTime()) / 1000))
  const [unit, lengthS] = UNITS.find(([, length]) => passedS >= length) ?? ['s', 1]
  return passedS === 0 ? 'now' : `${Math.floor(passedS / lengthS)} ${unit} ago`
}
