// sandbox/src/site/nucleus/status/fleet-status-message.ts: what the core device tells Greengrass of itself and its components, in messages that are not too large.
import type { DeploymentType } from '../deployments/deployment.ts'
import type { DeploymentStatus } from '../deployments/status-keeper.ts'
import type { JsonObject } from '../json.ts'
import type { Service } from '../lifecycle/service.ts'

export type Trigger = 'NUCLEUS_LAUNCH' | 'NETWORK_RECONFIGURE' | 'CADENCE' | 'RECONNECT' | 'COMPONENT_STATUS_CHANGE' | 'THING_DEPLOYMENT' | 'THING_GROUP_DEPLOYMENT'
export type OverallStatus = 'HEALTHY' | 'UNHEALTHY'

const COMPLETE: ReadonlySet<Trigger> = new Set(['NUCLEUS_LAUNCH', 'NETWORK_RECONFIGURE', 'CADENCE'])

export const triggerOf = (type: DeploymentType): Trigger => (type === 'SHADOW' ? 'THING_DEPLOYMENT' : 'THING_GROUP_DEPLOYMENT')
export const isDeployment = (trigger: Trigger): boolean => trigger === 'THING_DEPLOYMENT' || trigger === 'THING_GROUP_DEPLOYMENT'

export interface StatusMessage {
  readonly ggcVersion: string
  readonly platform: string
  readonly architecture: string
  readonly thing: string
  readonly sequenceNumber: number
  readonly timestamp: number
  readonly trigger: Trigger
  readonly deployment: JsonObject | undefined
  readonly overallStatus: OverallStatus
}

/** Fields in the order in which the nucleus writes them. */
function textOf({ trigger, deployment, overallStatus, ...message }: StatusMessage, components: readonly JsonObject[], chunk?: { readonly chunkId: number; readonly totalChunks: number }): string {
  return JSON.stringify({
    ...message,
    messageType: COMPLETE.has(trigger) ? 'COMPLETE' : 'PARTIAL',
    trigger,
    ...(chunk !== undefined && { chunkInfo: chunk }),
    ...(deployment !== undefined && { deploymentInformation: deployment }),
    overallDeviceStatus: overallStatus,
    components,
  })
}

const MOST_BYTES = 128_000
const RESERVED = { chunkId: 2_147_483_647, totalChunks: 2_147_483_647 }

/** As many messages as it takes; a component that is too large for one is left out. */
export function statusMessages(message: StatusMessage, components: readonly JsonObject[]): string[] {
  const fits = (some: readonly JsonObject[]) => Buffer.byteLength(textOf(message, some, RESERVED)) < MOST_BYTES
  if (fits(components)) return [textOf(message, components)]
  const chunks: JsonObject[][] = [[]]
  for (const component of components.filter((each) => fits([each]))) {
    const chunk = chunks.find((each) => fits([...each, component]))
    if (chunk === undefined) chunks.push([component])
    else chunk.push(component)
  }
  if (chunks.length === 1) return [textOf(message, chunks[0] ?? [])]
  return chunks.map((chunk, index) => textOf(message, chunk, { chunkId: index + 1, totalChunks: chunks.length }))
}

export interface ComponentOrigin {
  readonly fleetConfigArns: readonly string[]
  readonly isRoot: boolean
}

/** Why it is in this state is told only when the state is bad. */
export function componentDetails({ name, lifecycle: { state, details }, version }: Service, { fleetConfigArns, isRoot }: ComponentOrigin): JsonObject {
  const isBad = state === 'BROKEN' || state === 'ERRORED'
  return { componentName: name, version: version(), fleetConfigArns, componentStatusDetails: isBad ? { statusCodes: details.statusCodes, statusReason: details.statusReason } : null, isRoot, status: state }
}

export function deploymentInformation({ status, details, configurationArn, deploymentId }: DeploymentStatus, unchangedRootComponents: readonly string[]): JsonObject {
  const { detailedStatus = null, failureCause = null, errorStack = null, errorTypes = null } = details
  return { status, statusDetails: { detailedStatus, failureCause, errorStack, errorTypes }, fleetConfigurationArnForStatus: configurationArn, deploymentId, unchangedRootComponents }
}
