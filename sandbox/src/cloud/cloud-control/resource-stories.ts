// sandbox/src/cloud/cloud-control/resource-stories.ts: for the tests: one resource of each type, and a change of it.
import { expect } from 'vitest'
import { GROUP, groupArn } from '../greengrass/testing.ts'
import { ACCOUNT, type ControlBench } from './testing.ts'

const { accountId, region } = ACCOUNT
export const allow = (Action: string, Resource = '*') => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })
export const trust = (Service: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }] })
export const roleArn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`
export const role = async (bench: ControlBench, name: string, service: string) => bench.create('AWS::IAM::Role', { RoleName: name, AssumeRolePolicyDocument: trust(service), Policies: [{ PolicyName: 'all', PolicyDocument: allow('*') }] })
const tags = (...keys: string[]) => keys.map((Key) => ({ Key, Value: `of ${Key}` }))

const topicArn = (name: string) => `arn:aws:sns:${region}:${accountId}:${name}`
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`
const letting = (Service: string, Action: string, Resource: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource }] })
const publishing = (service: string) => letting(service, 'sns:Publish', topicArn('findings'))
const sending = (service: string) => letting(service, 'sqs:SendMessage', queueArn('dead'))

const auditing = (CertAgeThresholdInDays: string) => ({
  AccountId: accountId,
  RoleArn: roleArn('audit'),
  AuditCheckConfigurations: { DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays } }, LoggingDisabledCheck: { Enabled: true } },
  AuditNotificationTargetConfigurations: { Sns: { TargetArn: topicArn('findings'), RoleArn: roleArn('audit'), Enabled: true } },
})

/** Vitest's matchers, without their `any`. */
const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern)
const objectWith = (members: object): unknown => expect.objectContaining(members)

async function inUserPool(bench: ControlBench) {
  const { Identifier } = await bench.create('AWS::Cognito::UserPool', { UserPoolName: 'people' })
  return { UserPoolId: Identifier }
}

async function inIdentityPool(bench: ControlBench) {
  const { Identifier } = await bench.create('AWS::Cognito::IdentityPool', { AllowUnauthenticatedIdentities: false })
  return { IdentityPoolId: Identifier }
}

/** What a type is made of, what is read besides, a patch and its effect. */
export interface Story {
  readonly prepare?: (bench: ControlBench) => Promise<unknown>
  /** Of something that only the cloud names: further members of what is desired, by which it is listed, too. */
  readonly within?: (bench: ControlBench) => Promise<object>
  readonly desired: object
  readonly identifier: string | RegExp
  readonly readOnly: object
  readonly patch?: readonly object[]
  readonly patched?: object
  /** Of what was asked for, what is not shown as it was written. */
  readonly hidden?: readonly string[]
  readonly listedBy?: object
}

