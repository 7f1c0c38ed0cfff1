// ops/src/deploy/take-over.ts: brings stack and devices together again after somebody has deployed past the stack (spread.ts).
import { DeleteComponentCommand, DescribeComponentCommand, GetDeploymentCommand, ResourceNotFoundException } from '@aws-sdk/client-greengrassv2'
import type { ReleaseManifest } from '@fleet/contract/release'
import { again, componentArn, latestDeployment, MADE_BY, type Deployment, type Spreading } from './spread.ts'

/** The stack is about to make the component versions of this release: those that a rollback made go, the deployment that follows names the stack's. */
export async function makeRoom({ components }: ReleaseManifest, { greengrass, stage }: Spreading): Promise<void> {
  for (const component of components) {
    const arn = componentArn(stage, component)
    const { tags = {} } = await greengrass.send(new DescribeComponentCommand({ arn })).catch(noneIfMissing)
    if (tags[MADE_BY.key] === MADE_BY.value) await greengrass.send(new DeleteComponentCommand({ arn }))
  }
}

/** The stack may have found nothing to change while the devices were given another release: then its deployment is made anew. @returns the id of the one that counts */
export async function takeOver(deploymentId: string, spreading: Spreading): Promise<string> {
  const latest = await latestDeployment(spreading)
  if (latest === undefined || latest.deploymentId === deploymentId) return deploymentId
  const ofStack = await spreading.greengrass.send(new GetDeploymentCommand({ deploymentId }))
  return contentOf(ofStack) === contentOf(latest) ? (latest.deploymentId ?? deploymentId) : (await again(ofStack, spreading)).deploymentId
}

const contentOf = ({ components = {} }: Deployment): string => JSON.stringify(Object.entries(components).map(([name, { componentVersion }]) => [name, componentVersion]).sort())

function noneIfMissing(error: unknown): { readonly tags?: Record<string, string> } {
  if (error instanceof ResourceNotFoundException) return {}
  throw error
}
