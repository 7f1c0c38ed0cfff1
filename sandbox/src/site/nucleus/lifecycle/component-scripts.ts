// sandbox/src/site/nucleus/lifecycle/component-scripts.ts: runs the scripts of one component's recipe and knows which of them run.
import { makeFolder } from '../durable-file.ts'
import type { JsonObject } from '../json.ts'
import type { ComponentLogs } from '../logs/component-log.ts'
import { startProcess, type ComponentProcess } from './component-process.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { ProcessGroups } from './process-groups.ts'
import { configNotValid, ioError, type Step } from './status-code.ts'
import { planStep, stepTimeoutMs, type StepPlan } from './step.ts'

export interface ScriptOptions {
  readonly name: string
  /** Where the scripts run. */
  readonly folder: string
  readonly logs: ComponentLogs
  readonly groups: ProcessGroups
  readonly gracefulMs: number
  readonly config: () => JsonObject
  readonly environment: () => Record<string, string>
  readonly shell: () => string
  readonly lifecycle: () => Lifecycle
}

export type Outcome = { readonly kind: 'nothing' } | { readonly kind: 'failed' } | { readonly kind: 'running'; readonly process: ComponentProcess }

export interface ComponentScripts {
  readonly plan: (step: Step) => StepPlan
  readonly timeoutMs: (step: Step) => number
  /** Starts it; that it cannot be started is an error of the component. */
  readonly begin: (step: Step, planned: StepPlan, extra?: Readonly<Record<string, string>>) => Promise<Outcome>
  /** Runs it to its end and answers its exit code, undefined when there is nothing to run; stops it when the signal aborts. */
  readonly finish: (step: Step, planned: StepPlan, signal: AbortSignal, extra?: Readonly<Record<string, string>>) => Promise<number | undefined>
  readonly stopAll: () => Promise<void>
  readonly hold: (held: boolean) => void
  readonly isHeld: boolean
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void
}

const DEFAULT_SECONDS: Readonly<Partial<Record<Step, number>>> = { bootstrap: 120, install: 120, startup: 120, shutdown: 15, uninstall: 120, recover: 60 }

export function componentScripts(options: ScriptOptions): ComponentScripts {
  const processes = new Set<ComponentProcess>()
  let isHeld = false
  const begin: ComponentScripts['begin'] = async (step, planned, extra = {}) => {
    if (planned.kind === 'nothing') return planned
    const process = await start(options, step, planned, extra)
    if (process === undefined) return { kind: 'failed' }
    processes.add(process)
    void process.ended.then(() => processes.delete(process))
    return { kind: 'running', process }
  }
  return {
    plan: (step) => planStep(options.config(), options.name, step, options.environment().PATH ?? ''),
    timeoutMs: (step) => stepTimeoutMs(options.config(), step) ?? (DEFAULT_SECONDS[step] ?? 0) * 1000,
    begin,
    async finish(step, planned, signal, extra) {
      const outcome = await begin(step, planned, extra)
      if (outcome.kind !== 'running') return undefined
      const stop = () => void outcome.process.stop()
      signal.addEventListener('abort', stop)
      try {
        return await outcome.process.ended
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    async stopAll() {
      await Promise.all([...processes].map((process) => process.stop()))
    },
    hold(held) {
      isHeld = held
      for (const process of processes) process.hold(held)
    },
    get isHeld() {
      return isHeld
    },
    say: (event, fields) => say(options, 'info', event, fields),
  }
}

async function start(options: ScriptOptions, step: Step, planned: Exclude<StepPlan, { kind: 'nothing' }>, extra: Readonly<Record<string, string>>): Promise<ComponentProcess | undefined> {
  const { folder, groups, gracefulMs } = options
  if (planned.kind === 'invalid') {
    options.lifecycle().errored({ code: configNotValid(step), reason: `Script errored in ${step}: ${planned.why}` })
    return undefined
  }
  const { script, name: scriptName, setenv } = planned
  say(options, 'info', 'shell-runner-start', { scriptName, command: script.slice(0, 90) })
  const onLine = (stream: 'stdout' | 'stderr', line: string) => say(options, stream === 'stdout' ? 'info' : 'warn', `${stream}. ${line.trim()}`, { scriptName })
  try {
    makeFolder(folder)
    return await startProcess({ shell: options.shell(), script, folder, environment: { ...options.environment(), ...setenv, ...extra }, gracefulMs, groups, onLine })
  } catch (error) {
    say(options, 'warn', 'shell-runner-error', { scriptName, error })
    options.lifecycle().errored({ code: ioError(step), reason: `Script errored in ${step}`, error })
    return undefined
  }
}

function say({ name, logs, lifecycle }: ScriptOptions, level: 'info' | 'warn', event: string, fields: Readonly<Record<string, unknown>>): void {
  logs.write(name, { level, event, fields: { ...fields, currentState: lifecycle().state } })
}
