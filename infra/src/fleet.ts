// infra/src/fleet.ts: composes the fleet's cloud in the order of a device's life: admitted, provisioned, deployed to, given new certificates, heard.
import type { ReleaseManifest } from '@fleet/contract/release'
import type { Stage } from '@fleet/contract/stage'
import { AccountSettings } from './account-settings/account-settings.ts'
import { Admission } from './admission/admission.ts'
import { Deployment, thingGroup } from './deployment/deployment.ts'
import { boundProviders } from './providers.ts'
import { Provisioning } from './provisioning/provisioning.ts'
import { ProvisioningStore } from './provisioning-store/provisioning-store.ts'
import { Rotation } from './rotation/rotation.ts'
import { Telemetry } from './telemetry/telemetry.ts'

/** Makes everything; what it returns become the outputs of the stack. */
export function fleet(stage: Stage, release: ReleaseManifest | undefined) {
  const providers = boundProviders(stage)
  const [awsNative] = providers
  if (stage.managesAccountSettings) new AccountSettings('account', stage, { providers })
  const group = thingGroup('fleet', stage, { ...(awsNative && { provider: awsNative }) })
  const store = new ProvisioningStore('store', stage, { providers })
  const admission = new Admission('admission', stage, { providers })
  const provisioning = new Provisioning('provisioning', { stage, admission, thingGroup: group }, { providers })
  const deployment = new Deployment('deployment', { stage, thingGroup: group, release }, { providers })
  new Rotation('rotation', { stage }, { providers })
  const telemetry = new Telemetry('telemetry', stage, { providers })
  return {
    thingGroup: group.id,
    provisioningBucket: store.bucket,
    provisioningTemplate: provisioning.templateName,
    claimPolicy: provisioning.claimPolicyName,
    roleAlias: provisioning.roleAlias,
    imageRepositories: deployment.imageRepositories,
    telemetryRule: telemetry.ruleName,
    release: release?.id ?? '',
    deploymentId: deployment.deploymentId ?? '',
  }
}
