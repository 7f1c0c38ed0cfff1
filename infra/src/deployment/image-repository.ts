// infra/src/deployment/image-repository.ts: where the images of one component are kept: never overwritten, scanned, old ones dropped.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Repository } from '@pulumi/aws-native/ecr/repository.js'
import type * as pulumi from '@pulumi/pulumi'

/** So many releases can be rolled back to. */
const KEEP_RELEASES = 50

export const imageRepository = (name: string, { component, stage }: { readonly component: string; readonly stage: Stage }, parent: pulumi.Resource): Repository =>
  new Repository(
    name,
    {
      repositoryName: fleetNames(stage).imageRepository(component),
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: 'IMMUTABLE',
      lifecyclePolicy: { lifecyclePolicyText: JSON.stringify({ rules: RULES }) },
      emptyOnDelete: !stage.protectsData,
    },
    { parent, protect: stage.protectsData },
  )

/** ECR guide, «Lifecycle policy properties»; rules with a lower priority number come first. */
const RULES = [
  { rulePriority: 1, description: 'parts of a push that failed', selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 }, action: { type: 'expire' } },
  { rulePriority: 2, description: 'releases that nobody goes back to', selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEEP_RELEASES }, action: { type: 'expire' } },
]
