// sandbox/src/cloud/iam/aws-managed-policies.ts: the policies of AWS itself that a program of this kind may attach (AWS Managed Policy Reference).

export interface AwsManagedPolicy {
  readonly name: string
  readonly path: string
  readonly createDate: Date
  readonly versionId: string
  readonly document: string
}

const managed = (name: string, path: string, versionId: string, statement: { readonly Action: string | readonly string[]; readonly Resource: string }): AwsManagedPolicy => ({
  name,
  path,
  createDate: new Date('2015-04-09T00:00:00Z'),
  versionId,
  document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }),
})

const POLICIES: readonly AwsManagedPolicy[] = [
  managed('AdministratorAccess', '/', 'v1', { Action: '*', Resource: '*' }),
  managed('AWSLambdaBasicExecutionRole', '/service-role/', 'v1', { Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }),
  managed('AWSIoTLogging', '/service-role/', 'v1', {
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutMetricFilter', 'logs:PutRetentionPolicy', 'logs:GetLogEvents', 'logs:DeleteLogStream'],
    Resource: '*',
  }),
  managed('AWSIoTDeviceDefenderAudit', '/service-role/', 'v3', {
    Action: [
      'iot:GetLoggingOptions', 'iot:GetV2LoggingOptions', 'iot:ListCACertificates', 'iot:ListCertificates', 'iot:DescribeCACertificate', 'iot:DescribeCertificate', 'iot:ListPolicies',
      'iot:GetPolicy', 'iot:GetEffectivePolicies', 'iot:ListRoleAliases', 'iot:DescribeRoleAlias', 'cognito-identity:GetIdentityPoolRoles', 'iam:ListRolePolicies',
      'iam:ListAttachedRolePolicies', 'iam:GetRole', 'iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:GetRolePolicy', 'iam:GenerateServiceLastAccessedDetails', 'iam:GetServiceLastAccessedDetails',
    ],
    Resource: '*',
  }),
  managed('AWSIoTThingsRegistration', '/service-role/', 'v3', {
    Action: [
      'iot:AddThingToThingGroup', 'iot:AttachPolicy', 'iot:AttachPrincipalPolicy', 'iot:AttachThingPrincipal', 'iot:CreateCertificateFromCsr', 'iot:CreatePolicy', 'iot:CreateThing',
      'iot:DescribeCertificate', 'iot:DescribeThing', 'iot:DescribeThingGroup', 'iot:DescribeThingType', 'iot:DetachPolicy', 'iot:DetachThingPrincipal', 'iot:GetPolicy',
      'iot:ListAttachedPolicies', 'iot:ListPolicyPrincipals', 'iot:ListPrincipalPolicies', 'iot:ListPrincipalThings', 'iot:ListTargetsForPolicy', 'iot:ListThingGroupsForThing',
      'iot:ListThingPrincipals', 'iot:RegisterCertificate', 'iot:RegisterThing', 'iot:RemoveThingFromThingGroup', 'iot:UpdateCertificate', 'iot:UpdateThing',
      'iot:UpdateThingGroupsForThing', 'iot:AddThingToBillingGroup', 'iot:DescribeBillingGroup', 'iot:RemoveThingFromBillingGroup',
    ],
    Resource: '*',
  }),
]

/** By ARN: `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`. */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, AwsManagedPolicy> = new Map(POLICIES.map((policy) => [`arn:aws:iam::aws:policy${policy.path}${policy.name}`, policy]))