export const STORIES: Readonly<Record<string, Story>> = {
  'AWS::IoT::ThingGroup': {
    prepare: async (bench) => bench.create('AWS::IoT::ThingGroup', { ThingGroupName: 'root' }),
    desired: { ThingGroupName: 'g', ParentGroupName: 'root', ThingGroupProperties: { ThingGroupDescription: 'd', AttributePayload: { Attributes: { a: '1' } } }, Tags: tags('x') },
    identifier: 'g',
    readOnly: { Arn: `arn:aws:iot:${region}:${accountId}:thinggroup/g` },
    patch: [{ op: 'remove', path: '/ThingGroupProperties' }, { op: 'replace', path: '/Tags', value: tags('y') }],
    patched: { Tags: tags('y') },
  },
  'AWS::IoT::Thing': {
    desired: { ThingName: 't', AttributePayload: { Attributes: { a: '1', b: '2' } } },
    identifier: 't',
    readOnly: { Arn: `arn:aws:iot:${region}:${accountId}:thing/t` },
    patch: [{ op: 'remove', path: '/AttributePayload/Attributes/a' }],
    patched: { AttributePayload: { Attributes: { b: '2' } } },
  },
  'AWS::IoT::ThingType': {
    desired: { ThingTypeName: 'pi', DeprecateThingType: true, ThingTypeProperties: { ThingTypeDescription: 'd', SearchableAttributes: ['a'] } },
    identifier: 'pi',
    readOnly: { Arn: `arn:aws:iot:${region}:${accountId}:thingtype/pi` },
    patch: [{ op: 'replace', path: '/DeprecateThingType', value: false }],
    patched: { DeprecateThingType: false },
  },
  'AWS::IoT::Policy': {
    desired: { PolicyName: 'device', PolicyDocument: allow('iot:Connect'), Tags: tags('x') },
    identifier: 'device',
    readOnly: { Id: 'device', Arn: `arn:aws:iot:${region}:${accountId}:policy/device` },
    patch: [{ op: 'replace', path: '/PolicyDocument/Statement/0/Action', value: 'iot:Publish' }],
    patched: { PolicyDocument: allow('iot:Publish') },
  },
  'AWS::IoT::ProvisioningTemplate': {
    prepare: async (bench) => role(bench, 'registration', 'iot.amazonaws.com'),
    desired: {
      TemplateName: 'fleet-dev',
      TemplateType: 'FLEET_PROVISIONING',
      Description: 'd',
      Enabled: true,
      ProvisioningRoleArn: roleArn('registration'),
      TemplateBody: JSON.stringify({ Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } }, Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } }, certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } } } }),
    },
    identifier: 'fleet-dev',
    readOnly: { TemplateArn: `arn:aws:iot:${region}:${accountId}:provisioningtemplate/fleet-dev` },
    patch: [{ op: 'replace', path: '/Enabled', value: false }, { op: 'replace', path: '/Description', value: 'e' }],
    patched: { Enabled: false, Description: 'e' },
  },
  'AWS::IoT::RoleAlias': {
    prepare: async (bench) => role(bench, 'device', 'credentials.iot.amazonaws.com'),
    desired: { RoleAlias: 'fleet-dev-device', RoleArn: roleArn('device'), CredentialDurationSeconds: 3600 },
    identifier: 'fleet-dev-device',
    readOnly: { RoleAliasArn: `arn:aws:iot:${region}:${accountId}:rolealias/fleet-dev-device` },
    patch: [{ op: 'replace', path: '/CredentialDurationSeconds', value: 900 }],
    patched: { CredentialDurationSeconds: 900 },
  },
  'AWS::IoT::TopicRule': {
    prepare: async (bench) => role(bench, 'rule', 'iot.amazonaws.com'),
    desired: {
      RuleName: 'telemetry',
      TopicRulePayload: {
        Sql: "SELECT * FROM 'fleet/+/telemetry'",
        AwsIotSqlVersion: '2016-03-23',
        Description: 'd',
        RuleDisabled: false,
        Actions: [{ CloudwatchLogs: { LogGroupName: '/fleet', RoleArn: roleArn('rule') } }, { Republish: { Topic: 'again/${topic()}', RoleArn: roleArn('rule'), Qos: 1 } }],
        ErrorAction: { CloudwatchLogs: { LogGroupName: '/errors', RoleArn: roleArn('rule') } },
      },
      Tags: tags('x'),
    },
    identifier: 'telemetry',
    readOnly: { Arn: `arn:aws:iot:${region}:${accountId}:rule/telemetry` },
    patch: [{ op: 'remove', path: '/TopicRulePayload/Actions/1' }, { op: 'replace', path: '/TopicRulePayload/RuleDisabled', value: true }],
    patched: { TopicRulePayload: objectWith({ RuleDisabled: true, Actions: [{ CloudwatchLogs: { LogGroupName: '/fleet', RoleArn: roleArn('rule') } }] }), Tags: tags('x') },
  },
  'AWS::IoT::Logging': {
    prepare: async (bench) => role(bench, 'logging', 'iot.amazonaws.com'),
    desired: { AccountId: accountId, RoleArn: roleArn('logging'), DefaultLogLevel: 'WARN' },
    identifier: accountId,
    readOnly: {},
    patch: [{ op: 'replace', path: '/DefaultLogLevel', value: 'DEBUG' }],
    patched: { DefaultLogLevel: 'DEBUG' },
  },
  'AWS::IAM::Role': {
    prepare: async (bench) => bench.create('AWS::IAM::ManagedPolicy', { ManagedPolicyName: 'mine', PolicyDocument: allow('s3:GetObject') }),
    desired: {
      RoleName: 'r',
      Description: 'd',
      MaxSessionDuration: 7200,
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
      ManagedPolicyArns: [`arn:aws:iam::${accountId}:policy/mine`],
      Policies: [{ PolicyName: 'p', PolicyDocument: allow('s3:GetObject') }],
      Tags: tags('x'),
    },
    identifier: 'r',
    readOnly: { Arn: roleArn('r'), Path: '/' },
    patch: [
      { op: 'replace', path: '/Policies', value: [{ PolicyName: 'q', PolicyDocument: allow('s3:PutObject') }] },
      { op: 'remove', path: '/ManagedPolicyArns' },
      { op: 'replace', path: '/AssumeRolePolicyDocument', value: trust('iot.amazonaws.com') },
    ],
    patched: { Policies: [{ PolicyName: 'q', PolicyDocument: allow('s3:PutObject') }], AssumeRolePolicyDocument: trust('iot.amazonaws.com') },
  },
  'AWS::IAM::RolePolicy': {
    prepare: async (bench) => bench.create('AWS::IAM::Role', { RoleName: 'r', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }),
    desired: { PolicyName: 'p', RoleName: 'r', PolicyDocument: allow('s3:GetObject') },
    identifier: 'p|r',
    readOnly: {},
    patch: [{ op: 'replace', path: '/PolicyDocument', value: allow('s3:PutObject') }],
    patched: { PolicyDocument: allow('s3:PutObject') },
    listedBy: { RoleName: 'r' },
  },
  'AWS::IAM::ManagedPolicy': {
    prepare: async (bench) => bench.create('AWS::IAM::Role', { RoleName: 'r', AssumeRolePolicyDocument: trust('lambda.amazonaws.com') }),
    desired: { ManagedPolicyName: 'm', Description: 'd', PolicyDocument: allow('s3:GetObject'), Roles: ['r'] },
    identifier: `arn:aws:iam::${accountId}:policy/m`,
    readOnly: { PolicyArn: `arn:aws:iam::${accountId}:policy/m`, AttachmentCount: 1, DefaultVersionId: 'v1', IsAttachable: true },
    patch: [{ op: 'replace', path: '/PolicyDocument', value: allow('s3:PutObject') }, { op: 'remove', path: '/Roles' }],
    patched: { PolicyDocument: allow('s3:PutObject'), DefaultVersionId: 'v2', AttachmentCount: 0 },
  },
  'AWS::Lambda::Function': {
    prepare: async (bench) => role(bench, 'hook', 'lambda.amazonaws.com'),
    desired: {
      FunctionName: 'hook',
      Role: roleArn('hook'),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Architectures: ['arm64'],
      Timeout: 5,
      MemorySize: 256,
      Code: { ZipFile: 'exports.handler = async () => "inline"' },
      Environment: { Variables: { ALLOWLIST: '1' } },
      Tags: tags('x'),
    },
    identifier: 'hook',
    readOnly: { Arn: `arn:aws:lambda:${region}:${accountId}:function:hook` },
    hidden: ['Code'],
    patch: [{ op: 'add', path: '/Code', value: { ZipFile: 'exports.handler = async () => "changed"' } }, { op: 'remove', path: '/Timeout' }, { op: 'add', path: '/ReservedConcurrentExecutions', value: 2 }],
    patched: { Timeout: 3, ReservedConcurrentExecutions: 2, Environment: { Variables: { ALLOWLIST: '1' } } },
  },
  'AWS::Lambda::Permission': {
    async prepare(bench) {
      await role(bench, 'hook', 'lambda.amazonaws.com')
      await bench.create('AWS::Lambda::Function', { FunctionName: 'hook', Role: roleArn('hook'), Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: '' } })
    },
    desired: { FunctionName: `arn:aws:lambda:${region}:${accountId}:function:hook`, Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com', SourceAccount: accountId, SourceArn: `arn:aws:iot:${region}:${accountId}:provisioningtemplate/t` },
    identifier: /^arn:aws:lambda:.*:function:hook\|Permission-[0-9a-f]{12}$/,
    readOnly: { Id: textLike(/^Permission-/) },
    listedBy: { FunctionName: `arn:aws:lambda:${region}:${accountId}:function:hook` },
  },
  'AWS::S3::Bucket': {
    desired: {
      BucketName: 'fleet-dev-store',
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: { Rules: [{ Id: 'old', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 90 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }] },
      Tags: tags('x'),
    },
    identifier: 'fleet-dev-store',
    readOnly: { Arn: 'arn:aws:s3:::fleet-dev-store', RegionalDomainName: `fleet-dev-store.s3.${region}.amazonaws.com` },
    patch: [{ op: 'replace', path: '/VersioningConfiguration/Status', value: 'Suspended' }, { op: 'remove', path: '/LifecycleConfiguration' }, { op: 'remove', path: '/Tags' }],
    patched: { VersioningConfiguration: { Status: 'Suspended' } },
  },
  'AWS::S3::BucketPolicy': {
    prepare: async (bench) => bench.create('AWS::S3::Bucket', { BucketName: 'store' }),
    desired: { Bucket: 'store', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::store/*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] } },
    identifier: 'store',
    readOnly: {},
    patch: [{ op: 'add', path: '/PolicyDocument/Statement/0/Sid', value: 'TlsOnly' }],
    patched: { PolicyDocument: objectWith({ Statement: [objectWith({ Sid: 'TlsOnly' })] }) },
  },
  'AWS::ECR::Repository': {
    desired: {
      RepositoryName: 'fleet-dev/led',
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
      LifecyclePolicy: { LifecyclePolicyText: JSON.stringify({ rules: [{ rulePriority: 1, description: 'all', selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 }, action: { type: 'expire' } }] }) },
      EmptyOnDelete: true,
    },
    identifier: 'fleet-dev/led',
    readOnly: { Arn: `arn:aws:ecr:${region}:${accountId}:repository/fleet-dev/led`, RepositoryUri: textLike(/^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.localhost:\d+\/fleet-dev\/led$/), LifecyclePolicy: objectWith({ RegistryId: accountId }) },
    hidden: ['EmptyOnDelete', 'LifecyclePolicy'],
    patch: [{ op: 'replace', path: '/ImageTagMutability', value: 'MUTABLE' }, { op: 'remove', path: '/LifecyclePolicy' }],
    patched: { ImageTagMutability: 'MUTABLE' },
  },
  'AWS::Logs::LogGroup': {
    desired: { LogGroupName: '/fleet/dev', RetentionInDays: 30, Tags: tags('x') },
    identifier: '/fleet/dev',
    readOnly: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:/fleet/dev:*` },
    patch: [{ op: 'replace', path: '/RetentionInDays', value: 7 }, { op: 'remove', path: '/Tags' }],
    patched: { RetentionInDays: 7 },
  },
  'AWS::GreengrassV2::ComponentVersion': {
    desired: { InlineRecipe: JSON.stringify({ RecipeFormatVersion: '2020-01-25', ComponentName: 'fleetwright.led', ComponentVersion: '1.0.0', Manifests: [{}] }), Tags: { stage: 'dev' } },
    identifier: `arn:aws:greengrass:${region}:${accountId}:components:fleetwright.led:versions:1.0.0`,
    readOnly: { ComponentName: 'fleetwright.led', ComponentVersion: '1.0.0' },
    hidden: ['InlineRecipe'],
    patch: [{ op: 'add', path: '/Tags/more', value: '1' }],
    patched: { Tags: { stage: 'dev', more: '1' } },
  },
  'AWS::GreengrassV2::Deployment': {
    prepare: async (bench) => bench.create('AWS::IoT::ThingGroup', { ThingGroupName: GROUP }),
    desired: {
      TargetArn: groupArn(),
      DeploymentName: 'release',
      Components: { 'fleetwright.led': { ComponentVersion: '1.0.0', ConfigurationUpdate: { Reset: [''], Merge: '{"a":1}' } } },
      DeploymentPolicies: { FailureHandlingPolicy: 'ROLLBACK', ComponentUpdatePolicy: { Action: 'NOTIFY_COMPONENTS', TimeoutInSeconds: 60 }, ConfigurationValidationPolicy: { TimeoutInSeconds: 60 } },
      IotJobConfiguration: { JobExecutionsRolloutConfig: { MaximumPerMinute: 100 }, AbortConfig: { CriteriaList: [{ Action: 'CANCEL', FailureType: 'ALL', MinNumberOfExecutedThings: 10, ThresholdPercentage: 20 }] } },
    },
    identifier: /^[0-9a-f-]{36}$/,
    readOnly: { DeploymentId: textLike(/^[0-9a-f-]{36}$/) },
    patch: [{ op: 'add', path: '/Tags', value: { stage: 'dev' } }],
    patched: { Tags: { stage: 'dev' } },
  },
  'AWS::SNS::Topic': {
    desired: { TopicName: 'findings', DisplayName: 'd', KmsMasterKeyId: 'alias/aws/sns', Tags: tags('x') },
    identifier: topicArn('findings'),
    readOnly: { TopicArn: topicArn('findings') },
    patch: [{ op: 'remove', path: '/DisplayName' }, { op: 'replace', path: '/Tags', value: tags('y') }],
    patched: { KmsMasterKeyId: 'alias/aws/sns', Tags: tags('y') },
  },
  'AWS::SNS::Subscription': {
    prepare: async (bench) => bench.create('AWS::SNS::Topic', { TopicName: 'findings' }),
    desired: { TopicArn: topicArn('findings'), Protocol: 'lambda', Endpoint: `arn:aws:lambda:${region}:${accountId}:function:start`, RedrivePolicy: { deadLetterTargetArn: queueArn('dead') } },
    identifier: new RegExp(`^${topicArn('findings')}:[0-9a-f-]{36}$`),
    readOnly: { Arn: textLike(/findings:[0-9a-f-]{36}$/) },
    patch: [{ op: 'remove', path: '/RedrivePolicy' }],
    patched: { Protocol: 'lambda' },
  },
  'AWS::SNS::TopicPolicy': {
    prepare: async (bench) => bench.create('AWS::SNS::Topic', { TopicName: 'findings' }),
    desired: { Topics: [topicArn('findings')], PolicyDocument: publishing('iot.amazonaws.com') },
    identifier: topicArn('findings'),
    readOnly: { Id: topicArn('findings') },
    patch: [{ op: 'replace', path: '/PolicyDocument', value: publishing('events.amazonaws.com') }],
    patched: { PolicyDocument: publishing('events.amazonaws.com') },
  },
  'AWS::SNS::TopicInlinePolicy': {
    prepare: async (bench) => bench.create('AWS::SNS::Topic', { TopicName: 'findings' }),
    desired: { TopicArn: topicArn('findings'), PolicyDocument: publishing('iot.amazonaws.com') },
    identifier: topicArn('findings'),
    readOnly: {},
    patch: [{ op: 'replace', path: '/PolicyDocument', value: publishing('events.amazonaws.com') }],
    patched: { PolicyDocument: publishing('events.amazonaws.com') },
  },
  'AWS::DynamoDB::Table': {
    desired: { TableName: 'events', BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'thing', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'thing', AttributeType: 'S' }], TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true }, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 }, Tags: tags('x') },
    identifier: 'events',
    readOnly: { Arn: `arn:aws:dynamodb:${region}:${accountId}:table/events`, DeletionProtectionEnabled: false },
    patch: [{ op: 'replace', path: '/TimeToLiveSpecification/AttributeName', value: 'until' }, { op: 'replace', path: '/PointInTimeRecoverySpecification', value: { PointInTimeRecoveryEnabled: false } }, { op: 'remove', path: '/Tags' }],
    patched: { TimeToLiveSpecification: { AttributeName: 'until', Enabled: true }, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } },
  },
  'AWS::KinesisFirehose::DeliveryStream': {
    prepare: async (bench) => role(bench, 'deliverer', 'firehose.amazonaws.com'),
    desired: { DeliveryStreamName: 'kept', DeliveryStreamType: 'DirectPut', ExtendedS3DestinationConfiguration: { BucketARN: 'arn:aws:s3:::kept', RoleARN: roleArn('deliverer'), CompressionFormat: 'GZIP', Prefix: 'date=!{timestamp:yyyy-MM-dd}/', ErrorOutputPrefix: 'errors/', BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 }, S3BackupMode: 'Disabled' }, Tags: tags('x') },
    identifier: 'kept',
    readOnly: { Arn: `arn:aws:firehose:${region}:${accountId}:deliverystream/kept` },
    patch: [{ op: 'replace', path: '/ExtendedS3DestinationConfiguration/BufferingHints/IntervalInSeconds', value: 900 }, { op: 'remove', path: '/Tags' }],
    patched: { DeliveryStreamType: 'DirectPut', ExtendedS3DestinationConfiguration: objectWith({ BufferingHints: { IntervalInSeconds: 900, SizeInMBs: 1 } }) },
  },
  'AWS::SQS::Queue': {
    desired: { QueueName: 'dead', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true, RedrivePolicy: { deadLetterTargetArn: queueArn('deader'), maxReceiveCount: 3 }, Tags: tags('x') },
    identifier: /^http:\/\/127\.0\.0\.1:\d+\/\d{12}\/dead$/,
    readOnly: { Arn: queueArn('dead'), VisibilityTimeout: 30 },
    patch: [{ op: 'replace', path: '/VisibilityTimeout', value: 60 }, { op: 'remove', path: '/RedrivePolicy' }, { op: 'remove', path: '/Tags' }],
    patched: { VisibilityTimeout: 60, MessageRetentionPeriod: 1_209_600 },
  },
  'AWS::SQS::QueueInlinePolicy': {
    prepare: async (bench) => bench.create('AWS::SQS::Queue', { QueueName: 'dead' }),
    desired: { Queue: `https://sqs.${region}.amazonaws.com/${accountId}/dead`, PolicyDocument: sending('sns.amazonaws.com') },
    identifier: /^http:\/\/127\.0\.0\.1:\d+\/\d{12}\/dead$/,
    readOnly: { Queue: textLike(/\/dead$/) },
    hidden: ['Queue'],
    patch: [{ op: 'replace', path: '/PolicyDocument', value: sending('events.amazonaws.com') }],
    patched: { PolicyDocument: sending('events.amazonaws.com') },
  },
  'AWS::CloudWatch::Alarm': {
    desired: { AlarmName: 'refused', Namespace: 'Fleet', MetricName: 'SigningRefused', Dimensions: [{ Name: 'stage', Value: 'dev' }], Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching', AlarmActions: [topicArn('alarms')], Tags: tags('x') },
    identifier: 'refused',
    readOnly: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:refused`, ActionsEnabled: true },
    patch: [{ op: 'replace', path: '/Threshold', value: 5 }, { op: 'remove', path: '/AlarmActions' }],
    patched: { Threshold: 5, Tags: tags('x') },
  },
  'AWS::CloudWatch::Dashboard': {
    desired: { DashboardName: 'fleet-dev', DashboardBody: '{"widgets":[]}', Tags: tags('x') },
    identifier: 'fleet-dev',
    readOnly: {},
    patch: [{ op: 'replace', path: '/DashboardBody', value: '{"widgets":[{"type":"text"}]}' }, { op: 'replace', path: '/Tags', value: tags('y') }],
    patched: { DashboardBody: '{"widgets":[{"type":"text"}]}', Tags: tags('y') },
  },
  'AWS::IoT::AccountAuditConfiguration': {
    async prepare(bench) {
      await role(bench, 'audit', 'iot.amazonaws.com')
      await bench.create('AWS::SNS::Topic', { TopicName: 'findings' })
    },
    desired: auditing('180'),
    identifier: accountId,
    readOnly: {},
    patch: [{ op: 'replace', path: '/AuditCheckConfigurations', value: auditing('90').AuditCheckConfigurations }, { op: 'remove', path: '/AuditNotificationTargetConfigurations' }],
    patched: { AuditCheckConfigurations: auditing('90').AuditCheckConfigurations },
  },
  'AWS::IoT::ScheduledAudit': {
    async prepare(bench) {
      await role(bench, 'audit', 'iot.amazonaws.com')
      const { AuditNotificationTargetConfigurations: _none, ...configuration } = auditing('180')
      await bench.create('AWS::IoT::AccountAuditConfiguration', configuration)
    },
    desired: { ScheduledAuditName: 'daily', Frequency: 'DAILY', TargetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK', 'LOGGING_DISABLED_CHECK'], Tags: tags('x') },
    identifier: 'daily',
    readOnly: { ScheduledAuditArn: `arn:aws:iot:${region}:${accountId}:scheduledaudit/daily` },
    patch: [{ op: 'replace', path: '/Frequency', value: 'WEEKLY' }, { op: 'add', path: '/DayOfWeek', value: 'SUN' }, { op: 'replace', path: '/TargetCheckNames', value: ['DEVICE_CERTIFICATE_AGE_CHECK'] }],
    patched: { Frequency: 'WEEKLY', DayOfWeek: 'SUN', TargetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] },
  },
  'AWS::CloudFront::OriginAccessControl': {
    desired: { OriginAccessControlConfig: { Name: 'page', OriginAccessControlOriginType: 's3', SigningBehavior: 'always', SigningProtocol: 'sigv4' } },
    identifier: /^E[A-Z0-9]{13}$/,
    readOnly: { Id: textLike(/^E/) },
    patch: [{ op: 'add', path: '/OriginAccessControlConfig/Description', value: 'of the page' }],
    patched: { OriginAccessControlConfig: objectWith({ Name: 'page', Description: 'of the page' }) },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    desired: {
      ResponseHeadersPolicyConfig: {
        Name: 'page',
        SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true }, StrictTransportSecurity: { AccessControlMaxAgeSec: 1, Override: true } },
        CustomHeadersConfig: { Items: [{ Header: 'cross-origin-opener-policy', Value: 'same-origin', Override: true }] },
      },
    },
    identifier: /^[0-9a-f-]{36}$/,
    readOnly: { Id: textLike(/-/), LastModifiedTime: textLike(/^\d{4}-/) },
    patch: [{ op: 'replace', path: '/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items/0/Value', value: 'unsafe-none' }],
    patched: { ResponseHeadersPolicyConfig: objectWith({ CustomHeadersConfig: { Items: [{ Header: 'cross-origin-opener-policy', Value: 'unsafe-none', Override: true }] } }) },
  },
  'AWS::CloudFront::Distribution': {
    desired: {
      DistributionConfig: {
        Enabled: true,
        DefaultRootObject: 'index.html',
        IPV6Enabled: true,
        Origins: [{ Id: 'o', DomainName: `page.s3.${region}.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: '' } }],
        DefaultCacheBehavior: { TargetOriginId: 'o', ViewerProtocolPolicy: 'redirect-to-https', AllowedMethods: ['GET', 'HEAD'], CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6', Compress: true },
      },
      Tags: tags('x'),
    },
    identifier: /^E[A-Z0-9]{13}$/,
    readOnly: { DomainName: textLike(/^d[0-9a-f]{13}\.cloudfront\.net$/) },
    patch: [{ op: 'replace', path: '/DistributionConfig/DefaultRootObject', value: 'other.html' }, { op: 'replace', path: '/Tags', value: tags('y') }],
    patched: { DistributionConfig: objectWith({ DefaultRootObject: 'other.html', Enabled: true }), Tags: tags('y') },
  },
  'AWS::Cognito::UserPool': {
    desired: { UserPoolName: 'people', AdminCreateUserConfig: { AllowAdminCreateUserOnly: true }, Policies: { PasswordPolicy: { MinimumLength: 12, RequireSymbols: true } }, UserPoolTags: { x: 'of x' } },
    identifier: /^eu-central-1_\w{9}$/,
    readOnly: { Arn: textLike(/:userpool\/eu-central-1_/), ProviderName: textLike(/^cognito-idp\.eu-central-1\.amazonaws\.com\/eu-central-1_/) },
    patch: [{ op: 'replace', path: '/Policies/PasswordPolicy/MinimumLength', value: 16 }],
    patched: { Policies: { PasswordPolicy: { MinimumLength: 16, RequireSymbols: true } }, UserPoolName: 'people', UserPoolTags: { x: 'of x' } },
  },
  'AWS::Cognito::UserPoolClient': {
    within: inUserPool,
    desired: { ClientName: 'page', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
    identifier: /^eu-central-1_\w{9}\|[a-z0-9]{26}$/,
    readOnly: { ClientId: textLike(/^[a-z0-9]{26}$/), Name: 'page' },
    patch: [{ op: 'replace', path: '/ExplicitAuthFlows', value: ['ALLOW_REFRESH_TOKEN_AUTH'] }],
    patched: { ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'], ClientName: 'page' },
  },
  'AWS::Cognito::UserPoolGroup': {
    within: inUserPool,
    desired: { GroupName: 'viewer', Precedence: 2, RoleArn: roleArn('viewer') },
    identifier: /^eu-central-1_\w{9}\|viewer$/,
    readOnly: {},
    patch: [{ op: 'replace', path: '/Precedence', value: 1 }, { op: 'remove', path: '/RoleArn' }],
    patched: { Precedence: 1 },
  },
  'AWS::Cognito::IdentityPool': {
    desired: { IdentityPoolName: 'people', AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: [{ ProviderName: 'cognito-idp.x/y', ClientId: 'c', ServerSideTokenCheck: true }], IdentityPoolTags: tags('x') },
    identifier: /^eu-central-1:[0-9a-f-]{36}$/,
    readOnly: { Name: 'people', Id: textLike(/^eu-central-1:/) },
    patch: [{ op: 'replace', path: '/CognitoIdentityProviders/0/ClientId', value: 'd' }],
    patched: { CognitoIdentityProviders: [{ ProviderName: 'cognito-idp.x/y', ClientId: 'd', ServerSideTokenCheck: true }], IdentityPoolTags: tags('x') },
  },
  'AWS::Cognito::IdentityPoolPrincipalTag': {
    within: async (bench) => {
      const { Identifier } = await bench.create('AWS::Cognito::IdentityPool', { AllowUnauthenticatedIdentities: false, CognitoIdentityProviders: [{ ProviderName: 'cognito-idp.x/y', ClientId: 'c' }] })
      return { IdentityPoolId: Identifier }
    },
    desired: { IdentityProviderName: 'cognito-idp.x/y', UseDefaults: false, PrincipalTags: { person: 'cognito:username' } },
    identifier: /^eu-central-1:[0-9a-f-]{36}\|cognito-idp\.x\/y$/,
    readOnly: {},
    patch: [{ op: 'replace', path: '/PrincipalTags', value: { who: 'sub' } }],
    patched: { IdentityProviderName: 'cognito-idp.x/y', UseDefaults: false, PrincipalTags: { who: 'sub' } },
  },
  'AWS::Cognito::IdentityPoolRoleAttachment': {
    within: inIdentityPool,
    desired: { RoleMappings: { 'cognito-idp.x/y:c': { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } },
    identifier: /^eu-central-1:[0-9a-f-]{36}$/,
    readOnly: { Id: textLike(/^eu-central-1:/) },
    patch: [{ op: 'add', path: '/Roles', value: { authenticated: roleArn('viewer') } }, { op: 'replace', path: '/RoleMappings', value: { own: { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole', IdentityProvider: 'cognito-idp.x/y:c' } } }],
    patched: { Roles: { authenticated: roleArn('viewer') }, RoleMappings: { 'cognito-idp.x/y:c': { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' } } },
  },
}
