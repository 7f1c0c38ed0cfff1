// infra/src/fleet.ts: composes the fleet's cloud in the order of a device's life: admitted, provisioned, deployed to, given new certificates, heard, watched over, seen in the console.
import type { ReleaseManifest } from '@fleet/contract/release'
import type { Stage } from '@fleet/contract/stage'
import { AccountSettings } from './account-settings/account-settings.ts'
import { Admission } from './admission/admission.ts'
import { Console } from './console/console.ts'
import { Deployment, thingGroup } from './deployment/deployment.ts'
import { boundProviders } from './providers.ts'
import { Oversight } from './oversight/oversight.ts'
import { Provisioning } from './provisioning/provisioning.ts'
import { ProvisioningStore } from './provisioning-store/provisioning-store.ts'
import { Rotation } from './rotation/rotation.ts'
import { tagging } from './tags.ts'
import { Telemetry } from './telemetry/telemetry.ts'

/** Makes everything; what it returns become the outputs of the stack. */
export function fleet(stage: Stage, release: ReleaseManifest | undefined) {
  const providers = boundProviders(stage)
  const [awsNative] = providers
  const transformations = [tagging(stage)]
  const options = { providers, transformations }
  if (stage.managesAccountSettings) new AccountSettings('account', stage, options)
  const group = thingGroup('fleet', stage, { ...(awsNative && { provider: awsNative }), transformations })
  const console = stage.console && new Console('console', { stage, wish: stage.console }, options)
  const store = new ProvisioningStore('store', { stage, consoleUrl: console?.url }, options)
  const admission = new Admission('admission', stage, options)
  const provisioning = new Provisioning('provisioning', { stage, admission, thingGroup: group }, options)
  const deployment = new Deployment('deployment', { stage, thingGroup: group, release }, options)
  new Rotation('rotation', { stage }, options)
  const telemetry = new Telemetry('telemetry', stage, options)
  new Oversight('oversight', stage, options)
  return {
    thingGroup: group.id,
    provisioningBucket: store.bucket,
    provisioningTemplate: provisioning.templateName,
    claimPolicy: provisioning.claimPolicyName,
    roleAlias: provisioning.roleAlias,
    imageRepositories: deployment.imageRepositories,
    telemetryRule: telemetry.ruleName,
    consoleUrl: console?.url ?? '',
    consoleUserPool: console?.userPoolId ?? '',
    consoleUserPoolClient: console?.userPoolClientId ?? '',
    consoleIdentityPool: console?.identityPoolId ?? '',
    release: release?.id ?? '',
    deploymentId: deployment.deploymentId ?? '',
  }
}
