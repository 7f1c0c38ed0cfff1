// ops/src/shell/progress.ts: tells how long work goes: one line that is written over on a terminal, a line now and then elsewhere.

export interface Progress {
  /** How far it is. */
  readonly show: (text: string) => void
  /** Something to keep: a line of its own. */
  readonly note: (text: string) => void
  /** Leaves nothing unfinished on the terminal. */
  readonly end: () => void
}

export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Not a terminal: no more lines than a log can bear. */
const PAUSE_MS = 2000
const CLEAR = '\r\u001b[2K' // ECMA-48 EL: erases the line

export function progressOn(stream: ProgressStream, nowMs: () => number = () => performance.now()): Progress {
  let toldAt = nowMs() // what is done in a moment needs no words
  let isOpen = false
  const clear = () => {
    if (isOpen) stream.write(CLEAR)
    isOpen = false
  }
  return {
    show(text) {
      if (stream.isTTY === true) {
        stream.write(`${CLEAR}${text.slice(0, (stream.columns ?? 80) - 1)}`)
        isOpen = true
      } else if (nowMs() - toldAt >= PAUSE_MS) {
        toldAt = nowMs()
        stream.write(`${text}\n`)
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
