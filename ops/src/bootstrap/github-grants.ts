// ops/src/bootstrap/github-grants.ts: what the workflows of one stage may do in AWS: make, change and destroy this stage, and nothing of another.
import { arn, partition } from '@fleet/contract/arn'
import { claimKeys, fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

const allow = (Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: Statement['Condition']): Statement => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })

/** Of the stack's roles, whose names Pulumi makes: `<logical name>-<7 hex digits>`. */
const ROLE_PREFIXES = ['account', 'admission', 'provisioning', 'rotation', 'telemetry']

/** Services that the stack's roles are for. */
const ROLE_SERVICES = ['credentials.iot.amazonaws.com', 'iot.amazonaws.com', 'lambda.amazonaws.com']

/**
 * Who may write the policy of a role and hand it to a function can give itself more than stands here: so can whoever changes infra/. What
 * guards the account is who may run a job in the environment, which the role's trust names. By what the commands of deploy.yml and destroy.yml call, directly and by Cloud Control, whose handlers call
 * as their caller (Cloud Control guide).
 */
export function deployGrants(stage: Stage): PolicyDocument {
  const names = fleetNames(stage)
  const own = arnsOf(stage)
  return {
    Version: '2012-10-17',
    Statement: [
      allow('CloudControl', ['cloudformation:CancelResourceRequest', 'cloudformation:CreateResource', 'cloudformation:DeleteResource', 'cloudformation:GetResource', 'cloudformation:GetResourceRequestStatus', 'cloudformation:ListResources', 'cloudformation:UpdateResource'], ['*']),
      allow('Store', ['s3:*'], [own.bucket(names.provisioningBucket), `${own.bucket(names.provisioningBucket)}/*`]),
      allow('State', ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'], [own.bucket(names.stateBucket), `${own.bucket(names.stateBucket)}/*`]),
      { Sid: 'KeepTheClaim', Effect: 'Deny', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: Object.values(claimKeys).map((key) => `${own.bucket(names.stateBucket)}/${key}`) },
      allow('Named', ['ecr:*', 'iot:*', 'lambda:*', 'logs:*', 'sns:*', 'sqs:*', 'cloudwatch:*'], own.named),
      allow('Devices', ['iot:*', 'greengrass:*'], own.devices),
      allow('AccountWide', ACCOUNT_WIDE, ['*']),
      allow('Roles', ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:ListRoleTags', 'iam:PutRolePolicy', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole'], own.roles),
      allow('PassRoles', ['iam:PassRole'], own.roles, { StringEquals: { 'iam:PassedToService': ROLE_SERVICES } }),
    ],
  }
}

/** Reads what deployGrants may write; for the plan of a pull request. */
export function planGrants(stage: Stage): PolicyDocument {
  const names = fleetNames(stage)
  const own = arnsOf(stage)
  return {
    Version: '2012-10-17',
    Statement: [
      allow('CloudControl', ['cloudformation:GetResource', 'cloudformation:GetResourceRequestStatus', 'cloudformation:ListResources'], ['*']),
      allow('Store', ['s3:GetObject', 's3:ListBucket'], [own.bucket(names.provisioningBucket), `${own.bucket(names.provisioningBucket)}/*`, own.bucket(names.stateBucket), `${own.bucket(names.stateBucket)}/*`]),
      { Sid: 'NeverTheClaim', Effect: 'Deny', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: [`${own.bucket(names.stateBucket)}/${claimKeys.privateKey}`] },
      allow('Fleet', ['iot:ListThings', 'iot:DescribeEventConfigurations', 'iot:GetIndexingConfiguration'], ['*']),
    ],
  }
}

/** Actions that know no resource, or whose resource is not known before (Service Authorization Reference). */
const ACCOUNT_WIDE = [
  'ecr:GetAuthorizationToken',
  'greengrass:Create*',
  'greengrass:Get*',
  'greengrass:List*',
  'iot:CreateAuditSuppression',
  'iot:CreateCertificateFromCsr',
  'iot:Describe*',
  'iot:Get*',
  'iot:List*',
  'iot:SetV2LoggingOptions',
  'iot:UpdateAccountAuditConfiguration',
  'iot:DeleteAccountAuditConfiguration',
  'iot:UpdateEventConfigurations',
  'iot:UpdateIndexingConfiguration',
  'logs:DescribeLogGroups',
  's3:ListAllMyBuckets',
]

function arnsOf(stage: Stage) {
  const { thingGroup: fleet, telemetryRule } = fleetNames(stage)
  const { accountId, region } = stage
  const of = (service: string, ...resources: readonly string[]) => resources.map((resource) => arn(service, stage, resource))
  const rules = telemetryRule.replace(/telemetry$/, '*')
  return {
    bucket: (name: string) => `arn:${partition(region)}:s3:::${name}`,
    roles: ROLE_PREFIXES.map((prefix) => `arn:${partition(region)}:iam::${accountId}:role/${prefix}-*`),
    named: [
      ...of('ecr', `repository/${fleet}/*`),
      ...of('iot', `policy/${fleet}-*`, `provisioningtemplate/${fleet}`, `rolealias/${fleet}-*`, `rule/${rules}`, `scheduledaudit/${fleet}-*`, `thinggroup/${fleet}`),
      ...of('lambda', `function:${fleet}-*`),
      ...of('logs', `log-group:/fleet/${stage.stage}/*`, `log-group:/aws/lambda/${fleet}-*`, 'log-group:/aws/greengrass/*'),
      ...of('sns', `${fleet}-*`),
      ...of('sqs', `${fleet}-*`),
      ...of('cloudwatch', `alarm:${fleet}-*`),
    ],
    devices: [...of('iot', 'cert/*', 'job/*', 'thing/*'), ...of('greengrass', 'components:fleetwright.*', 'coreDevices:*', 'deployments:*')],
  }
}
