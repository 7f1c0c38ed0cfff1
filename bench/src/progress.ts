// bench/src/progress.ts: one line that says what a bench does now; on a terminal it is replaced, elsewhere only its end is printed.
import type { WriteStream } from 'node:tty'

export interface ProgressLine {
  readonly show: (doing: string) => void
  readonly end: (how: string) => void
}

const ERASE = '\r\u001B[2K'

export function progressLine(out: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }, title: string): ProgressLine {
  const began = performance.now()
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`
  if (out.isTTY !== true) return { show: () => undefined, end: (how) => void out.write(`${title}: ${how} (${seconds()})\n`) }
  let doing = ''
  const draw = () => void out.write(`${ERASE}${`${title}  ${seconds()}  ${doing}`.slice(0, (out.columns ?? 80) - 1)}`)
  const ticking = setInterval(draw, 1000)
  draw()
  return {
    show: (next) => {
      doing = next
      draw()
    },
    end: (how) => {
      clearInterval(ticking)
      out.write(`${ERASE}${title}: ${how} (${seconds()})\n`)
    },
  }
}
