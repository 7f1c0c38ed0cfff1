// components/button/src/presses.ts: tells presses from the bouncing of mechanical contacts, by the times at which the edges happened.
import type { Edge } from '@fleet/device-runtime/gpio/gpio'

/** Level of the line while the button is held: it connects the line to ground, against the pull-up. */
const PRESSED = 0

/** The edges that begin a press: the button closes after the line has been quiet for so long. Contacts bounce when they open, too. */
export async function* presses(edges: AsyncIterable<Edge>, { quietMs }: { quietMs: number }): AsyncGenerator<Edge> {
  let lastMs = -Infinity
  for await (const edge of edges) {
    if (edge.level === PRESSED && edge.atMs - lastMs >= quietMs) yield edge
    lastMs = edge.atMs
  }
}
