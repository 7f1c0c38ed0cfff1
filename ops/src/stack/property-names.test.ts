// ops/src/stack/property-names.test.ts: names that leave for Cloud Control and come back, and documents that nobody touches.
import { expect, test } from 'vitest'
import { fromCloudFormation, sdkName, toCloudFormation } from './property-names.ts'
import type { Properties } from './properties.ts'
import { resourceType } from './resource-types.ts'

// As the aws-native provider spells them (pulumi-aws-native `provider/pkg/naming`).
test.each([
  ['SSEAlgorithm', 'sseAlgorithm'],
  ['KMSMasterKeyID', 'kmsMasterKeyId'],
  ['WebsiteURL', 'websiteUrl'],
  ['DynamoDB', 'dynamoDb'],
  ['DynamoDBv2', 'dynamoDBv2'],
  ['MemorySizeInKB', 'memorySizeInKb'],
  ['MountROSysfs', 'mountRoSysfs'],
  ['TargetARNs', 'targetArns'],
  ['S3KeyPrefix', 's3KeyPrefix'],
  ['AwsIotSqlVersion', 'awsIotSqlVersion'],
  ['EC2s', 'ec2s'],
  ['Arn', 'arn'],
])('%s is %s to the SDK', (cloudFormation, sdk) => {
  expect(sdkName(cloudFormation)).toBe(sdk)
})

const document = { Version: '2012-10-17', Statement: [{ effect: 'x', Resource: ['*'], lowerCase: { k: 1 } }] }

test.each<[string, Properties, Properties]>([
  ['aws-native:iot:Policy', { policyName: 'p', policyDocument: document, awsId: 'p' }, { PolicyName: 'p', PolicyDocument: document, Id: 'p' }],
  [
    'aws-native:iam:Role',
    { assumeRolePolicyDocument: document, policies: [{ policyName: 'x', policyDocument: document }] },
    { AssumeRolePolicyDocument: document, Policies: [{ PolicyName: 'x', PolicyDocument: document }] },
  ],
  ['aws-native:lambda:Function', { environment: { variables: { lower_case: 'a', UPPER: 'b' } }, code: { zipFile: 'x' } }, { Environment: { Variables: { lower_case: 'a', UPPER: 'b' } }, Code: { ZipFile: 'x' } }],
  [
    'aws-native:greengrassv2:Deployment',
    { components: { 'fleetwright.led': { componentVersion: '1.0.0', configurationUpdate: { merge: '{"telemetryRule":"x"}', reset: [''] } } }, tags: { camelCase: 'v' } },
    { Components: { 'fleetwright.led': { ComponentVersion: '1.0.0', ConfigurationUpdate: { Merge: '{"telemetryRule":"x"}', Reset: [''] } } }, Tags: { camelCase: 'v' } },
  ],
  [
    'aws-native:s3:Bucket',
    { bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256', kmsMasterKeyId: 'k' } }] } },
    { BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'k' } }] } },
  ],
  ['aws-native:iot:ThingGroup', { thingGroupProperties: { attributePayload: { attributes: { lower: 'x' } } } }, { ThingGroupProperties: { AttributePayload: { Attributes: { lower: 'x' } } } }],
])('%s, there and back', (name, sdk, cloudFormation) => {
  const type = resourceType(name)!
  expect(toCloudFormation(type, sdk)).toEqual(cloudFormation)
  expect(fromCloudFormation(type, cloudFormation)).toEqual(sdk)
})
