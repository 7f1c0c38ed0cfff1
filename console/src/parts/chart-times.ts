// console/src/parts/chart-times.ts: the times that a chart shows, and how they are written at its axis.
/** Seconds only where they differ. */
export function timesOf(seconds: readonly number[]): string[] {
  const isShort = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0) < 300
  return seconds.map((each) => new Date(each * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(isShort && { second: '2-digit' }) }))
}

/** In s, of the points' own times: a single point is no span of time, and uPlot itself would show a whole day for it. */
export function timesShown(range: { readonly from: number; readonly to: number } | undefined, seconds: readonly number[], now = Date.now()): [number, number] {
  if (range) return [range.from / 1000, range.to / 1000]
  const end = seconds.at(-1) ?? now / 1000
  return [Math.min(seconds[0] ?? end, end - LEAST_SECONDS), end]
}

const LEAST_SECONDS = 60
