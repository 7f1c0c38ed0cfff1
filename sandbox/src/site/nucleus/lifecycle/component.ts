// sandbox/src/site/nucleus/lifecycle/component.ts: what a component does in the states of its lifecycle: it runs the scripts of its recipe.
import type { Log } from '@fleet/log'
import { textOf } from '../json.ts'
import { TimeoutError, within } from '../timing.ts'
import { componentScripts, type ComponentScripts, type ScriptOptions } from './component-scripts.ts'
import { startComponent } from './component-startup.ts'
import type { ServiceActions } from './machine.ts'
import { mutex } from './mutex.ts'
import { errorResetMs, stepTimeoutMs, type StepPlan } from './step.ts'

export type ComponentActions = Omit<ServiceActions, 'dependenciesReady' | 'whenDependenciesReady'> & {
  readonly bootstrap: () => Promise<number>
  readonly hold: (held: boolean) => void
  readonly isHeld: boolean
  readonly forceStop: () => Promise<void>
}

export function componentActions(options: ScriptOptions & { readonly log: Log }): ComponentActions {
  const { config, lifecycle, log } = options
  const scripts = componentScripts(options)
  const { plan, finish, stopAll, hold } = scripts
  const exclusive = mutex()
  let shutdownPlan: StepPlan | undefined
  return {
    install: (signal) =>
      exclusive(async () => {
        await stopAll()
        const exitCode = await finish('install', plan('install'), signal)
        if (exitCode !== undefined && exitCode !== 0 && !signal.aborted) lifecycle().errored({ reason: 'Script errored in install' })
      }),
    startup: () =>
      exclusive(async () => {
        shutdownPlan = plan('shutdown') // what is started now is stopped as its own recipe says, also after an update
        await stopAll()
        await startComponent({ scripts, log, lifecycle, runLimitMs: () => stepTimeoutMs(config(), 'run') })
      }),
    shutdown: (signal) =>
      exclusive(async () => {
        if (scripts.isHeld) hold(false)
        try {
          await finish('shutdown', shutdownPlan ?? plan('shutdown'), signal)
        } finally {
          await stopAll()
        }
      }),
    uninstall: (signal) =>
      exclusive(async () => {
        await finish('uninstall', plan('uninstall'), signal, { GREENGRASS_COMPONENT_VERSION: textOf(config().version) })
      }),
    async recover() {
      const outcome = await scripts.begin('recover', plan('recover'))
      if (outcome.kind !== 'running') return
      await within(scripts.timeoutMs('recover'), outcome.process.ended, 'recover').catch((error: unknown) => log.error('Error recovery handler timed out', { error }))
    },
    bootstrap: () => exclusive(() => bootstrap(scripts)),
    timeoutMs: scripts.timeoutMs,
    errorResetMs: () => errorResetMs(config()),
    hold,
    get isHeld() {
      return scripts.isHeld
    },
    forceStop: stopAll,
  }
}

async function bootstrap({ plan, finish, stopAll, timeoutMs }: ComponentScripts): Promise<number> {
  await stopAll()
  const given = new AbortController()
  const work = finish('bootstrap', plan('bootstrap'), given.signal)
  try {
    return (await within(timeoutMs('bootstrap'), work, 'bootstrap')) ?? 0
  } catch (error) {
    given.abort(error)
    await work
    if (error instanceof TimeoutError) throw new TimeoutError(`Bootstrap step timed out after '${timeoutMs('bootstrap') / 1000}' seconds.`)
    throw error
  }
}
