// sandbox/src/cloud/lambda/runtime/output.ts: what the function prints, sent to the service in order and stamped as the Lambda runtime does.
import { format } from 'node:util'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type Level = (typeof LEVELS)[number]

type Send = (text: string, entry: boolean) => void

export interface Output {
  /** Goes into each line, from now on. */
  requestId: string | undefined
  line(level: Level, ...message: readonly unknown[]): void
}

/**
 * Takes over standard output, standard error and the console of this thread. Writes are posted, not streamed: they stay in order with the
 * result, and arrive even when the function then never lets go of its thread.
 */
export function captureOutput(send: Send, env: NodeJS.ProcessEnv): Output {
  const json = env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON'
  const least = LEVELS.indexOf((env['AWS_LAMBDA_LOG_LEVEL'] ?? 'TRACE').toUpperCase() as Level) // -1 (unknown) lets everything through
  const output: Output = {
    requestId: undefined,
    line(level, ...message) {
      if (LEVELS.indexOf(level) < least) return
      send(json ? jsonLine(output.requestId, level, message) : textLine(output.requestId, level, message), true)
    },
  }
  for (const stream of [process.stdout, process.stderr]) stream.write = rawWrite(send)
  const speak = (level: Level) => (...message: unknown[]) => output.line(level, ...message)
  Object.assign(console, {
    trace: speak('TRACE'),
    debug: speak('DEBUG'),
    log: speak('INFO'),
    info: speak('INFO'),
    warn: speak('WARN'),
    error: speak('ERROR'),
    fatal: speak('FATAL'),
  })
  return output
}

const textLine = (requestId: string | undefined, level: Level, message: readonly unknown[]) =>
  `${new Date().toISOString()}\t${requestId ?? 'undefined'}\t${level}\t${format(...message)}\n`

/** LoggingConfig.LogFormat JSON: a single object is kept as it is, anything else becomes text. */
function jsonLine(requestId: string | undefined, level: Level, message: readonly unknown[]): string {
  const [only] = message
  const entry = { timestamp: new Date().toISOString(), level, requestId, message: message.length === 1 ? only : format(...message) }
  try {
    return `${JSON.stringify(entry, spellError)}\n`
  } catch {
    return `${JSON.stringify({ ...entry, message: format(...message) })}\n` // a cycle, a BigInt
  }
}

function spellError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return { errorType: value.constructor.name, errorMessage: value.message, stackTrace: (value.stack ?? '').split('\n'), ...Object.fromEntries(Object.entries(value)) }
}

type Written = (error?: Error | null) => void

function rawWrite(send: Send): typeof process.stdout.write {
  return (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written) => {
    send(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'), false)
    const done = typeof encoding === 'function' ? encoding : written
    if (done) queueMicrotask(done)
    return true
  }
}
