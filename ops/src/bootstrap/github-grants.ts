// ops/src/bootstrap/github-grants.ts: what the workflows of one stage may do in AWS: make, change and destroy this stage, and nothing of another.
import { arn, partition } from '@fleet/contract/arn'
import { claimKeys, fleetNames } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { allow, boundaryArn, type PolicyDocument, type Statement } from './boundary.ts'
import { SECRETS_USE } from './secrets-key-policy.ts'

/** Services that the stack's roles are for. */
const ROLE_SERVICES = ['cognito-identity.amazonaws.com', 'cognito-idp.amazonaws.com', 'credentials.iot.amazonaws.com', 'firehose.amazonaws.com', 'iot.amazonaws.com', 'lambda.amazonaws.com']

/** What changes what a role may do: only of roles that have the boundary, which is not for the workflows to change (IAM guide, «Permissions boundaries»). */
const WITHIN_BOUNDARY = ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy']
const ROLES = ['iam:DeleteRole', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:ListRoleTags', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy', 'iam:UpdateRole']

/**
 * By what the commands of deploy.yml and destroy.yml call, directly and by Cloud Control, whose handlers call as their caller (Cloud Control
 * guide). Who changes infra/ can make a role and hand it to a function: under the stage's path alone, and within the boundary.
 */
