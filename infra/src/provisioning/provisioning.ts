// infra/src/provisioning/provisioning.ts: turns an admitted applicant into a device of the fleet: claim policy, template, thing policy, credentials.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { Policy } from '@pulumi/aws-native/iot/policy.js'
import { ProvisioningTemplate } from '@pulumi/aws-native/iot/provisioningTemplate.js'
import * as pulumi from '@pulumi/pulumi'
import type { Admission } from '../admission/admission.ts'
import { claimPolicy } from './claim-policy.ts'
import { registrationRole } from './registration-role.ts'
import { templateBody } from './template.ts'
import { thingPolicy } from './thing-policy.ts'
import { tokenExchange } from './token-exchange.ts'

export interface ProvisioningArgs {
  readonly stage: Stage
  readonly admission: Admission
  /** Must be there before a device can be put into it. */
  readonly thingGroup: pulumi.Resource
}

/** The claim certificate itself is not here: it outlives the stack, so that flashed cards stay good (`fleet bootstrap` makes it). */
export class Provisioning extends pulumi.ComponentResource {
  readonly templateName: pulumi.Output<string>
  readonly claimPolicyName: pulumi.Output<string>
  readonly roleAlias: pulumi.Output<string>

  constructor(name: string, { stage, admission, thingGroup }: ProvisioningArgs, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:provisioning:Provisioning', name, {}, opts)
    const names = fleetNames(stage)
    const claim = new Policy(`${name}-claim-policy`, { policyName: names.claimPolicy, policyDocument: claimPolicy(stage) }, { parent: this })
    const device = new Policy(`${name}-device-policy`, { policyName: names.devicePolicy, policyDocument: thingPolicy(stage) }, { parent: this })
    const template = new ProvisioningTemplate(
      `${name}-template`,
      {
        templateName: names.provisioningTemplate,
        templateType: 'FLEET_PROVISIONING',
        description: 'Devices of this stage, by claim; the hook compares serial number, certificate and allowlist.',
        enabled: true,
        templateBody: templateBody(stage),
        provisioningRoleArn: registrationRole(`${name}-registration-role`, stage, this).arn,
        preProvisioningHook: { targetArn: admission.hookArn, payloadVersion: '2020-04-01' },
      },
      { parent: this, dependsOn: [admission.permission, device, thingGroup] },
    )
    this.templateName = template.id
    this.claimPolicyName = claim.id
    this.roleAlias = tokenExchange(`${name}-token-exchange`, stage, this).id
    this.registerOutputs({ templateName: this.templateName, claimPolicyName: this.claimPolicyName, roleAlias: this.roleAlias })
  }
}
