// infra/src/index.ts: entry of the Pulumi program: reads the stage and its release, makes the fleet, exports the stack's outputs.
import { canaryOf, withCanary } from './canary.ts'
import { fleet } from './fleet.ts'
import { releaseManifest } from './release-manifest.ts'
import { currentStage } from './stage.ts'

/** The waves belong to the deployment: the next run of `fleet` reads here which ones it has. */
export const canary = canaryOf(process.env['FLEET_CANARY'])
const stage = withCanary(currentStage(), canary)

export const {
  thingGroup,
  provisioningBucket,
  provisioningTemplate,
  claimPolicy,
  roleAlias,
  imageRepositories,
  telemetryRule,
  consoleUrl,
  consoleUserPool,
  consoleUserPoolClient,
  consoleIdentityPool,
  release,
  deploymentId,
} = fleet(stage, releaseManifest(process.env['FLEET_RELEASE_MANIFEST'] ?? stage.releaseManifest))
