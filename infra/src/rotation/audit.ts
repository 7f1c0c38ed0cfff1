// infra/src/rotation/audit.ts: finds certificates that are too old, once a day, and tells rotation/start.
import { fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { AccountAuditConfiguration } from '@pulumi/aws-native/iot/accountAuditConfiguration.js'
import { ScheduledAudit } from '@pulumi/aws-native/iot/scheduledAudit.js'
import type { Function } from '@pulumi/aws-native/lambda/function.js'
import { Permission } from '@pulumi/aws-native/lambda/permission.js'
import { Subscription } from '@pulumi/aws-native/sns/subscription.js'
import { Topic } from '@pulumi/aws-native/sns/topic.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn, partition } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'
import { ROTATING_CHECKS } from './start.ts'

export interface RotationAuditArgs {
  readonly stage: Stage
  readonly start: Function
}

/** The account has one audit configuration: that of the stage which manages its settings, whose topic tells the other stages, too. Each asks its own devices. */
export function rotationAudit(name: string, { stage, start }: RotationAuditArgs, parent: pulumi.Resource): void {
  const names = fleetNames(stage)
  const topicArn = arn('sns', stage, names.auditTopic)
  const topic = new Topic(`${name}-topic`, { topicName: names.auditTopic, displayName: `Audits of ${stage.stage}` }, { parent })
  const sourceArn = arn('sns', stage, fleetNames({ ...stage, stage: stage.accountSettingsOf ?? stage.stage }).auditTopic)
  const permission = new Permission(`${name}-caller`, { action: 'lambda:InvokeFunction', functionName: start.arn, principal: 'sns.amazonaws.com', sourceArn }, { parent })
  new Subscription(`${name}-subscription`, { topicArn: sourceArn, protocol: 'lambda', endpoint: start.arn }, { parent, dependsOn: [topic, permission] })
  if (!stage.managesAccountSettings) return
  const trusted = trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId } })
  const auditor = boundedRole(`${name}-auditor`, { stage, trusted, managed: [`arn:${partition(stage.region)}:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit`] }, parent)
  const teller = boundedRole(`${name}-teller`, { stage, trusted, may: { 'tell-of-audits': allow({ sid: 'Tell', actions: ['sns:Publish'], resources: [topicArn] }) } }, parent)
  const configuration = new AccountAuditConfiguration(
    `${name}-configuration`,
    {
      accountId: stage.accountId,
      roleArn: auditor.arn,
      auditNotificationTargetConfigurations: { sns: { enabled: true, roleArn: teller.arn, targetArn: topic.topicArn } },
      auditCheckConfigurations: checks(stage),
    },
    { parent },
  )
  new ScheduledAudit(`${name}-daily`, { scheduledAuditName: names.dailyAudit, frequency: 'DAILY', targetCheckNames: [...ROTATING_CHECKS] }, { parent, dependsOn: configuration })
}

const ON = { enabled: true }

/** All 17: `fleet audit` shows their findings. The daily one looks at the two that rotation settles. */
const checks = ({ rotation }: Stage) => ({
  deviceCertificateAgeCheck: { enabled: true, configuration: { certAgeThresholdInDays: String(rotation.maxAgeDays) } },
  deviceCertificateExpiringCheck: ON,
  authenticatedCognitoRoleOverlyPermissiveCheck: ON,
  caCertificateExpiringCheck: ON,
  caCertificateKeyQualityCheck: ON,
  conflictingClientIdsCheck: ON,
  deviceCertificateKeyQualityCheck: ON,
  deviceCertificateSharedCheck: ON,
  intermediateCaRevokedForActiveDeviceCertificatesCheck: ON,
  ioTPolicyPotentialMisConfigurationCheck: ON,
  iotPolicyOverlyPermissiveCheck: ON,
  iotRoleAliasAllowsAccessToUnusedServicesCheck: ON,
  iotRoleAliasOverlyPermissiveCheck: ON,
  loggingDisabledCheck: ON,
  revokedCaCertificateStillActiveCheck: ON,
  revokedDeviceCertificateStillActiveCheck: ON,
  unauthenticatedCognitoRoleOverlyPermissiveCheck: ON,
})
