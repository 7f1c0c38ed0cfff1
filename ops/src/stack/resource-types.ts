// ops/src/stack/resource-types.ts: what has to be known of each aws-native type that the program uses, beyond its properties' names.

/**
 * Paths are in the SDK's spelling, `*` stands for every element or key. A test reads the SDK's type declarations and compares `documents`
 * and `maps` with them; names and write-only properties come from AWS's resource schemas (CloudFormation registry, `writeOnlyProperties`).
 */
export interface ResourceType {
  readonly cloudFormation: string
  /** Free-form JSON, which belongs to the user: its keys are sent and read as they are. */
  readonly documents?: readonly string[]
  /** Maps: the keys are the user's, the values have properties of their own. */
  readonly maps?: readonly string[]
  /** Names that do not follow from the SDK's: an acronym, or `Id`, which Pulumi itself uses. */
  readonly names?: Readonly<Record<string, string>>
  /** Cloud Control cannot read them, so each update must send them again. Not those that can never change: Cloud Control refuses these in an update. */
  readonly writeOnly?: readonly string[]
  /** The input that is its identifier, if one is: how a resource is found again whose creation was never answered. */
  readonly identifier?: string
  /** The property that gets `<logical name>-<7 hex digits>` when the program gives none. */
  readonly autoNamed?: string
}

