// packages/device-runtime/src/gpio/gpio.ts: the port to the header's GPIO lines. Lines have BCM numbers; a line has one owner at a time.
export type Level = 0 | 1

/** A change of an input's level, with the monotonic time (Clock.monotonicMs) at which the chip saw it. */
export interface Edge {
  readonly level: Level
  readonly atMs: number
}

/** What an output shows: a steady level, or a square wave of equal halves that begins with 1. */
export type Drive = { readonly level: Level } | { readonly frequencyHz: number }

export type Bias = 'pull-up' | 'pull-down' | 'disabled'

/** Disposing of a line gives it back to the chip. */
export interface InputLine extends AsyncDisposable {
  /** Each edge since the line was opened, as it comes; ends when the signal aborts, throws when the line is lost. */
  edges(signal: AbortSignal): AsyncIterable<Edge>
}

export interface OutputLine extends AsyncDisposable {
  /** Shows this from now on, until the next one; resolves when it does. */
  readonly drive: (drive: Drive) => Promise<void>
  /** Resolves when the signal aborts, rejects when the line is lost: a loop for the owner's task group. */
  readonly watch: (signal: AbortSignal) => Promise<void>
}

export interface Gpio {
  openInput(line: number, options: { readonly bias: Bias }): Promise<InputLine>
  /** Begins with level 0. */
  openOutput(line: number): Promise<OutputLine>
}
