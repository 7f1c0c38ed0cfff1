// sandbox/src/site/nucleus/components/version-negotiation.ts: finds the version of one component that meets all requirements: the cloud decides, what is here helps out.
import type { Log } from '@fleet/log'
import { BadResponse, DataPlaneError, type DataPlane, type ResolvedComponent } from '../cloud/data-plane.ts'
import { NetworkError } from '../cloud/https.ts'
import { isPassingStatus, retrying } from '../cloud/retry.ts'
import type { ConfigStore } from '../config/config-store.ts'
import { NUCLEUS, type DeviceConfiguration } from '../config/device-configuration.ts'
import { DeploymentError } from '../deployments/deployment-error.ts'
import { textOf } from '../json.ts'
import type { Timings } from '../timing.ts'
import type { ComponentStore } from './component-store.ts'
import type { Platform } from './platform.ts'
import type { Recipe } from './recipe.ts'
import { allOf, type Requirement } from './version-requirement.ts'

/** By who requires: a group's name or a component that depends on it. */
export type Requirements = ReadonlyMap<string, Requirement>

export interface NegotiationOptions {
  readonly config: ConfigStore
  readonly device: DeviceConfiguration
  readonly store: ComponentStore
  readonly dataPlane: DataPlane
  readonly log: Log
  readonly timings: Timings
  readonly signal: AbortSignal
  readonly platform: () => Platform
}

/** @throws DeploymentError, DataPlaneError; while the device is offline it tries for ever, unless a version that would do is here */
export async function negotiateVersion(name: string, requirements: Requirements, options: NegotiationOptions): Promise<Recipe> {
  const { device, store, log } = options
  const local = localCandidate(name, allOf(requirements.values()), options)
  if (local !== undefined) log.info('Found the best local candidate that satisfies the requirement', { component: name, version: local })
  if (local !== undefined && (device.missing().length > 0 || (name === NUCLEUS && local === device.version()))) return store.get({ name, version: local })
  if (device.missing().length > 0) throw unavailable('Device is configured to run offline and no local component version satisfies the requirements.', name, requirements)
  const resolved = local === undefined ? await resolvePatiently(name, requirements, options) : await resolveOnce(name, requirements, { ...options, local })
  if (resolved === undefined) return store.get({ name, version: local ?? '' })
  if (resolved.vendorGuidance === 'DISCONTINUED') log.warn('This component version has been discontinued by its publisher', { component: name, version: resolved.version })
  store.save(resolved, resolved.recipe, resolved.arn)
  log.info('Resolved component version', { component: resolved.name, version: resolved.version })
  return store.get(resolved)
}

/** What runs comes before what is newer. */
function localCandidate(name: string, requirement: Requirement, { config, store }: NegotiationOptions): string | undefined {
  const active = textOf(config.value('services', name, 'version'))
  return active !== '' && requirement.isSatisfiedBy(active) ? active : store.best(name, requirement)
}

/** With a version at hand, any trouble with the cloud means that one. */
async function resolveOnce(name: string, requirements: Requirements, options: NegotiationOptions & { readonly local: string }): Promise<ResolvedComponent | undefined> {
  try {
    return await ask(name, requirements, options)
  } catch (error) {
    options.signal.throwIfAborted()
    options.log.info('Failed to negotiate version with cloud and fall back to use the local version', { component: name, localVersion: options.local, error })
    return undefined
  }
}

async function resolvePatiently(name: string, requirements: Requirements, options: NegotiationOptions): Promise<ResolvedComponent> {
  const { log, signal, timings } = options
  const isRetryable = (error: unknown) => error instanceof NetworkError || (error instanceof DataPlaneError && isPassingStatus(error.status))
  try {
    return await retrying({ what: 'resolve-component-version', log, signal, firstWaitMs: timings.cloudRetry, isRetryable }, () => ask(name, requirements, options))
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof Unavailable) throw unavailable('No local or cloud component version satisfies the requirements', name, requirements)
    if (!(cause instanceof DataPlaneError)) throw new DeploymentError('An error occurred while negotiating component version with cloud', { cause })
    if (cause.status !== 403) throw cause
    const what = 'Access denied when calling ResolveComponentCandidates. Ensure certificate policy grants greengrass:ResolveComponentCandidates'
    throw new DeploymentError(what, { cause, causeMeans: 'RESOLVE_COMPONENT_CANDIDATES_ACCESS_DENIED' })
  }
}

async function ask(name: string, requirements: Requirements, options: NegotiationOptions & { readonly local?: string }): Promise<ResolvedComponent> {
  const spelled = Object.fromEntries([...requirements].map(([who, { text }]) => [who, text]))
  try {
    return await options.dataPlane.resolve({ platform: options.platform(), componentName: name, localVersion: options.local, requirements: spelled })
  } catch (error) {
    if (error instanceof BadResponse) throw new DeploymentError(error.message, { codes: ['RESOLVE_COMPONENT_CANDIDATES_BAD_RESPONSE'] })
    if (!(error instanceof DataPlaneError) || error.type !== 'ResourceNotFoundException') throw error
    if (error.said.includes('claim platform')) throw incompatible(name, options.platform())
    throw unavailable(error.said === '' || error.said.includes('no usable version') ? 'No cloud component version satisfies the requirements.' : error.said, name, requirements)
  }
}

/** No version anywhere will do: the operator sees these words in the deployment's failure cause. */
class Unavailable extends DeploymentError {}

function unavailable(what: string, name: string, requirements: Requirements): Unavailable {
  const advice =
    'Check whether the version constraints conflict and that the component exists in your AWS account with a version that matches the version constraints. If the version constraints conflict, revise deployments to resolve the conflict.'
  const constraints = [...requirements].map(([who, { text }]) => ` ${who} requires ${text}`).join(',')
  return new Unavailable(`${what} ${advice} Component ${name} version constraints:${constraints}.`, { codes: ['NO_AVAILABLE_COMPONENT_VERSION', 'COMPONENT_VERSION_REQUIREMENTS_NOT_MET'] })
}

function incompatible(name: string, platform: Platform): DeploymentError {
  const advice =
    'Check whether the component platform specifications mentioned in its recipe match the core device platform constraints. If the component is not supported on the core device platform with classic runtime, revise deployments to resolve the conflict.'
  const attributes = Object.entries(platform).map(([attribute, value]) => ` ${attribute}:${value}`).join(',')
  const what = `The version of component requested does not claim platform compatibility. ${advice} Component '${name}' is incompatible with the core device(classic) platform requirements - ${attributes}.`
  return new DeploymentError(what, { codes: ['NO_AVAILABLE_COMPONENT_VERSION', 'COMPONENT_VERSION_REQUIREMENTS_NOT_MET'] })
}
