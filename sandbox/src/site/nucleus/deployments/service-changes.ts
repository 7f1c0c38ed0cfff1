// sandbox/src/site/nucleus/deployments/service-changes.ts: which components a deployment adds, updates and removes, and the steps that bring them there.
import type { Log } from '@fleet/log'
import type { ConfigStore } from '../config/config-store.ts'
import type { ComponentStore } from '../components/component-store.ts'
import { textOf } from '../json.ts'
import type { Service } from '../lifecycle/service.ts'
import type { Services } from '../lifecycle/services.ts'
import { pause } from '../timing.ts'
import { DeploymentError } from './deployment-error.ts'
import type { ErrorType } from './error-code.ts'

export interface ServiceChanges {
  readonly added: ReadonlySet<string>
  readonly updated: ReadonlySet<string>
  readonly removed: ReadonlySet<string>
  /** Before the deployment. */
  readonly broken: ReadonlySet<string>
}

/** What is inside the nucleus is never removed. */
export function changesTo(wanted: readonly string[], services: Services): ServiceChanges {
  const running = services.ordered().filter(({ isBuiltin }) => !isBuiltin)
  const names = running.map(({ name }) => name)
  return {
    added: new Set(wanted.filter((name) => !names.includes(name))),
    updated: new Set(wanted.filter((name) => names.includes(name))),
    removed: new Set(names.filter((name) => !wanted.includes(name))),
    broken: new Set(running.flatMap(({ name, lifecycle }) => (lifecycle.isOrWillBe('BROKEN') ? [name] : []))),
  }
}

/** For the way back. */
export const reversed = ({ added, updated, removed, broken }: ServiceChanges): ServiceChanges => ({ added: removed, updated, removed: added, broken })

/** @throws ServiceLoadError */
export function startChanged({ added, updated }: ServiceChanges, services: Services): void {
  for (const name of added) services.locate(name).lifecycle.requestStart()
  for (const name of updated) {
    const { lifecycle } = services.locate(name)
    if (lifecycle.isOrWillBe('BROKEN')) lifecycle.requestReinstall() // a deployment is a new chance
  }
}

/** Those whose state tells how the deployment went. */
export function tracked({ added, updated }: ServiceChanges, services: Services): ReadonlySet<Service> {
  const reached = services.ordered()
  const changed = [...added, ...updated].map((name) => services.locate(name))
  return new Set(changed.filter((service) => service !== services.main && reached.includes(service)))
}

export interface WaitOptions {
  readonly log: Log
  readonly store: ComponentStore
  readonly pollMs: number
  /** Only what has broken since then counts, in milliseconds. */
  readonly since: number
  /** Aborts when nobody wants to know any more. */
  readonly signal: AbortSignal
}

/** Resolves when all run or have finished. @throws DeploymentError when one is broken */
export async function untilStarted(services: ReadonlySet<Service>, options: WaitOptions): Promise<void> {
  for (;;) {
    const broken = [...services].find(({ lifecycle: { state, changedAt } }) => state === 'BROKEN' && changedAt > options.since)
    if (broken !== undefined) throw brokenService(broken, options)
    if ([...services].every(({ lifecycle }) => lifecycle.hasReachedDesired() && (lifecycle.state === 'RUNNING' || lifecycle.state === 'FINISHED'))) return
    await pause(options.pollMs, options.signal)
  }
}

function brokenService({ name, version }: Service, { log, store }: WaitOptions): DeploymentError {
  log.warn('merge-config-service BROKEN', { serviceName: name })
  const type = errorTypeOf(store.arnOf({ name, version: textOf(version()) }))
  return new DeploymentError(`Service ${name} in broken state after deployment`, { codes: ['COMPONENT_UPDATE_ERROR', 'COMPONENT_BROKEN'], types: [type] })
}

/** Whose component it is: AWS's have the account `aws`. */
export function errorTypeOf(arn: string | undefined): ErrorType {
  const account = arn?.split(':')[4]
  if (account === undefined || account === '') return 'COMPONENT_ERROR'
  return account === 'aws' ? 'AWS_COMPONENT_ERROR' : 'USER_COMPONENT_ERROR'
}

/** Uninstalls them and forgets their configuration. */
export async function removeObsolete({ removed }: ServiceChanges, { services, config, log }: { services: Services; config: ConfigStore; log: Log }): Promise<void> {
  const obsolete = [...removed].flatMap((name) => services.find(name) ?? []).filter(({ isBuiltin }) => !isBuiltin)
  log.info('Removing services', { 'service-to-remove': obsolete.map(({ name }) => name) })
  for (const { lifecycle } of obsolete) lifecycle.requestUninstall()
  for (const service of obsolete) await service.close()
  for (const { name } of obsolete) {
    services.forget(name)
    config.remove(['services', name])
  }
}

/** They and all that hardly need them, whatever is between. */
export function withDependers(names: ReadonlySet<string>, services: Services): ReadonlySet<Service> {
  const found = new Set(services.ordered().filter(({ name }) => names.has(name)))
  for (const service of services.ordered()) if ([...service.dependencies].some(([needed, type]) => type === 'HARD' && found.has(needed))) found.add(service) // each comes after what it needs
  return found
}
