// sandbox/src/site/board/lines.ts: the GPIO lines of a simulated board: who owns which, what level each has, what is soldered to them.
export type Level = 0 | 1
export type Bias = 'pull-up' | 'pull-down' | 'disabled'

/** A change of level. `atMs`: the machine's monotonic clock in milliseconds, as contract/board.ts wants it. */
export interface Edge {
  readonly line: number
  readonly level: Level
  readonly atMs: number
}

/** A line in the hands of one owner; a second owner is refused, as by a real chip. */
export interface OwnedLine {
  set(level: Level): void
  release(): void
}

export interface Lines {
  /** undefined when the line is taken. `hear` gets each edge from now on. */
  openInput(line: number, bias: Bias, hear: (edge: Edge) => void): OwnedLine | undefined
  openOutput(line: number, level: Level): OwnedLine | undefined
  level(line: number): Level
  /** Whether somebody gets its edges. */
  isHeard(line: number): boolean
  /** A contact between this line and ground closes or opens: what a push button does. */
  ground(line: number, closed: boolean): void
}

interface Line {
  owner: 'input' | 'output' | undefined
  idle: Level
  driven: Level
  grounded: boolean
  shown: Level
  hear: (edge: Edge) => void
}

/** `watch` sees every edge of every line, as an oscilloscope would. */
export function boardLines(monotonicMs: () => number, watch: (edge: Edge) => void): Lines {
  const lines = new Map<number, Line>()
  const at = (number: number): Line => {
    const known = lines.get(number) ?? { owner: undefined, idle: 0, driven: 0, grounded: false, shown: 0, hear: () => {} }
    lines.set(number, known)
    return known
  }
  const settle = (number: number, line: Line) => {
    const level = levelOf(line)
    if (level === line.shown) return
    line.shown = level
    const edge = { line: number, level, atMs: monotonicMs() }
    watch(edge)
    if (line.owner === 'input') line.hear(edge)
  }
  const take = (number: number, wanted: Partial<Line>): OwnedLine | undefined => {
    const line = at(number)
    if (line.owner !== undefined) return undefined
    Object.assign(line, wanted)
    if (wanted.owner === 'input') line.shown = levelOf(line) // the pull-up was there before anyone listened
    settle(number, line)
    return {
      set(level) {
        line.driven = level
        settle(number, line)
      },
      release() {
        Object.assign(line, { owner: undefined, idle: 0, driven: 0, hear: () => {} })
        settle(number, line) // the kernel makes a freed line an input: an LED on it goes dark
      },
    }
  }
  return {
    openInput: (number, bias, hear) => take(number, { owner: 'input', idle: bias === 'pull-up' ? 1 : 0, hear }),
    openOutput: (number, level) => take(number, { owner: 'output', driven: level }),
    level: (number) => at(number).shown,
    isHeard: (number) => at(number).owner === 'input',
    ground(number, closed) {
      const line = at(number)
      line.grounded = closed
      settle(number, line)
    },
  }
}

function levelOf({ owner, driven, grounded, idle }: Line): Level {
  if (owner === 'output') return driven
  return grounded ? 0 : idle
}
