// ops/src/shell/progress.ts: tells how long work goes: lines that are written over on a terminal, a line now and then elsewhere.

export interface Progress {
  /** How far it is. On a terminal all its lines are written over by the next; elsewhere only the first is told, now and then. */
  readonly show: (text: string) => void
  /** Something to keep: a line of its own. */
  readonly note: (text: string) => void
  /** Leaves nothing unfinished on the terminal. */
  readonly end: () => void
}

export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/** Not a terminal: no more lines than a log can bear. */
const PAUSE_MS = 2000
const CLEAR = '\r\u001b[J' // ECMA-48 ED: erases from here to the end of the screen
const up = (lines: number) => (lines > 0 ? `\u001b[${lines}A` : '') // ECMA-48 CUU

export function progressOn(stream: ProgressStream, nowMs: () => number = () => performance.now()): Progress {
  let toldAt = nowMs() // what is done in a moment needs no words
  let openLines = 0
  const clear = () => {
    if (openLines > 0) stream.write(`${up(openLines - 1)}${CLEAR}`)
    openLines = 0
  }
  return {
    show(text) {
      if (stream.isTTY === true) {
        const lines = text.split('\n').slice(0, Math.max(1, (stream.rows ?? 24) - 1)).map((line) => line.slice(0, (stream.columns ?? 80) - 1))
        stream.write(`${up(openLines - 1)}${CLEAR}${lines.join('\n')}`)
        openLines = lines.length
      } else if (nowMs() - toldAt >= PAUSE_MS) {
        toldAt = nowMs()
        stream.write(`${text.split('\n', 1)[0] ?? ''}\n`)
      }
    },
    note(text) {
      clear()
      stream.write(`${text}\n`)
    },
    end: clear,
  }
}

export const silentProgress: Progress = { show() {}, note() {}, end() {} }
