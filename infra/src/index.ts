// infra/src/index.ts: entry of the Pulumi program: reads the stage and its release, makes the fleet, exports the stack's outputs.
import { fleet } from './fleet.ts'
import { releaseManifest } from './release-manifest.ts'
import { currentStage } from './stage.ts'

const stage = currentStage()

export const {
  thingGroup,
  provisioningBucket,
  provisioningTemplate,
  claimPolicy,
  roleAlias,
  imageRepositories,
  telemetryRule,
  release,
  deploymentId,
} = fleet(stage, releaseManifest(process.env['FLEET_RELEASE_MANIFEST'] ?? stage.releaseManifest))
