// sandbox/src/site/board/press.ts: what a push button's contacts do when a finger presses it: they bounce, both ways.

export interface ContactChange {
  /** Since the change before. */
  readonly afterMs: number
  readonly closed: boolean
}

const BOUNCES_MS = [1, 2, 1, 4] // closed, open, closed, open: contacts settle within 20 ms
const HELD_MS = 120
/** No finger is faster, and no debouncing takes it for bounce. */
export const BETWEEN_PRESSES_MS = 80

/** `bouncing`: as all real ones; `clean`: once each way, for a board whose emulated time may stretch a bounce into a second press. */
export type Contacts = 'bouncing' | 'clean'

export function pressEdges(contacts: Contacts = 'bouncing'): readonly ContactChange[] {
  if (contacts === 'clean') return [{ afterMs: 0, closed: true }, { afterMs: HELD_MS, closed: false }]
  return [...bouncing(true, 0), ...bouncing(false, HELD_MS)]
}

/** To that state, after some back and forth. */
function bouncing(closed: boolean, afterMs: number): readonly ContactChange[] {
  return [{ afterMs, closed }, ...BOUNCES_MS.map((ms, index) => ({ afterMs: ms, closed: index % 2 === 0 ? !closed : closed }))]
}
