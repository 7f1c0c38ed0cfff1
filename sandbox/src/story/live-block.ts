// sandbox/src/story/live-block.ts: the lines at the bottom of a terminal that stay current, while others are printed above them.
import { cut, widthOf, type Line, type Paint } from './text.ts'

/** What a terminal is to us; process.stdout is one. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

export interface LiveBlock {
  /** `compose` is asked again when the terminal's size changes. */
  show(compose: (size: { readonly columns: number; readonly rows: number }) => readonly Line[]): void
  /** Prints lines above the block, for good. */
  print(lines: readonly Line[]): void
  /** Leaves the block as it is; nothing is redrawn any more. */
  end(): void
}

/** A terminal shows what lies between these at once (synchronized output); others ignore them. */
const [BEGIN, END] = ['\u001b[?2026h', '\u001b[?2026l']
const up = (rows: number) => (rows > 0 ? `\u001b[${rows}A` : '')
const ERASE_BELOW = '\r\u001b[J'

export function liveBlock(screen: Screen, paint: Paint): LiveBlock {
  let compose: Parameters<LiveBlock['show']>[0] = () => []
  let drawn: readonly Line[] = []
  let drawnText = ''
  /** Lines that were drawn for a wider terminal take several rows now: terminals break them anew. */
  const erase = () => `${up(drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / screen.columns)), 0))}${ERASE_BELOW}`
  const draw = (above: readonly Line[], isForced: boolean) => {
    const { columns, rows } = screen
    // One row and one column stay free: a full last one makes some terminals scroll.
    const lines = compose({ columns: columns - 1, rows: rows - 1 }).slice(0, Math.max(0, rows - 1)).map((line) => cut(line, columns - 1))
    const text = lines.map((line) => `${paint(line)}\n`).join('')
    if (text === drawnText && !isForced) return
    screen.write(`${BEGIN}${erase()}${above.map((line) => `${paint(line)}\n`).join('')}${text}${END}`)
    drawn = lines
    drawnText = text
  }
  const redraw = () => draw([], true)
  screen.on('resize', redraw)
  return {
    show(composeNow) {
      compose = composeNow
      draw([], false)
    },
    print: (lines) => draw(lines, true),
    end: () => void screen.off('resize', redraw),
  }
}
