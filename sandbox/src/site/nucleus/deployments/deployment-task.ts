// sandbox/src/site/nucleus/deployments/deployment-task.ts: carries out one deployment: groups, versions, artifacts, configurations, the update itself.
import type { Log } from '@fleet/log'
import { DataPlaneError, type DataPlane } from '../cloud/data-plane.ts'
import { NetworkError, type HttpAccess } from '../cloud/https.ts'
import { isPassingStatus, retrying } from '../cloud/retry.ts'
import { checkPrerequisites, prepareArtifacts, type PreparationOptions } from '../components/artifact-preparation.ts'
import { resolveDependencies, type RootComponent } from '../components/dependency-resolution.ts'
import { removeStaleVersions } from '../components/stale-versions.ts'
import { negotiateVersion, type NegotiationOptions } from '../components/version-negotiation.ts'
import { NUCLEUS, type DeviceConfiguration } from '../config/device-configuration.ts'
import type { ConfigurationJudges } from '../ipc/configuration-judges.ts'
import type { UpdateNotices } from '../ipc/update-notices.ts'
import { textOf } from '../json.ts'
import type { ComponentId, NucleusPaths } from '../paths.ts'
import { activate, type Activation, type ActivationOptions } from './activation.ts'
import { activateByRestart, type RestartCode } from './bootstrap.ts'
import { checkConfigurations } from './configuration-check.ts'
import type { Deployment, DeploymentResult } from './deployment.ts'
import { DeploymentError } from './deployment-error.ts'
import { rootComponents, type DeploymentDocument } from './document.ts'
import type { GroupRecords } from './group-records.ts'
import { downloadDocument } from './large-document.ts'
import type { OngoingDeployments } from './ongoing-deployment.ts'
import { restartNeed } from './restart-need.ts'
import { resolveServices, type Wanted } from './service-resolution.ts'
import { untilComponentsAreReady } from './update-window.ts'

type Own = 'signal' | 'log' // of one deployment

export interface DeploymentTaskOptions extends Omit<ActivationOptions, 'cancelled'> {
  readonly paths: NucleusPaths
  readonly device: DeviceConfiguration
  readonly dataPlane: DataPlane
  readonly downloads: HttpAccess
  readonly negotiation: Omit<NegotiationOptions, Own>
  readonly preparation: Omit<PreparationOptions, Own>
  readonly records: GroupRecords
  readonly ongoing: OngoingDeployments
  readonly notices: UpdateNotices
  readonly judges: ConfigurationJudges
  readonly log: Log
  readonly removeImage: (uri: string) => Promise<void>
}

/** A number: the nucleus shall end with this exit code and go on with the deployment after its restart. */
export type Outcome = DeploymentResult | RestartCode

/** @throws the reason of `cancelled` or of `stopping`, when one of them ended it */
export async function carryOut(deployment: Deployment, document: DeploymentDocument, cancelled: AbortSignal, options: DeploymentTaskOptions): Promise<Outcome> {
  const signal = AbortSignal.any([cancelled, options.stopping])
  const brought: ComponentId[] = []
  let outcome: Outcome | undefined
  options.ongoing.begin()
  try {
    options.log.info('Starting deployment task')
    const wanted = await prepare(document, brought, { ...options, signal })
    outcome = await update(deployment, wanted, { ...options, cancelled, signal })
    options.log.info('Finished deployment task')
    return outcome
  } catch (cause) {
    signal.throwIfAborted()
    options.log.error('Error occurred while processing deployment', { error: cause })
    outcome = { status: 'FAILED_NO_STATE_CHANGE', cause }
    return outcome
  } finally {
    const isAborted = typeof outcome !== 'object' || outcome.status !== 'SUCCESSFUL'
    const isOver = typeof outcome !== 'number' && !options.stopping.aborted
    if (isOver) await cleanUp(isAborted ? brought : [], options)
    if (isOver) options.ongoing.remove()
  }
}

type TaskOptions = DeploymentTaskOptions & { readonly signal: AbortSignal }