export function deployGrants(stage: Stage): PolicyDocument {
  const names = fleetNames(stage)
  const own = arnsOf(stage)
  return {
    Version: '2012-10-17',
    Statement: [
      secretsGrant(stage),
      allow('CloudControl', ['cloudformation:CancelResourceRequest', 'cloudformation:CreateResource', 'cloudformation:DeleteResource', 'cloudformation:GetResource', 'cloudformation:GetResourceRequestStatus', 'cloudformation:ListResources', 'cloudformation:UpdateResource'], ['*']),
      allow('Store', ['s3:*'], [own.bucket(names.provisioningBucket), `${own.bucket(names.provisioningBucket)}/*`]),
      allow('Archive', ['s3:*'], [own.bucket(names.telemetryArchive), `${own.bucket(names.telemetryArchive)}/*`]),
      allow('Page', ['s3:*'], [own.bucket(names.consoleBucket), `${own.bucket(names.consoleBucket)}/*`]),
      allow('Console', ['cloudfront:*', 'cognito-identity:*', 'cognito-idp:*'], own.console),
      allow('State', ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'], [own.bucket(names.stateBucket), `${own.bucket(names.stateBucket)}/*`]),
      { Sid: 'KeepTheClaim', Effect: 'Deny', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'], Resource: Object.values(claimKeys).map((key) => `${own.bucket(names.stateBucket)}/${key}`) },
      allow('Named', ['dynamodb:*', 'ecr:*', 'firehose:*', 'iot:*', 'lambda:*', 'logs:*', 'sns:*', 'sqs:*', 'cloudwatch:*'], own.named),
      allow('Devices', ['iot:*', 'greengrass:*'], own.devices),
      allow('AccountWide', ACCOUNT_WIDE, ['*']),
      allow('BoundedRoles', WITHIN_BOUNDARY, own.roles, { ArnEquals: { 'iam:PermissionsBoundary': own.boundary } }),
      allow('Roles', ROLES, own.roles),
      allow('LookForRoles', ['iam:GetRole'], own.anyRole), // one that is gone has no path any more
      allow('Boundary', ['iam:GetPolicy', 'iam:GetPolicyVersion'], [own.boundary]),
      allow('PassRoles', ['iam:PassRole'], own.roles, { StringEquals: { 'iam:PassedToService': ROLE_SERVICES } }),
      ...(stage.accountSettingsOf === undefined ? [] : [allow('HearAudits', HEARING, [arn('sns', stage, fleetNames({ ...stage, stage: stage.accountSettingsOf }).auditTopic)])]),
    ],
  }
}

/** The key that this alias belongs to, and no other: who may give aliases is not the workflows (KMS guide, «Use aliases to control access to KMS keys»). */
const secretsGrant = (stage: Stage): Statement => allow('Secrets', SECRETS_USE, [arn('kms', stage, 'key/*')], { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': fleetNames(stage).secretsKeyAlias } })

/** To be told by a topic of another stage, and no more. */
const HEARING = ['sns:GetSubscriptionAttributes', 'sns:ListSubscriptionsByTopic', 'sns:SetSubscriptionAttributes', 'sns:Subscribe', 'sns:Unsubscribe']

/** Reads what deployGrants may write; for the plan of a pull request. */
export function planGrants(stage: Stage): PolicyDocument {
  const names = fleetNames(stage)
  const own = arnsOf(stage)
  return {
    Version: '2012-10-17',
    Statement: [
      secretsGrant(stage),
      allow('CloudControl', ['cloudformation:GetResource', 'cloudformation:GetResourceRequestStatus', 'cloudformation:ListResources'], ['*']),
      allow('Store', ['s3:GetObject', 's3:ListBucket'], [own.bucket(names.provisioningBucket), `${own.bucket(names.provisioningBucket)}/*`, own.bucket(names.stateBucket), `${own.bucket(names.stateBucket)}/*`]),
      { Sid: 'NeverTheClaim', Effect: 'Deny', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: [claimKeys.privateKey, claimKeys.replacement].map((key) => `${own.bucket(names.stateBucket)}/${key}`) },
      allow('Fleet', ['iot:ListThings', 'iot:DescribeEventConfigurations', 'iot:GetIndexingConfiguration', 'logs:DescribeLogGroups'], ['*']),
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
  'cognito-identity:CreateIdentityPool', // its id is AWS's own, and so is that of all that follows
  'cognito-identity:DeleteIdentities',
  'cognito-identity:ListIdentityPools',
  'cognito-idp:CreateUserPool',
  'cognito-idp:ListUserPools',
  'cloudfront:List*',
  's3:ListAllMyBuckets',
]

function arnsOf(stage: Stage) {
  const { thingGroup: fleet, telemetryRule, rolePath, dashboard } = fleetNames(stage)
  const { accountId, region } = stage
  const of = (service: string, ...resources: readonly string[]) => resources.map((resource) => arn(service, stage, resource))
  const rules = telemetryRule.replace(/telemetry$/, '*')
  return {
    bucket: (name: string) => `arn:${partition(region)}:s3:::${name}`,
    roles: [`arn:${partition(region)}:iam::${accountId}:role${rolePath}*`],
    anyRole: [`arn:${partition(region)}:iam::${accountId}:role/*`],
    boundary: boundaryArn(stage),
    console: [
      ...['distribution', 'origin-access-control', 'response-headers-policy'].map((kind) => `arn:${partition(region)}:cloudfront::${accountId}:${kind}/*`), // of no region
      ...of('cognito-identity', 'identitypool/*'),
      ...of('cognito-idp', 'userpool/*'),
    ],
    named: [
      ...of('dynamodb', `table/${fleet}-*`),
      ...of('firehose', `deliverystream/${fleet}-*`),
      ...of('ecr', `repository/${fleet}/*`),
      ...of('iot', `policy/${fleet}-*`, `provisioningtemplate/${fleet}`, `rolealias/${fleet}-*`, `rule/${rules}`, `scheduledaudit/${fleet}-*`, `thinggroup/${fleet}`),
      ...of('lambda', `function:${fleet}-*`),
      ...of('logs', `log-group:/fleet/${stage.stage}/*`, `log-group:/aws/lambda/${fleet}-*`, 'log-group:/aws/greengrass/*'),
      ...of('sns', `${fleet}-*`),
      ...of('sqs', `${fleet}-*`),
      ...of('cloudwatch', `alarm:${fleet}-*`),
      `arn:${partition(region)}:cloudwatch::${accountId}:dashboard/${dashboard}`, // of no region
    ],
    devices: [...of('iot', 'cert/*', 'job/*', 'thing/*'), ...of('greengrass', 'components:fleetwright.*', 'coreDevices:*', 'deployments:*')],
  }
}
