// sandbox/src/cloud/lambda/invocation-log.ts: the log of one invocation: the platform's START, END and REPORT around what the function printed.
import type { LogSink } from '../ports.ts'
import type { Outcome } from './execution-environment.ts'
import type { FunctionRecord } from './function-record.ts'
import { LATEST } from './function-name.ts'

/** API reference, «Invoke», LogType: the last 4 KB come back with the answer. */
const TAIL_BYTES = 4096

/** Lines of so short a time are stored together; all are, before the invocation is answered. */
const GATHERED_MS = 50

export interface InvocationLog {
  /** What the function wrote: a whole entry, or a piece of a stream, which becomes an entry for each line. */
  readonly write: (text: string, entry: boolean) => void
  end(outcome: Outcome): void
  /** Base64. */
  tail(): string
}

export function invocationLog(record: FunctionRecord, { sink, stream, requestId }: { sink: LogSink; stream: string; requestId: string }): InvocationLog {
  const { LogGroup: group, LogFormat: format, SystemLogLevel: level = 'INFO' } = record.logging
  let last = ''
  let partOfLine = ''
  let unsent: string[] = []
  let waiting: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(waiting)
    waiting = undefined
    if (unsent.length > 0) sink.append(group, stream, unsent)
    unsent = []
  }
  const append = (message: string) => {
    waiting ??= setTimeout(flush, GATHERED_MS).unref()
    unsent.push(message)
    last = (last + message).slice(-TAIL_BYTES)
  }
  const platform = (type: string, entry: Record<string, unknown>, text: string) => {
    if (format !== 'JSON') return append(text)
    if (level === 'INFO' || level === 'DEBUG') append(`${JSON.stringify({ time: new Date().toISOString(), type, record: { requestId, ...entry } })}\n`)
  }

  platform('platform.start', { version: LATEST }, `START RequestId: ${requestId} Version: ${LATEST}\n`)
  return {
    write(text, entry) {
      if (entry) return append(text)
      const lines = (partOfLine + text).split('\n')
      partOfLine = lines.pop() ?? ''
      for (const line of lines) append(`${line}\n`)
    },
    end(outcome) {
      if (partOfLine) append(partOfLine)
      for (const line of lastWords(outcome, requestId)) append(line)
      if (format !== 'JSON') append(`END RequestId: ${requestId}\n`)
      platform('platform.report', { status: outcome.status, metrics: metricsOf(record, outcome) }, reportLine(record, outcome, requestId))
      flush()
    },
    tail: () => Buffer.from(last).subarray(-TAIL_BYTES).toString('base64'),
  }
}

/** What the runtime could no longer say itself. */
function lastWords({ result, status }: Outcome, requestId: string): readonly string[] {
  if (result.kind !== 'failed') return []
  const { errorType, errorMessage } = result.error
  if (status === 'timeout') return [`${new Date().toISOString()} ${requestId} ${errorMessage.replace(/^.*Error: /, '')}\n\n`]
  return errorType === 'Runtime.ExitError' || errorType === 'Runtime.OutOfMemory' ? [`${errorMessage}\n${errorType}\n`] : []
}

function metricsOf(record: FunctionRecord, { durationMs, initMs, memoryBytes }: Outcome) {
  return {
    durationMs: round(durationMs),
    billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
    memorySizeMB: record.memoryMb,
    maxMemoryUsedMB: Math.ceil(memoryBytes / 1024 / 1024),
    ...(initMs === undefined ? {} : { initDurationMs: round(initMs) }),
  }
}

/** Since 2025-08 AWS bills the init phase too, hence both in «Billed Duration». */
function reportLine(record: FunctionRecord, outcome: Outcome, requestId: string): string {
  const { durationMs, billedDurationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs } = metricsOf(record, outcome)
  const { status, result } = outcome
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedDurationMs} ms`,
    `Memory Size: ${memorySizeMB} MB`,
    `Max Memory Used: ${maxMemoryUsedMB} MB`,
    ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
    ...(status === 'timeout' ? ['Status: timeout'] : []),
    ...(status === 'error' && result.kind === 'failed' && outcome.lost ? ['Status: error', `Error Type: ${result.error.errorType}`] : []),
  ]
  return `${fields.join('\t')}\t\n`
}

const round = (ms: number) => Math.round(ms * 100) / 100
