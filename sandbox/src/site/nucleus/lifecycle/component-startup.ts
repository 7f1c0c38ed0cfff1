// sandbox/src/site/nucleus/lifecycle/component-startup.ts: starts a component by its startup or run script, and hears how that ends.
import type { Log } from '@fleet/log'
import type { ComponentProcess } from './component-process.ts'
import type { ComponentScripts } from './component-scripts.ts'
import type { Lifecycle } from './lifecycle.ts'

export interface StartupOptions {
  readonly scripts: ComponentScripts
  readonly log: Log
  readonly lifecycle: () => Lifecycle
  /** `Timeout` of the run script; none by default. */
  readonly runLimitMs: () => number | undefined
}

export async function startComponent({ scripts, ...options }: StartupOptions): Promise<void> {
  const { generation } = options.lifecycle()
  const outcome = await scripts.begin('startup', scripts.plan('startup'))
  if (outcome.kind === 'nothing') return startRun({ scripts, ...options }, generation)
  if (outcome.kind === 'running') void outcome.process.ended.then((exitCode) => startupEnded({ scripts, ...options }, generation, exitCode))
}

function startupEnded({ scripts, lifecycle }: StartupOptions, generation: number, exitCode: number): void {
  scripts.say('Startup script exited', { exitCode })
  const { state, report, errored } = lifecycle()
  if (lifecycle().generation !== generation || (state !== 'STARTING' && state !== 'RUNNING')) return
  if (exitCode !== 0) errored({ code: 'STARTUP_ERROR', exitCode, reason: 'Non-zero exit code in startup' })
  else if (state === 'STARTING') report('RUNNING')
}

async function startRun(options: StartupOptions, generation: number): Promise<void> {
  const { scripts, lifecycle } = options
  if (lifecycle().generation !== generation || lifecycle().state !== 'STARTING') return
  const outcome = await scripts.begin('run', scripts.plan('run'))
  if (outcome.kind === 'nothing') lifecycle().report('FINISHED')
  if (outcome.kind !== 'running') return
  lifecycle().report('RUNNING')
  limitRun(options, outcome.process)
  void outcome.process.ended.then((exitCode) => runEnded(options, generation, exitCode))
}

function runEnded({ scripts, lifecycle }: StartupOptions, generation: number, exitCode: number): void {
  scripts.say('Run script exited', { exitCode })
  if (lifecycle().generation !== generation || !lifecycle().isOrWillBe('RUNNING')) return
  if (exitCode === 0) lifecycle().requestStop()
  else lifecycle().errored({ code: 'RUN_ERROR', exitCode })
}

function limitRun({ log, lifecycle, runLimitMs }: StartupOptions, process: ComponentProcess): void {
  const limitMs = runLimitMs()
  if (limitMs === undefined) return
  const timer = setTimeout(() => {
    if (!process.isRunning) return
    log.warn('Service failed to run within timeout, calling close in process')
    lifecycle().report('ERRORED', { code: 'RUN_TIMEOUT' })
    void process.stop()
  }, limitMs)
  void process.ended.then(() => clearTimeout(timer))
}
