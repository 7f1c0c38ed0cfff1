// packages/device-runtime/src/testing/simulated-board.ts: GPIO lines in memory, for tests of components: buttons to press, levels to look at.
import type { Clock } from '../clock.ts'
import type { Bias, Edge, Gpio, Level } from '../gpio/gpio.ts'
import { levelDriver } from '../gpio/level-driver.ts'
import { lineEdges } from '../gpio/line-edges.ts'
import { lineLoss, type LineLoss } from '../gpio/line-loss.ts'
import { queue, type Queue } from '../queue.ts'

export interface SimulatedBoard extends Gpio {
  /** The level of an input changes now. */
  readonly input: (line: number, level: Level) => void
  /** Each level that an output was set to, with the clock's monotonic time. */
  readonly shown: (line: number) => readonly Edge[]
  /** The bias that an input was opened with. */
  readonly biasOf: (line: number) => Bias | undefined
  /** The line is taken away from its owner. */
  readonly lose: (line: number, why: string) => void
  /** Lines that were given back, in order. */
  readonly released: readonly number[]
}

interface Held {
  readonly loss: LineLoss
  readonly edges: Queue<Edge>
  readonly bias: Bias | undefined
}

export function simulatedBoard(clock: Clock): SimulatedBoard {
  const held = new Map<number, Held>()
  const shown = new Map<number, Edge[]>()
  const released: number[] = []
  const now = (level: Level): Edge => ({ level, atMs: clock.monotonicMs() })
  const hold = (line: number, bias?: Bias): Held => {
    const owned: Held = { loss: lineLoss(line), edges: queue(), bias }
    owned.loss.onLost((error) => owned.edges.end(error))
    if (held.has(line)) owned.loss.lose('Device or resource busy')
    owned.loss.throwIfLost()
    held.set(line, owned)
    return owned
  }
  const release = async (line: number) => {
    held.delete(line)
    released.push(line)
  }
  return {
    released,
    input: (line, level) => held.get(line)?.edges.push(now(level)),
    shown: (line) => shown.get(line) ?? [],
    biasOf: (line) => held.get(line)?.bias,
    lose: (line, why) => held.get(line)?.loss.lose(why),
    async openInput(line, { bias }) {
      const { edges, loss } = hold(line, bias)
      return { edges: (signal) => lineEdges(edges, loss, signal), [Symbol.asyncDispose]: () => release(line) }
    },
    async openOutput(line) {
      const { loss } = hold(line)
      const levels = [...(shown.get(line) ?? []), now(0)]
      shown.set(line, levels)
      const driver = levelDriver({ clock, loss, set: (level) => levels.push(now(level)) })
      return {
        drive: driver.drive,
        watch: loss.watch,
        async [Symbol.asyncDispose]() {
          await driver.stop()
          await release(line)
        },
      }
    },
  }
}
