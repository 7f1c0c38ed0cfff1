// packages/device-runtime/src/gpio/line-edges.ts: the edges of an input line as its owner iterates them.
import type { Queue } from '../queue.ts'
import type { Edge } from './gpio.ts'
import type { LineLoss } from './line-loss.ts'

/** Ends when the signal aborts, throws when the line is lost. */
export async function* lineEdges(edges: Queue<Edge>, loss: LineLoss, signal: AbortSignal): AsyncGenerator<Edge> {
  yield* edges.until(signal)
  if (!signal.aborted) loss.throwIfLost()
}