const TYPES: Readonly<Record<string, ResourceType>> = {
  'aws-native:cloudfront:Distribution': { cloudFormation: 'AWS::CloudFront::Distribution', names: { awsId: 'Id', ipv6Enabled: 'IPV6Enabled', webAclId: 'WebACLId' } },
  'aws-native:cloudfront:OriginAccessControl': { cloudFormation: 'AWS::CloudFront::OriginAccessControl', names: { awsId: 'Id' } },
  'aws-native:cloudfront:ResponseHeadersPolicy': { cloudFormation: 'AWS::CloudFront::ResponseHeadersPolicy', names: { awsId: 'Id', xssProtection: 'XSSProtection' } },
  'aws-native:cloudwatch:Alarm': { cloudFormation: 'AWS::CloudWatch::Alarm', documents: ['evaluationWindow.slidingWindow'], names: { okActions: 'OKActions' }, identifier: 'alarmName', autoNamed: 'alarmName' },
  'aws-native:cloudwatch:Dashboard': { cloudFormation: 'AWS::CloudWatch::Dashboard', identifier: 'dashboardName', autoNamed: 'dashboardName' },
  'aws-native:cognito:IdentityPool': { cloudFormation: 'AWS::Cognito::IdentityPool', documents: ['cognitoEvents', 'supportedLoginProviders'], names: { awsId: 'Id', openIdConnectProviderArns: 'OpenIdConnectProviderARNs', samlProviderArns: 'SamlProviderARNs' } },
  'aws-native:cognito:IdentityPoolPrincipalTag': { cloudFormation: 'AWS::Cognito::IdentityPoolPrincipalTag', documents: ['principalTags'] },
  'aws-native:cognito:IdentityPoolRoleAttachment': { cloudFormation: 'AWS::Cognito::IdentityPoolRoleAttachment', maps: ['roleMappings', 'roles'], names: { awsId: 'Id' }, identifier: 'identityPoolId' },
  'aws-native:cognito:UserPool': { cloudFormation: 'AWS::Cognito::UserPool', maps: ['userPoolTags'], names: { providerUrl: 'ProviderURL' }, autoNamed: 'userPoolName' },
  'aws-native:cognito:UserPoolClient': { cloudFormation: 'AWS::Cognito::UserPoolClient' },
  'aws-native:cognito:UserPoolGroup': { cloudFormation: 'AWS::Cognito::UserPoolGroup' },
  'aws-native:dynamodb:Table': { cloudFormation: 'AWS::DynamoDB::Table', documents: ['resourcePolicy.policyDocument', 'streamSpecification.resourcePolicy.policyDocument'], names: { kmsMasterKeyId: 'KMSMasterKeyId' }, identifier: 'tableName', autoNamed: 'tableName' },
  'aws-native:ecr:Repository': { cloudFormation: 'AWS::ECR::Repository', documents: ['repositoryPolicyText'], writeOnly: ['emptyOnDelete'], identifier: 'repositoryName' },
  'aws-native:greengrassv2:ComponentVersion': {
    cloudFormation: 'AWS::GreengrassV2::ComponentVersion',
    maps: ['lambdaFunction.componentDependencies', 'lambdaFunction.componentLambdaParameters.environmentVariables', 'lambdaFunction.componentPlatforms.*.attributes', 'tags'],
    names: { memorySizeInKb: 'MemorySizeInKB', mountRoSysfs: 'MountROSysfs' },
  },
  'aws-native:greengrassv2:Deployment': { cloudFormation: 'AWS::GreengrassV2::Deployment', maps: ['components', 'tags'] },
  'aws-native:iam:Role': { cloudFormation: 'AWS::IAM::Role', documents: ['assumeRolePolicyDocument', 'policies.*.policyDocument'], identifier: 'roleName', autoNamed: 'roleName' },
  'aws-native:iot:AccountAuditConfiguration': { cloudFormation: 'AWS::IoT::AccountAuditConfiguration', identifier: 'accountId' },
  'aws-native:iot:Logging': { cloudFormation: 'AWS::IoT::Logging', identifier: 'accountId' },
  'aws-native:iot:Policy': { cloudFormation: 'AWS::IoT::Policy', documents: ['policyDocument'], names: { awsId: 'Id' }, identifier: 'policyName' },
  'aws-native:iot:ProvisioningTemplate': { cloudFormation: 'AWS::IoT::ProvisioningTemplate', identifier: 'templateName' },
  'aws-native:iot:RoleAlias': { cloudFormation: 'AWS::IoT::RoleAlias', identifier: 'roleAlias' },
  'aws-native:iot:ScheduledAudit': { cloudFormation: 'AWS::IoT::ScheduledAudit', identifier: 'scheduledAuditName' },
  'aws-native:iot:ThingGroup': { cloudFormation: 'AWS::IoT::ThingGroup', maps: ['thingGroupProperties.attributePayload.attributes'], names: { awsId: 'Id' }, identifier: 'thingGroupName' },
  'aws-native:iot:TopicRule': {
    cloudFormation: 'AWS::IoT::TopicRule',
    maps: ['actions.*', 'errorAction'].flatMap((action) => [`topicRulePayload.${action}.influxDb.tags`, `topicRulePayload.${action}.kafka.clientProperties`]),
    names: { dynamoDb: 'DynamoDB' },
    identifier: 'ruleName',
  },
  'aws-native:kinesisfirehose:DeliveryStream': {
    cloudFormation: 'AWS::KinesisFirehose::DeliveryStream',
    maps: ['extendedS3DestinationConfiguration.dataFormatConversionConfiguration.inputFormatConfiguration.deserializer.openXJsonSerDe.columnToJsonKeyMappings'],
    names: { bucketArn: 'BucketARN', roleArn: 'RoleARN', sizeInMbs: 'SizeInMBs' },
    identifier: 'deliveryStreamName', autoNamed: 'deliveryStreamName',
  },
  'aws-native:lambda:Function': {
    cloudFormation: 'AWS::Lambda::Function',
    maps: ['environment.variables'],
    names: { kmsKeyArn: 'KMSKeyArn', sourceKmsKeyArn: 'SourceKMSKeyArn' },
    writeOnly: ['code', 'publishToLatestPublished', 'snapStart'],
    identifier: 'functionName',
    autoNamed: 'functionName',
  },
  'aws-native:lambda:Permission': { cloudFormation: 'AWS::Lambda::Permission', names: { awsId: 'Id', principalOrgId: 'PrincipalOrgID' } },
  'aws-native:logs:LogGroup': { cloudFormation: 'AWS::Logs::LogGroup', documents: ['dataProtectionPolicy', 'fieldIndexPolicies', 'resourcePolicyDocument'], identifier: 'logGroupName' },
  'aws-native:s3:Bucket': {
    cloudFormation: 'AWS::S3::Bucket',
    documents: ['loggingConfiguration.targetObjectKeyFormat.simplePrefix'],
    names: { kmsMasterKeyId: 'KMSMasterKeyID', replicaKmsKeyId: 'ReplicaKmsKeyID', sseAlgorithm: 'SSEAlgorithm', websiteUrl: 'WebsiteURL' },
    writeOnly: ['accessControl'],
    identifier: 'bucketName',
  },
  'aws-native:s3:BucketPolicy': { cloudFormation: 'AWS::S3::BucketPolicy', documents: ['policyDocument'], identifier: 'bucket' },
  'aws-native:sns:Subscription': { cloudFormation: 'AWS::SNS::Subscription', documents: ['deliveryPolicy', 'filterPolicy', 'redrivePolicy', 'replayPolicy'] },
  'aws-native:sns:Topic': { cloudFormation: 'AWS::SNS::Topic', documents: ['archivePolicy', 'dataProtectionPolicy'], autoNamed: 'topicName' },
  'aws-native:sqs:Queue': { cloudFormation: 'AWS::SQS::Queue', documents: ['redriveAllowPolicy', 'redrivePolicy'], autoNamed: 'queueName' },
}

export const KNOWN_TYPES = Object.keys(TYPES)

/** Undefined for a type that this engine has not been taught: guessing would corrupt a document. */
export const resourceType = (type: string): ResourceType | undefined => TYPES[type]
