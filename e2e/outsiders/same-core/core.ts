// e2e/outsiders/same-core/core.ts: has one core play one scenario, and gathers what the cloud heard and what the components saw.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CreateComponentVersionCommand, CreateDeploymentCommand, ListEffectiveDeploymentsCommand, ListInstalledComponentsCommand, type GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { eventually } from '../java-nucleus/stage.ts'
import type { Ear } from './ear.ts'
import type { Component, Deployment, Scenario } from './scenarios.ts'

export interface Core {
  readonly thing: string
  readonly thingArn: string
  /** Its root folder, `<card>/greengrass/v2`. */
  readonly root: string
  readonly pi: () => SandboxPi | undefined
}

export interface Cloud {
  readonly greengrass: GreengrassV2Client
  readonly ear: Ear
  readonly signal: AbortSignal
}

/** Lines, by where they were seen: `cloud`, `Order/story`. */
export type Seen = Readonly<Record<string, readonly string[]>>

const PREFIX = 'com.example.'
const ENDED: readonly (string | undefined)[] = ['COMPLETED', 'FAILED', 'REJECTED', 'CANCELED']

/** Once for both cores. */
export async function publishAll({ greengrass }: Cloud, { deployments }: Scenario): Promise<void> {
  const versions = new Map<string, [name: string, component: Component]>()
  for (const { components } of deployments) for (const [name, component] of Object.entries(components)) if (component.lifecycle) versions.set(`${name} ${component.version}`, [name, component])
  for (const [name, { version, lifecycle = {}, configuration = {}, dependencies = {} }] of versions.values()) {
    const recipe = {
      RecipeFormatVersion: '2020-01-25',
      ...{ ComponentName: PREFIX + name, ComponentVersion: version, ComponentPublisher: 'outsiders' },
      ComponentConfiguration: { DefaultConfiguration: configuration },
      ...(Object.keys(dependencies).length > 0 && { ComponentDependencies: Object.fromEntries(Object.entries(dependencies).map(([each, VersionRequirement]) => [PREFIX + each, { VersionRequirement, DependencyType: 'HARD' }])) }),
      Manifests: [{ Platform: { os: 'linux' }, Lifecycle: lifecycle }],
    }
    await greengrass.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(recipe)) }))
  }
}

export async function play(core: Core, { deployments }: Scenario, cloud: Cloud): Promise<Seen> {
  cloud.ear.said(core.thing)
  const work = join(core.root, 'work')
  rmSync(join(work, 'story'), { force: true })
  const heard: string[] = []
  for (const deployment of deployments) {
    const outcome = await carryOut(core, deployment, cloud)
    heard.push(...cloud.ear.said(core.thing), ...(outcome === 'COMPLETED' ? await status(core, deployment, cloud) : []))
  }
  return { cloud: heard.map((line) => withoutPlace(line, core)), ...seenBy(core, work, deployments) }
}

async function carryOut({ thingArn, thing, pi }: Core, { components, roots = Object.keys(components), updates = {}, until }: Deployment, { greengrass, signal }: Cloud): Promise<string | undefined> {
  const deployed = roots.map((name) => {
    const { merge, reset } = updates[name] ?? {}
    const configurationUpdate = { ...(merge !== undefined && { merge: JSON.stringify(merge) }), ...(reset && { reset: [...reset] }) }
    return [PREFIX + name, { componentVersion: components[name]?.version ?? '', ...(updates[name] && { configurationUpdate }) }] as const
  })
  const { deploymentId } = await greengrass.send(new CreateDeploymentCommand({ targetArn: thingArn, components: Object.fromEntries(deployed) }))
  const status = async () => ((await greengrass.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: thing }))).effectiveDeployments ?? []).find((each) => each.deploymentId === deploymentId)?.coreDeviceExecutionStatus
  const outcome = await eventually(status, (now) => ENDED.includes(now), { withinMs: 150_000, signal })
  if (until) await eventually(async () => pi()?.stand.components, (now = []) => roots.every((name) => now.some((each) => each.name === PREFIX + name && until.includes(each.state))), { withinMs: 120_000, signal })
  await new Promise((resolve) => setTimeout(resolve, 3500)) // whatever a core does by chance after a way back, it has done
  if (outcome === 'COMPLETED') await untilTold({ thing, pi }, Object.keys(components), { greengrass, signal })
  return outcome
}

/** A core tells changes at most every 3 s, so several take their time. */
async function untilTold({ thing: coreDeviceThingName, pi }: Pick<Core, 'thing' | 'pi'>, names: readonly string[], { greengrass, signal }: Pick<Cloud, 'greengrass' | 'signal'>): Promise<void> {
  const told = async () => (await greengrass.send(new ListInstalledComponentsCommand({ coreDeviceThingName, topologyFilter: 'ALL' }))).installedComponents ?? []
  const isSo = (name: string, installed: Awaited<ReturnType<typeof told>>) => {
    const here = pi()?.stand.components.find((each) => each.name === PREFIX + name)
    return here !== undefined && installed.some(({ componentName, componentVersion, lifecycleState }) => componentName === here.name && componentVersion === here.version && lifecycleState === here.state)
  }
  await eventually(told, (installed) => names.every((name) => isSo(name, installed)), { signal })
}

/**
 * What fleet status has told of the components that were deployed. Not after a failure: the nucleus holds reports of failed components back for up to 3 s,
 * and then they come after that of the way back, or before it, as it happens.
 */
async function status({ thing: coreDeviceThingName }: Core, { components }: Deployment, { greengrass }: Cloud): Promise<readonly string[]> {
  const { installedComponents = [] } = await greengrass.send(new ListInstalledComponentsCommand({ coreDeviceThingName, topologyFilter: 'ALL' }))
  const ours = installedComponents
    .filter(({ componentName = '' }) => Object.keys(components).some((name) => componentName === PREFIX + name))
    .map(({ componentName, componentVersion, lifecycleState, lifecycleStateDetails = '', lifecycleStatusCodes = [], isRoot }) => `status ${JSON.stringify([componentName, componentVersion, lifecycleState, lifecycleStatusCodes, lifecycleStateDetails, isRoot])}`)
  return ours.sort()
}

/** The files that the components wrote. */
function seenBy(core: Core, work: string, deployments: readonly Deployment[]): Seen {
  const names = [...new Set(deployments.flatMap(({ components }) => Object.keys(components)))]
  const files = names.flatMap((name) => {
    const folder = join(work, PREFIX + name)
    return existsSync(folder) ? readdirSync(folder).map((file) => [`${name}/${file}`, join(folder, file)] as const) : []
  })
  const common = join(work, 'story')
  const all = existsSync(common) ? [...files, ['story', common] as const] : files
  return Object.fromEntries(all.map(([name, file]) => [name, readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => withoutPlace(line, core))]))
}

const withoutPlace = (line: string, { thing, root }: Core) => line.replaceAll(root, '<root>').replaceAll(thing, '<thing>').replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
