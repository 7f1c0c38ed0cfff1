// infra/src/deployment/deployment.ts: what runs on the devices: the thing group, image repositories, and one release deployed to the group.
import { COMPONENTS, fleetNames } from '@fleet/contract/names'
import type { ReleaseManifest } from '@fleet/contract/release'
import type { Stage } from '@fleet/contract/stage'
import { Deployment as GreengrassDeployment } from '@pulumi/aws-native/greengrassv2/deployment.js'
import { ThingGroup } from '@pulumi/aws-native/iot/thingGroup.js'
import * as pulumi from '@pulumi/pulumi'
import { componentSettings } from './component-settings.ts'
import { componentVersion } from './component-version.ts'
import { DEVICE_LOGS, deviceLogGroups, uploadSettings } from './device-logs.ts'
import { imageRepository } from './image-repository.ts'
import { rolloutPolicy } from './rollout-policy.ts'

export interface DeploymentArgs {
  readonly stage: Stage
  readonly thingGroup: ThingGroup
  /** Without one, everything but component versions and deployment: the very first `up` makes the repositories that a release is pushed to. */
  readonly release: ReleaseManifest | undefined
}

/** The group is made apart: provisioning puts devices into it before anything is deployed to them. */
export const thingGroup = (name: string, stage: Stage, opts?: pulumi.CustomResourceOptions) =>
  new ThingGroup(name, { thingGroupName: fleetNames(stage).thingGroup, thingGroupProperties: { thingGroupDescription: `Devices of stage ${stage.stage}` } }, opts)

export class Deployment extends pulumi.ComponentResource {
  readonly imageRepositories: Readonly<Record<string, pulumi.Output<string>>>
  readonly deploymentId: pulumi.Output<string> | undefined

  constructor(name: string, { stage, thingGroup, release }: DeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:deployment:Deployment', name, {}, opts)
    this.imageRepositories = Object.fromEntries(
      COMPONENTS.map((component) => [component, imageRepository(`${name}-images-${component}`, { component, stage }, this).repositoryUri]),
    )
    if (stage.managesAccountSettings) deviceLogGroups(`${name}-logs`, stage, this)
    this.deploymentId = release && deploymentOf(name, { stage, thingGroup, release }, this).id
    this.registerOutputs({ imageRepositories: this.imageRepositories, deploymentId: this.deploymentId })
  }
}

/**
 * A deployment cannot be changed, only superseded by the next one on the same target. So the next one is made first, and the former,
 * inactive by then, is deleted after: at no moment has the group none. It carries the whole configuration: `reset` of the root puts every
 * component back to its recipe's defaults before `merge` (Greengrass guide, «Update component configurations»).
 */
function deploymentOf(name: string, { stage, thingGroup, release }: DeploymentArgs & { readonly release: ReleaseManifest }, parent: pulumi.Resource): GreengrassDeployment {
  const settings = componentSettings(stage)
  const versions = release.components.map((component) => componentVersion(`${name}-${component.name}`, component, parent))
  const wanted = [...release.components.map(({ name, version }) => ({ name, version, configuration: settings.get(name) ?? {} })), { ...DEVICE_LOGS, configuration: uploadSettings(stage) }]
  const components = Object.fromEntries(
    wanted.map(({ name, version, configuration }) => [name, { componentVersion: version, configurationUpdate: { reset: [''], merge: JSON.stringify(configuration) } }]),
  )
  return new GreengrassDeployment(
    `${name}-release`,
    { deploymentName: fleetNames(stage).deployment, targetArn: thingGroup.arn, components, ...rolloutPolicy(stage.rollout) },
    { parent, dependsOn: versions, deleteBeforeReplace: false },
  )
}
