// ops/src/bootstrap/boundary.ts: the permissions boundary of a stage: what no role of its stack can exceed, whatever the role's own policies say.
import { arn, partition } from '@fleet/contract/arn'
import { fleetNames, type StageIdentity } from '@fleet/contract/names'

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

export const allow = (Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: Statement['Condition']): Statement => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })

export const boundaryArn = (stage: StageIdentity) => `arn:${partition(stage.region)}:iam::${stage.accountId}:policy/${fleetNames(stage).boundaryPolicy}`

/**
 * The union of what the roles of infra/ may do, by stage and kind of resource; a test holds it against the roles of a stack that was made.
 * Nothing in it changes a role, a policy, a bucket or a function, so whoever makes roles within it gains nothing. At most 6144 characters (IAM quotas).
 */
export function boundary(stage: StageIdentity): PolicyDocument {
  const { thingGroup: fleet, devicePolicy, provisioningBucket, telemetryArchive, metrics } = fleetNames(stage)
  const iot = (...resources: readonly string[]) => resources.map((resource) => arn('iot', stage, resource))
  const of = (service: string) => [arn(service, stage, `${fleet}-*`)]
  const bucket = bucketArn(stage, provisioningBucket)
  const archive = bucketArn(stage, telemetryArchive)
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Logs', ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents', 'logs:PutMetricFilter', 'logs:PutRetentionPolicy'], logGroups(stage)),
      allow('Store', ['s3:GetBucketLocation', 's3:GetObject'], [bucket, `${bucket}/*`]),
      allow('Images', ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], [arn('ecr', stage, `repository/${fleet}/*`)]),
      allow('Archive', ['firehose:PutRecord', 's3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads', 's3:PutObject'], [archive, `${archive}/*`, arn('firehose', stage, `deliverystream/${fleet}-*`)]),
      allow('Items', ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem'], [arn('dynamodb', stage, `table/${fleet}-*`)]),
      allow('HandOn', ['lambda:InvokeFunction'], [arn('lambda', stage, `function:${fleet}-*`)]),
      allow('Queue', ['sqs:SendMessage'], of('sqs')),
      allow('Tell', ['sns:Publish'], of('sns')),
      allow('Answer', ['iot:Publish'], iot('topic/fleet/*/rotation/*')),
      ...ofConsole(stage, iot),
      allow('Devices', ON_DEVICES, iot('thing/*', 'cert/*', 'job/*', `thinggroup/${fleet}`, `policy/${devicePolicy}`)),
      allow('Count', ['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': metrics } }),
      allow('NoResource', [...WITHOUT_RESOURCE, ...READING, ...AUDIT], ['*']),
    ],
  }
}

/** People who are signed in to the console: what they hear, wish and deploy (infra/src/console/console-grants.ts). */
function ofConsole(stage: StageIdentity, iot: (...resources: readonly string[]) => string[]): readonly Statement[] {
  const { provisioningBucket, admissionHook } = fleetNames(stage)
  const bucket = bucketArn(stage, provisioningBucket)
  const heard = ['fleet/*', '$aws/things/*', '$aws/events/presence/*']
  return [
    allow('Hear', ['iot:Connect', 'iot:Receive', 'iot:Subscribe'], iot('client/console-*', ...heard.flatMap((topic) => [`topic/${topic}`, `topicfilter/${topic}`]))),
    allow('List', ['s3:ListBucket', 's3:PutObject'], [bucket, `${bucket}/allowlist.txt`, `${bucket}/releases/*`]),
    allow('Read', ['logs:FilterLogEvents'], [`/aws/lambda/${admissionHook}:*`, '/aws/greengrass/*'].map((group) => arn('logs', stage, `log-group:${group}`))),
    allow('Release', ['greengrass:CancelDeployment', 'greengrass:CreateComponentVersion', 'greengrass:TagResource'], ['components:fleetwright.*', 'deployments:*'].map((resource) => arn('greengrass', stage, resource))),
  ]
}

const bucketArn = ({ region }: StageIdentity, name: string) => `arn:${partition(region)}:s3:::${name}`

const logGroups = (stage: StageIdentity) =>
  [`/fleet/${stage.stage}/*`, `/aws/lambda/${fleetNames(stage).thingGroup}-*`, '/aws/greengrass/*', 'AWSIotLogsV2', 'AWSIotLogsV2:*'].map((group) => arn('logs', stage, `log-group:${group}`))

const ON_DEVICES = [
  ...['AddThingToThingGroup', 'AttachPolicy', 'AttachPrincipalPolicy', 'AttachThingPrincipal', 'CancelJob', 'CreateJob', 'CreateThing', 'DeleteCertificate'],
  ...['DetachThingPrincipal', 'UpdateCertificate', 'UpdateJob', 'UpdateThing', 'UpdateThingGroupsForThing', 'UpdateThingShadow'],
].map((operation) => `iot:${operation}`)

/** These actions know no resource (Service Authorization Reference). */
const WITHOUT_RESOURCE = ['ecr:GetAuthorizationToken', 'greengrass:CreateDeployment', 'iot:CreateCertificateFromCsr', 'iot:RegisterThing', 'iot:SearchIndex', 'iot:StartOnDemandAuditTask']

/** Roles name each; here they would be more than fits. Who makes roles of the stack may read as much anyway (github-grants.ts). */
const READING = ['greengrass:Describe*', 'greengrass:Get*', 'greengrass:List*', 'iot:Describe*', 'iot:Get*', 'iot:List*']

/** Of AWS's policy AWSIoTDeviceDefenderAudit, beside what it reads of AWS IoT: an audit looks at the whole account, and changes nothing. */
const AUDIT = [
  ...['cognito-identity:GetIdentityPoolRoles', 'iam:GenerateServiceLastAccessedDetails', 'iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:GetRole', 'iam:GetRolePolicy', 'iam:GetServiceLastAccessedDetails'],
  ...['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
]
