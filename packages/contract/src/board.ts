// packages/contract/src/board.ts: the socket that stands in for a GPIO chip: JSON lines between a component and a simulated board.
import * as z from 'zod'

const line = z.number().int().nonnegative() // BCM number
const level = z.literal([0, 1])

/**
 * What a component says. A connection opens exactly one line, with its first message, and holds it until the connection ends; meanwhile
 * the line is refused to others, as by a real chip. After `open-output` come any number of `set`, which have no answer: a fast blink
 * sets a hundred levels a second.
 */
export const BoardRequest = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('open-input'), line, bias: z.literal(['pull-up', 'pull-down', 'disabled']) }),
  z.strictObject({ ask: z.literal('open-output'), line, level }),
  z.strictObject({ ask: z.literal('set'), level }),
])

/**
 * What the board says: `opened` or `refused` (and ends the connection) first, then each edge of an input. `atMs` is when the level
 * changed on the machine's monotonic clock (`process.hrtime`), in milliseconds with fraction.
 */
export const BoardMessage = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('opened') }),
  z.strictObject({ say: z.literal('refused'), why: z.string() }),
  z.strictObject({ say: z.literal('edge'), level, atMs: z.number() }),
])

export type BoardRequest = z.infer<typeof BoardRequest>
export type BoardMessage = z.infer<typeof BoardMessage>
