// packages/device-runtime/src/gpio/square-wave.ts: when the edges of a square wave are due, counted from its start so that no lateness adds up.
import type { Clock } from '../clock.ts'
import type { Level } from './gpio.ts'

export interface WaveEdge {
  /** Half periods since the start; edge 0 is the start itself, with level 1. */
  readonly index: number
  readonly dueMs: number
  readonly level: Level
}

/** The edge to make after `last`: the following one, or when that is already overdue by a half period or more, the latest that is due. */
export function edgeAfter(last: number, { startMs, halfPeriodMs, nowMs }: { startMs: number; halfPeriodMs: number; nowMs: number }): WaveEdge {
  const index = Math.max(last + 1, Math.floor((nowMs - startMs) / halfPeriodMs))
  return { index, dueMs: startMs + index * halfPeriodMs, level: index % 2 === 0 ? 1 : 0 }
}

export const halfPeriodMs = (frequencyHz: number): number => 500 / frequencyHz

/** Calls `set` at each edge until the signal aborts. */
export async function makeWave(frequencyHz: number, { clock, set }: { clock: Clock; set: (level: Level) => void }, signal: AbortSignal): Promise<void> {
  const wave = { startMs: clock.monotonicMs(), halfPeriodMs: halfPeriodMs(frequencyHz) }
  set(1)
  for (let last = 0; !signal.aborted; ) {
    const edge = edgeAfter(last, { ...wave, nowMs: clock.monotonicMs() })
    await clock.sleepUntil(edge.dueMs, signal)
    set(edge.level)
    last = edge.index
  }
}
