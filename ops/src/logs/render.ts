// ops/src/logs/render.ts: a log line of a device: JSON lines as event and fields, others as they are.
import type { Paint, Style } from '../shell/paint.ts'
import { printable } from '../shell/table.ts'
import { fieldsInWords, ownLine, withoutTime } from './own-line.ts'
import type { LogLine } from './read-logs.ts'

const LEVELS: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', debug: 'dim' }

export function renderLine({ time, source, message }: LogLine, paint: Paint): string {
  const head = `${paint('dim', time)} ${paint('cyan', source)}`
  const own = ownLine(message)
  if (!own) return `${head} ${withoutTime(message, time).trimEnd().split('\n').map(printable).join('\n    ')}`
  const style = LEVELS[own.level]
  const text = printable(`${own.level === 'info' ? '' : `${own.level}: `}${fieldsInWords(own)}`)
  return `${head} ${style ? paint(style, text) : text}`
}
