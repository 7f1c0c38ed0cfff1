// ops/src/deploy/spread.ts: pauses the deployment of a stage, lets it go on, and deploys a former release, by Greengrass alone. The console does it by the same lines.
import { CancelDeploymentCommand, CreateComponentVersionCommand, CreateDeploymentCommand, DescribeComponentCommand, GetDeploymentCommand, ListDeploymentsCommand, ResourceNotFoundException, type GetDeploymentCommandOutput, type GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { arn } from '@fleet/contract/arn'
import { FleetError } from '@fleet/contract/errors'
import { componentName, fleetNames, type StageIdentity } from '@fleet/contract/names'
import type { ReleaseManifest } from '@fleet/contract/release'

export type Deployment = Pick<GetDeploymentCommandOutput, 'deploymentId' | 'deploymentName' | 'deploymentStatus' | 'targetArn' | 'components' | 'deploymentPolicies' | 'iotJobConfiguration' | 'iotJobId' | 'creationTimestamp' | 'tags'>

/** Where the devices of a stage are deployed to. */
export interface Spreading {
  readonly greengrass: GreengrassV2Client
  readonly stage: StageIdentity
}

/** Tells a component version that the stack has not made: the next `fleet deploy` removes it and makes its own (take-over.ts). */
export const MADE_BY = { key: 'fleetwright:made-by', value: 'rollback' } as const

export const componentArn = (stage: StageIdentity, { name, version }: { readonly name: string; readonly version: string }) => arn('greengrass', stage, `components:${name}:versions:${version}`)

/** The one that counts: a later revision takes the place of the one before. Undefined before the first. */
export async function latestDeployment({ greengrass, stage }: Spreading): Promise<Deployment | undefined> {
  const targetArn = arn('iot', stage, `thinggroup/${fleetNames(stage).thingGroup}`)
  const { deployments: [latest] = [] } = await greengrass.send(new ListDeploymentsCommand({ targetArn, historyFilter: 'LATEST_ONLY', maxResults: 1 }))
  return latest && (await greengrass.send(new GetDeploymentCommand({ deploymentId: latest.deploymentId })))
}

/** Devices that have it keep it, no further one is told (API CancelDeployment). @throws FleetError ROLLOUT_NOT_ACTIVE */
export async function pause(spreading: Spreading): Promise<{ readonly deploymentId: string }> {
  const { deploymentId = '', deploymentStatus } = (await latestDeployment(spreading)) ?? {}
  if (deploymentStatus !== 'ACTIVE') throw notActive(deploymentStatus === undefined ? 'nothing is deployed yet' : `the deployment is ${deploymentStatus.toLowerCase()} already`)
  await spreading.greengrass.send(new CancelDeploymentCommand({ deploymentId }))
  return { deploymentId }
}

/** A revision with the same content: devices that have it already have nothing to do. @throws FleetError ROLLOUT_NOT_ACTIVE */
export async function goOn(spreading: Spreading): Promise<{ readonly deploymentId: string }> {
  const latest = await latestDeployment(spreading)
  if (latest?.deploymentStatus !== 'CANCELED') throw notActive(latest ? 'it is not paused' : 'nothing is deployed yet')
  return again(latest, spreading)
}

/** The same for those that could not take it: whatever kept them from it may be over. @throws FleetError ROLLOUT_NOT_ACTIVE */
export async function retry(spreading: Spreading): Promise<{ readonly deploymentId: string }> {
  const latest = await latestDeployment(spreading)
  if (latest === undefined) throw notActive('nothing is deployed yet')
  return again(latest, spreading)
}

export async function again({ deploymentName, targetArn, components, deploymentPolicies, iotJobConfiguration, tags }: Deployment, { greengrass }: Pick<Spreading, 'greengrass'>): Promise<{ readonly deploymentId: string }> {
  const { deploymentId = '' } = await greengrass.send(new CreateDeploymentCommand({ deploymentName, targetArn, components, deploymentPolicies, iotJobConfiguration, tags }))
  return { deploymentId }
}

/** Its component versions first: the stack keeps those of one release alone. Settings and waves stay as they are. @throws FleetError ROLLOUT_NOT_ACTIVE */
export async function deployAtOnce(release: ReleaseManifest, spreading: Spreading): Promise<{ readonly deploymentId: string }> {
  const latest = await latestDeployment(spreading)
  if (!latest) throw notActive('nothing is deployed yet')
  for (const component of release.components) await ensureVersion(component, spreading)
  return again({ ...latest, components: withRelease(latest.components, release) }, spreading)
}

/** What is not of this repository (the log manager) stays as it is. */
export function withRelease(components: Deployment['components'] = {}, { components: released }: ReleaseManifest): NonNullable<Deployment['components']> {
  const others = Object.entries(components).filter(([name]) => !name.startsWith(componentName('')))
  const changed: typeof others = released.map(({ name, version }) => [name, { configurationUpdate: { reset: [''] }, ...components[name], componentVersion: version }])
  return Object.fromEntries([...others, ...changed])
}

async function ensureVersion({ name, version, recipe }: ReleaseManifest['components'][number], { greengrass, stage }: Spreading): Promise<void> {
  try {
    await greengrass.send(new DescribeComponentCommand({ arn: componentArn(stage, { name, version }) }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
    await greengrass.send(new CreateComponentVersionCommand({ inlineRecipe: new TextEncoder().encode(recipe), tags: { [MADE_BY.key]: MADE_BY.value } }))
  }
}

const notActive = (what: string) => new FleetError('ROLLOUT_NOT_ACTIVE', what, 'See how it stands: `fleet deploy history`, or the page Releases of the console; nothing was changed.')
