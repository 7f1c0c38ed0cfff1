// e2e/outsiders/java-nucleus/components.ts: small components made for these stories, and deployments of them to one device.
import { CreateComponentVersionCommand, CreateDeploymentCommand, ListEffectiveDeploymentsCommand, type ComponentDeploymentSpecification, type EffectiveDeployment } from '@aws-sdk/client-greengrassv2'
import { arn } from '@fleet/contract/arn'
import type { SerialNumber } from '@fleet/contract/serial-number'
import type { RunningSandbox } from '../../running-sandbox.ts'

export interface Script {
  readonly name: string
  readonly version: string
  /** Shell lines by step of the lifecycle. */
  readonly lifecycle: Readonly<Record<string, string | { readonly script: string; readonly timeout: number }>>
  readonly defaultConfiguration?: Readonly<Record<string, unknown>>
}

export async function publish({ greengrass }: RunningSandbox, { name, version, lifecycle, defaultConfiguration = {} }: Script): Promise<void> {
  const recipe = {
    RecipeFormatVersion: '2020-01-25',
    ...{ ComponentName: name, ComponentVersion: version, ComponentPublisher: 'outsiders' },
    ComponentConfiguration: { DefaultConfiguration: defaultConfiguration },
    Manifests: [{ Platform: { os: 'linux' }, Lifecycle: lifecycle }],
  }
  await greengrass.send(new CreateComponentVersionCommand({ inlineRecipe: Buffer.from(JSON.stringify(recipe)) }))
}

/** To this device alone: the nucleus hears of it by its shadow. Resolves with its id. */
export async function deployTo({ greengrass, target }: RunningSandbox, thing: SerialNumber, components: Readonly<Record<string, ComponentDeploymentSpecification>>): Promise<string> {
  const { deploymentId = '' } = await greengrass.send(new CreateDeploymentCommand({ targetArn: arn('iot', target.stage, `thing/${thing}`), components, deploymentName: 'outsiders' }))
  return deploymentId
}

export async function effective({ greengrass }: RunningSandbox, thing: SerialNumber, deploymentId: string): Promise<EffectiveDeployment | undefined> {
  const { effectiveDeployments = [] } = await greengrass.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: thing }))
  return effectiveDeployments.find((each) => each.deploymentId === deploymentId)
}
