// ops/src/stack/in-process.ts: runs the Pulumi program without the Pulumi CLI, in a child process of ours, against Cloud Control.
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ERROR_CODES, FleetError, type ErrorCode } from '@fleet/contract/errors'
import { safe } from './secrets.ts'
import type { StackEngine, StackResource, StackResult, StackRun } from './stack-engine.ts'
import type { StackReport } from './stack-report.ts'
import type { StackOrder } from './stack-run.ts'
import { openState, type RecordedResource } from './stack-state.ts'

export interface InProcessOptions {
  /** Folder of the program's package.json (`infra`). */
  readonly programFolder: string
  readonly project: string
  /** Where the state of each stage is kept: `<stage>.stack.json`, and beside it its lock. */
  readonly stateFolder: string
}

/** The process that an order is given to. */
export type Give = (order: StackOrder, environment: NodeJS.ProcessEnv) => ChildProcess

const CHILD = fileURLToPath(new URL('stack-process.ts', import.meta.url))

/** Each order has a process of its own, unless tests give another: a program that is imported once cannot be run twice, and one that ends its process ends no more than itself. */
export function inProcessEngine({ programFolder, project, stateFolder }: InProcessOptions, give: Give = ownProcess): StackEngine {
  const stateFile = (stage: string) => join(stateFolder, `${stage}.stack.json`)
  const command = (name: StackOrder['command']) => (run: StackRun) => {
    const { stage, config } = run
    // Pulumi's SDK is large: with its code compiled before, a run starts in half the time (Node.js, «Module compile cache»).
    const environment = { NODE_COMPILE_CACHE: join(stateFolder, 'compile-cache'), ...process.env, ...run.environment }
    const child = give({ command: name, programFolder, project, stage, config, stateFile: stateFile(stage) }, environment)
    return resultOf(child, run.onProgress)
  }
  return {
    preview: command('preview'),
    up: command('up'),
    refresh: command('refresh'),
    destroy: command('destroy'),
    sealedBy: () => Promise.resolve(undefined),
    resources: async (stage) => (existsSync(stateFile(stage)) ? openState(stateFile(stage), safe(process.env['PULUMI_CONFIG_PASSPHRASE'])).all().map(told) : []),
    outputs: async (stage) => (existsSync(stateFile(stage)) ? openState(stateFile(stage), safe(process.env['PULUMI_CONFIG_PASSPHRASE'])).outputs() : undefined),
  }
}

const told = ({ urn, type, id, protect }: RecordedResource): StackResource => ({ urn, type, id, name: urn.slice(urn.lastIndexOf('::') + 2), isProtected: protect })

const ownProcess: Give = (order, environment) => {
  const child = fork(CHILD, { env: environment, execPath: process.execPath, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  child.send(order)
  return child
}

async function resultOf(child: ChildProcess, onProgress: StackRun['onProgress']): Promise<StackResult> {
  const { promise, resolve, reject } = Promise.withResolvers<StackResult>()
  const said = lastWords()
  const hear = (message: unknown) => {
    const report = message as StackReport // only our own child has this channel
    if (report.kind === 'progress') onProgress?.(report.progress)
    else if (report.kind === 'done') resolve(report.result)
    else reject(new FleetError(codeOf(report.code), report.message, report.remedy))
  }
  child.stdout?.on('data', said.hear)
  child.stderr?.on('data', said.hear)
  child.on('message', hear)
  child.on('error', reject)
  child.on('exit', (code, signal) => reject(interrupted(`the process that runs the program ended by ${signal ?? `exit code ${String(code)}`}${said.text()}`)))
  try {
    return await promise
  } finally {
    child.off('message', hear) // the next order's
  }
}

const interrupted = (what: string) => new FleetError('STACK_INTERRUPTED', what, 'Run the same again: what was made is recorded, and the run goes on where it stopped.')

const codeOf = (code: string): ErrorCode => ERROR_CODES.find((known) => known === code) ?? 'STACK_PROGRAM_FAILED'

/** The end of what the child wrote: why it died, if it did. */
function lastWords() {
  let words = ''
  return {
    hear: (bytes: Buffer) => void (words = (words + bytes.toString()).slice(-2000)),
    text: () => (words === '' ? '' : `:\n${words.trim()}`),
  }
}
