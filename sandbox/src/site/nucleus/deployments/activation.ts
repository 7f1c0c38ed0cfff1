// sandbox/src/site/nucleus/deployments/activation.ts: makes the device what the deployment says, and takes it back when that fails.
import type { Log } from '@fleet/log'
import type { ComponentStore } from '../components/component-store.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { deploymentBehaviour } from '../config/merge-behaviour.ts'
import type { TransactionLine } from '../config/transaction-log.ts'
import { AUTOSTARTED } from '../lifecycle/builtin.ts'
import type { Services } from '../lifecycle/services.ts'
import type { Timings } from '../timing.ts'
import type { DeploymentResult } from './deployment.ts'
import { changesTo, removeObsolete, reversed, startChanged, tracked, untilStarted, withDependers, type ServiceChanges } from './service-changes.ts'
import type { ServicesConfig } from './service-resolution.ts'

export interface ActivationOptions {
  readonly config: ConfigStore
  readonly services: Services
  readonly store: ComponentStore
  readonly log: Log
  readonly timings: Timings
  /** The nucleus stops: the deployment is left as it is, to be done again. */
  readonly stopping: AbortSignal
  /** Nobody waits for its end any more; what has begun goes on. */
  readonly cancelled: AbortSignal
  readonly now: () => Date
}

export interface Activation {
  readonly services: ServicesConfig
  readonly configurationAt: number
  readonly rollsBack: boolean
}

/** @throws the reason of `stopping` */
export async function activate({ services: wanted, configurationAt, rollsBack }: Activation, options: ActivationOptions): Promise<DeploymentResult> {
  const { config, services, log } = options
  const snapshot = rollsBack ? config.snapshot() : undefined
  const changes = changesTo(Object.keys(wanted), services)
  const since = options.now().getTime()
  mergeServices(wanted, configurationAt, options)
  try {
    startChanged(changes, services)
    await untilDone(changes, since, options)
    log.info('All services updated')
    return { status: 'SUCCESSFUL' }
  } catch (cause) {
    options.stopping.throwIfAborted()
    log.error('Deployment failed', { error: cause })
    if (snapshot === undefined) return { status: 'FAILED_ROLLBACK_NOT_REQUESTED', cause }
    return rollBack(reversed(changes), { snapshot, cause }, options)
  }
}

export function mergeServices(wanted: ServicesConfig, configurationAt: number, { config, services, now }: Pick<ActivationOptions, 'config' | 'services' | 'now'>): void {
  const kept = builtins(services).filter((name) => wanted[name] === undefined)
  config.merge([], { services: wanted }, deploymentBehaviour(now().getTime(), configurationAt, kept))
}

/** Their configuration outlives whatever a deployment does. */
function builtins(services: Services): string[] {
  return [...AUTOSTARTED, ...services.ordered().flatMap(({ name, isBuiltin }) => (isBuiltin ? [name] : []))]
}

async function untilDone(changes: ServiceChanges, since: number, options: ActivationOptions): Promise<void> {
  await untilStarted(tracked(changes, options.services), { ...waiting(options), since }).catch((error: unknown) => {
    if (!options.cancelled.aborted || options.stopping.aborted) throw error
    options.log.warn('deployment cancelled while waiting for services to start')
  })
  await removeObsolete(changes, options)
}

const waiting = ({ log, store, timings, stopping, cancelled }: ActivationOptions) => ({ log, store, pollMs: timings.servicePoll, signal: AbortSignal.any([stopping, cancelled]) })

async function rollBack(changes: ServiceChanges, { snapshot, cause }: { snapshot: readonly TransactionLine[]; cause: unknown }, options: ActivationOptions): Promise<DeploymentResult> {
  const { services, log, stopping } = options
  log.info('Rolling back failed deployment')
  const since = options.now().getTime()
  try {
    restoreSnapshot(snapshot, options)
    startChanged(changes, services)
    // What was broken before is expected to be so again, and what needs it cannot start.
    const hopeless = withDependers(changes.broken, services)
    const hopeful = new Set([...tracked(changes, services)].filter((service) => !hopeless.has(service)))
    await untilStarted(hopeful, { ...waiting(options), signal: stopping, since })
    await removeObsolete(changes, options)
    log.info('All services rolled back')
    return { status: 'FAILED_ROLLBACK_COMPLETE', cause }
  } catch (error) {
    stopping.throwIfAborted()
    log.error('Failed to rollback deployment', { error })
    return { status: 'FAILED_UNABLE_TO_ROLLBACK', cause }
  }
}

export function restoreSnapshot(snapshot: readonly TransactionLine[], { config, services, now }: Pick<ActivationOptions, 'config' | 'services' | 'now'>): void {
  const at = now().getTime()
  config.rollBack(snapshot, deploymentBehaviour(at, at, builtins(services)))
}