/** All that can be done while what runs goes on running. */
async function prepare(document: DeploymentDocument, brought: ComponentId[], options: TaskOptions): Promise<Wanted> {
  const others = options.records.rootsOfOthers(document.group, await memberships(options))
  const target = document.components.map(({ name, version }): RootComponent => ({ group: document.group, name, version }))
  const recipes = await resolveDependencies({ target, others }, (name, requirements) => negotiateVersion(name, requirements, { ...options.negotiation, log: options.log, signal: options.signal }))
  brought.push(...recipes)
  const isLarge = document.requiredCapabilities.includes('LARGE_CONFIGURATION')
  const full = isLarge ? { ...document, components: (await downloadDocument(document.deploymentId, options)).components } : document
  checkPrerequisites(recipes)
  for (const recipe of recipes) await prepareArtifacts(recipe, { ...options.preparation, log: options.log, signal: options.signal })
  return { document: full, recipes, roots: new Set([...rootComponents(full), ...others.map(({ name }) => name)]), configurationAt: configurationTime(full, options) }
}

/** The device's thing groups as the cloud knows them; who may not ask counts on those that are known here. */
async function memberships({ records, dataPlane, device, log, timings, signal }: TaskOptions): Promise<ReadonlySet<string>> {
  if (device.missing().length > 0) return new Set()
  const isRetryable = (error: unknown) => error instanceof NetworkError || (error instanceof DataPlaneError && isPassingStatus(error.status))
  try {
    const names = await retrying({ what: 'get-thing-group-hierarchy', log, signal, firstWaitMs: timings.cloudRetry, isRetryable }, () => dataPlane.thingGroups())
    const groups = new Set([...names].map((name) => `thinggroup/${name}`))
    records.noteMemberships(groups)
    return groups
  } catch (cause) {
    signal.throwIfAborted()
    if (!(cause instanceof DataPlaneError) || cause.status !== 403) throw new DeploymentError('Error fetching thing group information', { cause })
    const advice = 'To automatically clean up unused components, please add greengrass:ListThingGroupsForCoreDevice permission to your IoT Thing policy.'
    log.warn(`Failed to get thing group hierarchy. Deployment will proceed. ${advice}`, { error: cause })
    const groups = records.knownThingGroups()
    records.noteMemberships(groups)
    return groups
  }
}

/** Of the deployment's creation, unless the nucleus is told to take the time of processing. */
function configurationTime({ components, createdAt }: DeploymentDocument, { device, now }: TaskOptions): number {
  const asked = components.find(({ name }) => name === NUCLEUS)?.merge?.deploymentConfigurationTimeSource
  const usesProcessingTime = asked === undefined ? device.usesProcessingTime() : textOf(asked) === 'deploymentProcessingTime'
  return usesProcessingTime ? now().getTime() : createdAt
}

async function update(deployment: Deployment, wanted: Wanted, options: TaskOptions & { readonly cancelled: AbortSignal }): Promise<Outcome> {
  const { document, configurationAt } = wanted
  const services = resolveServices(wanted, options)
  const need = restartNeed(services, options.config, options.services)
  const { deploymentId, notifiesComponents } = document
  try {
    if (notifiesComponents) await untilComponentsAreReady({ ...options, deploymentId, timeoutMs: document.notificationTimeoutMs, isNucleusRestarting: need.isNeeded })
    await checkConfigurations(services, deployment.id, document, options)
    options.signal.throwIfAborted()
    options.log.info('Applying deployment changes')
    const activation: Activation = { services, configurationAt, rollsBack: document.rollsBack }
    return need.isNeeded ? await activateByRestart(activation, { deployment, document, bootstrap: need.bootstrap }, options) : await activate(activation, options)
  } finally {
    if (notifiesComponents) options.notices.after(deploymentId)
  }
}

async function cleanUp(brought: readonly ComponentId[], { config, store, log, services, removeImage }: DeploymentTaskOptions): Promise<void> {
  await removeStaleVersions(brought, { config, store, log, running: () => services.ordered().map(({ name }) => name), removeImage })
}
