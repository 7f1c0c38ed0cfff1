// e2e/waiting-process.ts: a limit in seconds that a busy machine stretches as it stretches what is measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends with a process that was started now and does nothing but wait `ms`: it, too, must be given a core to begin, to wake up and to end. */
export async function processThatWaits(ms: number): Promise<void> {
  const waiting = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${ms})`], { stdio: 'ignore' })
  await once(waiting, 'close')
}

/** What comes first: `event`, or the end of a process that waits `ms`. */
export const within = <Event>(ms: number, event: Promise<Event>): Promise<Event | 'too late'> => Promise.race([event, processThatWaits(ms).then(() => 'too late' as const)])
