// sandbox/src/site/nucleus/deployments/bootstrap.ts: a deployment that restarts the nucleus: bootstrap steps, restart, and the look whether all came up.
import type { ComponentStore } from '../components/component-store.ts'
import type { Services } from '../lifecycle/services.ts'
import { stopServices } from '../lifecycle/shutdown.ts'
import { TimeoutError } from '../timing.ts'
import { mergeServices, type Activation, type ActivationOptions } from './activation.ts'
import type { Deployment, DeploymentResult } from './deployment.ts'
import { DeploymentError, failureReport } from './deployment-error.ts'
import type { DeploymentDocument } from './document.ts'
import type { ErrorCode, ErrorType } from './error-code.ts'
import type { OngoingDeployment, OngoingDeployments } from './ongoing-deployment.ts'
import { errorTypeOf, untilStarted } from './service-changes.ts'

/** Exit codes of a nucleus that wants to be started again, by itself or with the device. */
export const RESTART = 100
export const REBOOT = 101
export type RestartCode = typeof RESTART | typeof REBOOT

export interface Restarting {
  readonly deployment: Deployment
  readonly document: DeploymentDocument
  /** Components with a bootstrap step to run. */
  readonly bootstrap: readonly string[]
}

/** Stops everything, changes the configuration, and runs the bootstrap steps; answers how the nucleus shall end. */
export async function activateByRestart({ services: wanted, configurationAt }: Activation, { deployment, document, bootstrap }: Restarting, options: ActivationOptions & { readonly ongoing: OngoingDeployments }): Promise<RestartCode> {
  options.ongoing.writeSnapshot(options.config.snapshot())
  await stopServices(options.services, options.log)
  mergeServices(wanted, configurationAt, options)
  for (const component of bootstrap) options.services.forget(component) // what was stopped does not follow the configuration any more
  const tasks = bootstrap.map((component) => ({ component, isDone: false }))
  const record: OngoingDeployment = { type: deployment.type, id: deployment.id, document, stage: 'BOOTSTRAP', tasks }
  options.ongoing.write(record)
  return runBootstrap(record, options)
}

/** Runs the steps that are left, until one asks for a restart. A failure restarts into the configuration from before. */
export async function runBootstrap(record: OngoingDeployment, options: Pick<ActivationOptions, 'services' | 'store' | 'log'> & { readonly ongoing: OngoingDeployments }): Promise<RestartCode> {
  let current = record
  try {
    for (const { component } of record.tasks.filter(({ isDone }) => !isDone)) {
      options.log.info('Execute component bootstrap step', { componentName: component })
      const exitCode = await bootstrapOf(component, options)
      const tasks = current.tasks.map((task) => (task.component === component ? { ...task, isDone: true } : task))
      current = { ...current, tasks }
      options.ongoing.write(current)
      if (exitCode !== 0 && tasks.some(({ isDone }) => !isDone)) return exitCode
      if (exitCode !== 0) return finish(current, options, exitCode)
    }
    return finish(current, options, RESTART)
  } catch (error) {
    options.log.error('Deployment bootstrap failed', { error })
    options.ongoing.write({ ...current, stage: 'KERNEL_ROLLBACK', failure: failureReport(error) })
    return RESTART
  }
}

function finish(record: OngoingDeployment, { log, ongoing }: Pick<ActivationOptions, 'log'> & { readonly ongoing: OngoingDeployments }, code: RestartCode): RestartCode {
  log.info('Completed all bootstrap tasks. Continue to activate deployment changes')
  ongoing.write({ ...record, stage: 'KERNEL_ACTIVATION' })
  return code
}

async function bootstrapOf(component: string, { services, store }: { services: Services; store: ComponentStore }): Promise<0 | RestartCode> {
  const service = services.locate(component)
  const fail = (what: string, code: ErrorCode) => new DeploymentError(what, { codes: ['COMPONENT_UPDATE_ERROR', code], types: [errorTypeOf(store.arnOf({ name: component, version: service.version() ?? '' }))] })
  let exitCode: number
  try {
    exitCode = (await service.bootstrap?.()) ?? 0
  } catch (error) {
    if (error instanceof TimeoutError) throw fail(error.message, 'COMPONENT_BOOTSTRAP_TIMEOUT')
    throw error
  }
  if (exitCode === 0 || exitCode === RESTART || exitCode === REBOOT) return exitCode
  throw fail(`Fail to execute bootstrap step for ${component}, exit code: ${exitCode}`, 'COMPONENT_BOOTSTRAP_ERROR')
}

export interface ResumeOptions extends ActivationOptions {
  readonly ongoing: OngoingDeployments
  /** When the nucleus started, in milliseconds. */
  readonly startedAt: number
}

/** After the restart: waits for all services. A number: what was activated does not come up, so restart into what was before. */
export async function resume(record: OngoingDeployment, options: ResumeOptions): Promise<DeploymentResult | RestartCode> {
  const { services, log, store, timings, stopping, ongoing } = options
  const isRollback = record.stage === 'KERNEL_ROLLBACK'
  const cause = isRollback ? storedFailure(record) : undefined
  try {
    await untilStarted(new Set(services.ordered()), { log, store, pollMs: timings.servicePoll, since: options.startedAt, signal: stopping })
    return isRollback ? { status: 'FAILED_ROLLBACK_COMPLETE', cause } : { status: 'SUCCESSFUL' }
  } catch (error) {
    stopping.throwIfAborted()
    log.error('deployment-errored', { error })
    if (isRollback) return { status: 'FAILED_UNABLE_TO_ROLLBACK', cause }
    ongoing.write({ ...record, stage: 'KERNEL_ROLLBACK', failure: failureReport(error) })
    return RESTART
  }
}

function storedFailure({ failure }: OngoingDeployment): DeploymentError {
  if (failure === undefined) return new DeploymentError('Nucleus update workflow failed to restart Nucleus due to an unexpected device IO error', { codes: ['IO_WRITE_ERROR'] })
  const { failureCause, errorStack, errorTypes } = failure
  return new DeploymentError(failureCause, { codes: errorStack as ErrorCode[], types: errorTypes as ErrorType[] }) // as failureReport made them
}
