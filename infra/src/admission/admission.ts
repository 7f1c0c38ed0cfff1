// infra/src/admission/admission.ts: admits devices: the pre-provisioning hook, what it may read, and its only caller.
import { fleetNames, storeKeys } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import { Function } from '@pulumi/aws-native/lambda/function.js'
import { Permission } from '@pulumi/aws-native/lambda/permission.js'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
import * as pulumi from '@pulumi/pulumi'
import { fleetArns } from '../arn.ts'
import { bundle } from '../bundle.ts'
import { trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { hookGrants } from './grants.ts'

/** AWS IoT waits 5 s for the answer; a slower one would be paid for and thrown away. */
const TIMEOUT_SECONDS = 5
/** A list of a million lines takes 17 MB as text and 20 MB as an index; the share of CPU grows with memory, and a cold start needs it. */
const MEMORY_MB = 512

export class Admission extends pulumi.ComponentResource {
  readonly hookArn: pulumi.Output<string>
  /** Provisioning must not begin before AWS IoT may call the hook. */
  readonly permission: Permission

  constructor(name: string, stage: Stage, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:admission:Admission', name, {}, opts)
    const names = fleetNames(stage)
    const arns = fleetArns(stage)
    const logGroup = new LogGroup(`${name}-log`, { logGroupName: `/aws/lambda/${names.admissionHook}`, retentionInDays: stage.logRetentionDays }, { parent: this })
    const role = hookRole(`${name}-role`, stage, this)
    const hook = new Function(
      `${name}-hook`,
      {
        functionName: names.admissionHook,
        description: 'Admits a device that is on the allowlist and holds a certificate in its own name.',
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        code: { zipFile: bundle('admission/hook.lambda.ts') },
        role: role.arn,
        timeout: TIMEOUT_SECONDS,
        memorySize: MEMORY_MB,
        environment: { variables: { ALLOWLIST_BUCKET: names.provisioningBucket, ALLOWLIST_KEY: storeKeys.allowlist, METRICS: names.metrics, TEMPLATE_ARN: arns.provisioningTemplate } },
      },
      { parent: this, dependsOn: logGroup },
    )
    this.permission = new Permission(
      `${name}-hook-caller`,
      { action: 'lambda:InvokeFunction', functionName: hook.arn, principal: 'iot.amazonaws.com', sourceArn: arns.provisioningTemplate, sourceAccount: stage.accountId },
      { parent: this },
    )
    this.hookArn = hook.arn
    this.registerOutputs({ hookArn: this.hookArn })
  }
}

function hookRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  return boundedRole(name, { stage, trusted: trust('lambda.amazonaws.com'), may: { 'admission-hook': hookGrants(stage) } }, parent)
}
