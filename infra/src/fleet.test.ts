// infra/src/fleet.test.ts: facts about the whole program: what it makes, that it makes the same each time, and what nobody may read or call.
import { readFileSync } from 'node:fs'
import { fleetNames } from '@fleet/contract/names'
import { expect, test } from 'vitest'
import { CONSOLE_SERVICES, contentSecurityPolicy } from './console/content-security-policy.ts'
import { telemetryOperators } from './telemetry/readers.ts'
import { planned, RELEASE, STAGE, type PlannedResource } from './planned.ts'

const plan = await planned(STAGE, RELEASE)
const names = fleetNames(STAGE)

const one = (type: string, name?: string): PlannedResource => {
  const found = plan.filter((resource) => resource.type === type && (name === undefined || resource.name === name))
  expect(found).toHaveLength(1)
  return found[0]!
}

test('a second plan of the same inputs is identical', async () => {
  expect(await planned(STAGE, RELEASE)).toEqual(plan)
})

test('without a release there is everything but component versions and deployment', async () => {
  const types = (resources: readonly PlannedResource[]) => resources.map(({ type }) => type)
  const first = types(await planned())
  expect(first).not.toContain('aws-native:greengrassv2:Deployment')
  expect([...first, 'aws-native:greengrassv2:ComponentVersion', 'aws-native:greengrassv2:ComponentVersion', 'aws-native:greengrassv2:Deployment'].sort()).toEqual(types(plan).sort())
})

test('every resource is bound to the stage account and region', () => {
  for (const { name, type, provider } of plan) {
    if (!type.startsWith('pulumi:providers:')) expect(provider, name).toContain(`::pulumi:providers:${type.startsWith('aws:') ? 'aws' : 'aws-native'}::`)
  }
  for (const type of ['pulumi:providers:aws', 'pulumi:providers:aws-native']) {
    expect(one(type).inputs).toMatchObject({ allowedAccountIds: JSON.stringify([STAGE.accountId]), skipCredentialsValidation: 'false', region: STAGE.region })
  }
})

test('only AWS IoT, for our template in our account, may call the hook', () => {
  expect(one('aws-native:lambda:Permission', 'admission-hook-caller').inputs).toMatchObject({
    action: 'lambda:InvokeFunction',
    principal: 'iot.amazonaws.com',
    sourceAccount: STAGE.accountId,
    sourceArn: `arn:aws:iot:eu-central-1:111122223333:provisioningtemplate/${names.provisioningTemplate}`,
  })
})

test('the hook answers within the 5 s that AWS IoT waits, and knows whose hook it is', () => {
  const { timeout, environment, runtime } = one('aws-native:lambda:Function', 'admission-hook').inputs
  expect(timeout).toBeLessThanOrEqual(5)
  expect(runtime).toBe('nodejs24.x')
  expect(environment).toEqual({ variables: { ALLOWLIST_BUCKET: names.provisioningBucket, ALLOWLIST_KEY: 'allowlist.txt', METRICS: 'Fleetwright/dev', TEMPLATE_ARN: `arn:aws:iot:eu-central-1:111122223333:provisioningtemplate/${names.provisioningTemplate}` } })
})

test('the template makes a thing of the fleet with a certificate for it alone, and asks the hook first', () => {
  const { templateBody, preProvisioningHook, templateType } = one('aws-native:iot:ProvisioningTemplate').inputs
  expect(templateType).toBe('FLEET_PROVISIONING')
  expect(preProvisioningHook).toEqual({ payloadVersion: '2020-04-01', targetArn: 'arn:planned:admission-hook' })
  expect(JSON.parse(String(templateBody))).toMatchObject({
    Resources: {
      thing: { Properties: { ThingName: { Ref: 'SerialNumber' }, ThingGroups: ['fleet-dev'], AttributePayload: { fleet: 'fleet-dev' } } },
      certificate: { Properties: { Status: 'Active', ThingPrincipalType: 'EXCLUSIVE_THING' } },
      policy: { Properties: { PolicyName: names.devicePolicy } },
    },
  })
})

test('buckets are private, encrypted, versioned and refuse plain HTTP', () => {
  const buckets = plan.filter(({ type }) => type === 'aws-native:s3:Bucket')
  expect(buckets.map(({ inputs }) => inputs['bucketName'])).toEqual([names.consoleBucket, names.provisioningBucket, names.telemetryArchive])
  for (const { inputs, name } of buckets) {
    expect(inputs).toMatchObject({
      publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      versioningConfiguration: { status: 'Enabled' },
      bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
    })
    const bucketArn = `arn:aws:s3:::${String(inputs['bucketName'])}`
    expect((one('aws-native:s3:BucketPolicy', `${name}-policy`).inputs['policyDocument'] as { Statement: unknown[] }).Statement[0]).toMatchObject(
      { Effect: 'Deny', Principal: '*', Action: ['s3:*'], Resource: [bucketArn, `${bucketArn}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    )
  }
})

test('the page of the console is read by its own distribution alone, over HTTPS, under a strict policy that names the services that it calls', () => {
  const { policyDocument } = one('aws-native:s3:BucketPolicy', 'console-page-bucket-policy').inputs
  expect((policyDocument as { Statement: unknown[] }).Statement.slice(1)).toEqual([
    { Sid: 'ServePage', Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${names.consoleBucket}/*`], Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::111122223333:distribution/console-page-distribution-id' } } },
  ])
  const { distributionConfig } = one('aws-native:cloudfront:Distribution').inputs
  expect(distributionConfig).toMatchObject({ defaultRootObject: 'index.html', defaultCacheBehavior: { viewerProtocolPolicy: 'redirect-to-https', responseHeadersPolicyId: 'console-page-headers-id', allowedMethods: ['GET', 'HEAD'] }, origins: [{ originAccessControlId: 'console-page-access-id' }] })
  const csp = contentSecurityPolicy(STAGE)
  expect(csp).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
  expect(csp).not.toContain('unsafe')
  const { dependencies } = JSON.parse(readFileSync(new URL('../../console/package.json', import.meta.url), 'utf8')) as { dependencies: Record<string, string> }
  expect(Object.keys(CONSOLE_SERVICES).sort()).toEqual(Object.keys(dependencies).flatMap((name) => /^@aws-sdk\/client-(.+)/.exec(name)?.[1] ?? []).sort())
})

test('a session of the console says whose it is, and its role takes no other word for it', () => {
  const { principalTags, useDefaults } = one('aws-native:cognito:IdentityPoolPrincipalTag').inputs
  expect([principalTags, useDefaults]).toEqual([{ person: 'cognito:username' }, false])
  const [acknowledging] = telemetryOperators(STAGE)
  expect(acknowledging?.condition).toMatchObject({ 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['thing', 'alarm', 'state', 'receivedAt', 'acknowledgedBy:${aws:PrincipalTag/person}'] } })
})

test('nobody signs up by herself, there are no guests, and the role is that of the group', () => {
  expect(one('aws-native:cognito:UserPool').inputs).toMatchObject({ adminCreateUserConfig: { allowAdminCreateUserOnly: true } })
  expect(one('aws-native:cognito:IdentityPool').inputs).toMatchObject({ allowUnauthenticatedIdentities: false, allowClassicFlow: false, cognitoIdentityProviders: [{ serverSideTokenCheck: true }] })
  expect(Object.values(one('aws-native:cognito:IdentityPoolRoleAttachment').inputs['roleMappings'] as object)).toEqual([{ type: 'Token', ambiguousRoleResolution: 'Deny' }])
  for (const group of ['viewer', 'operator']) expect(one('aws-native:cognito:UserPoolGroup', `console-sign-in-${group}`).inputs).toMatchObject({ groupName: group, roleArn: `arn:planned:console-sign-in-${group}-role` })
})

test('a stage without a console has nothing of it', async () => {
  const without = await planned({ ...STAGE, console: undefined }, RELEASE)
  expect(without.filter(({ name, type }) => name.startsWith('console') || /cognito|cloudfront/.test(type))).toEqual([])
  expect(without.find(({ name }) => name === 'store-bucket')?.inputs).not.toHaveProperty('corsConfiguration')
})

test('image tags cannot be moved, and pushes are scanned', () => {
  const repositories = plan.filter(({ type }) => type === 'aws-native:ecr:Repository')
  expect(repositories.map(({ inputs }) => inputs['repositoryName']).sort()).toEqual(['fleet-dev/button', 'fleet-dev/cert-rotator', 'fleet-dev/health', 'fleet-dev/led', 'fleet-dev/os-update'])
  for (const { inputs } of repositories) expect(inputs).toMatchObject({ imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } })
})

test('a release is deployed to the group as a whole, and rolls back by itself', () => {
  const { targetArn, components, deploymentPolicies, iotJobConfiguration } = one('aws-native:greengrassv2:Deployment').inputs
  expect(targetArn).toBe('arn:planned:fleet')
  expect(Object.keys(components as object).sort()).toEqual(['aws.greengrass.LogManager', 'fleetwright.button', 'fleetwright.led'])
  expect(components).toMatchObject({ 'fleetwright.led': { componentVersion: '1.2.0', configurationUpdate: { reset: [''], merge: '{"telemetryRule":"fleet_dev_telemetry","alarmRule":"fleet_dev_alarm"}' } } })
  expect(deploymentPolicies).toMatchObject({ failureHandlingPolicy: 'ROLLBACK', componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS' } })
  expect(iotJobConfiguration).toMatchObject({ jobExecutionsRolloutConfig: { maximumPerMinute: 50 }, abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', thresholdPercentage: 10 }] } })
})

test('telemetry is named after its connection, whatever its payload says', () => {
  const { topicRulePayload } = one('aws-native:iot:TopicRule', 'telemetry-rule').inputs
  expect(topicRulePayload).toMatchObject({
    sql: "SELECT *, topic(2) AS thing, topic(4) AS kind, concat(topic(4), '#', firstAt, '#', firstSequence) AS entry, principal() AS certificateId, timestamp() AS receivedAt, floor(timestamp() / 1000) + 2592000 AS expiresAt FROM 'fleet/+/telemetry/+'",
    errorAction: { sqs: { useBase64: false, roleArn: 'arn:planned:telemetry-role' } },
  })
})

test('what devices report is stored by its own rule, and every rule leaves what it could not store to the dead letters', () => {
  const rules = plan.filter(({ type, name }) => type === 'aws-native:iot:TopicRule' && name.startsWith('telemetry-'))
  expect(rules.map(({ inputs }) => inputs['ruleName'])).toEqual(['fleet_dev_alarm', 'fleet_dev_offline', 'fleet_dev_online', 'fleet_dev_telemetry'])
  for (const { inputs } of rules) expect(inputs['topicRulePayload']).toMatchObject({ errorAction: { sqs: {} } })
  expect(one('aws-native:iot:TopicRule', 'telemetry-rule').inputs['topicRulePayload']).toMatchObject({
    actions: [
      { dynamoDBv2: { putItem: { tableName: names.telemetryTable } } },
      { dynamoDb: { tableName: names.lastStateTable, hashKeyField: 'thing', hashKeyValue: '${topic(2)}', rangeKeyField: 'kind', rangeKeyValue: '${topic(4)}', payloadField: 'batch' } },
      { firehose: { deliveryStreamName: names.telemetryStream, separator: '\n' } },
      { cloudwatchLogs: { logGroupName: names.telemetryLogGroup } },
    ],
  })
})

test('what is open of the alarms is an index of its own, and a device says nothing in them but what changed', () => {
  expect(one('aws-native:dynamodb:Table', 'telemetry-alarms').inputs).toMatchObject({
    keySchema: [{ attributeName: 'thing' }, { attributeName: 'alarm' }],
    globalSecondaryIndexes: [{ indexName: 'open', keySchema: [{ attributeName: 'open', keyType: 'HASH' }, { attributeName: 'receivedAt', keyType: 'RANGE' }], projection: { projectionType: 'ALL' } }],
  })
  expect(one('aws-native:iot:TopicRule', 'telemetry-alarm').inputs['topicRulePayload']).toMatchObject({
    sql: "SELECT state, at, measured, limit, why, topic(2) AS thing, topic(4) AS alarm, timestamp() AS receivedAt, CASE state WHEN 'raised' THEN substring(topic(2), 15) END AS open FROM 'fleet/+/alarm/+'",
  })
})

test('only devices of this stage are told offline and online, whoever else connects in the account', () => {
  const sqlOf = (part: string) => (one('aws-native:iot:TopicRule', `telemetry-${part}`).inputs['topicRulePayload'] as { sql: string }).sql
  const isOurs = `WHERE clientId = thingName AND get_registry_data("DescribeThing", clientId, 'arn:planned:telemetry-registry-role').attributes.fleet = 'fleet-dev'`
  expect(sqlOf('online')).toContain(isOurs)
  expect(sqlOf('offline').replaceAll(/ AND disconnectReason <> '\w+'/g, '')).toContain(isOurs)
  expect(sqlOf('offline')).toContain("AND disconnectReason <> 'CLIENT_INITIATED_DISCONNECT' AND disconnectReason <> 'DUPLICATE_CLIENTID'")
})

test('tables are on demand, and telemetry leaves them by itself; a stage that protects its data keeps them', async () => {
  const tables = plan.filter(({ type }) => type === 'aws-native:dynamodb:Table')
  expect(tables.map(({ inputs }) => inputs['tableName'])).toEqual([names.alarmsTable, names.telemetryTable, names.lastStateTable])
  for (const { inputs } of tables) expect(inputs).toMatchObject({ billingMode: 'PAY_PER_REQUEST', deletionProtectionEnabled: false })
  expect(one('aws-native:dynamodb:Table', 'telemetry-history').inputs['timeToLiveSpecification']).toEqual({ attributeName: 'expiresAt', enabled: true })
  const kept = (await planned({ ...STAGE, protectsData: true })).filter(({ type }) => type === 'aws-native:dynamodb:Table')
  for (const { inputs } of kept) expect(inputs['deletionProtectionEnabled']).toBe(true)
})

test('the archive is compressed, in folders by date, and forgets', () => {
  expect(one('aws-native:kinesisfirehose:DeliveryStream').inputs['extendedS3DestinationConfiguration']).toMatchObject({ compressionFormat: 'GZIP', prefix: 'telemetry/date=!{timestamp:yyyy-MM-dd}/', bucketArn: `arn:aws:s3:::${names.telemetryArchive}` })
  expect(one('aws-native:s3:Bucket', 'telemetry-archive-bucket').inputs['lifecycleConfiguration']).toMatchObject({ rules: [{ expirationInDays: 365 }] })
})

test('every log group forgets', () => {
  const groups = plan.filter(({ type }) => type === 'aws-native:logs:LogGroup')
  expect(groups.length).toBeGreaterThan(2)
  for (const { inputs } of groups) expect(inputs['retentionInDays']).toBe(STAGE.logRetentionDays)
})

test('a second stage in the account leaves the settings of the account alone', async () => {
  const second = await planned({ ...STAGE, managesAccountSettings: false })
  expect(second.filter(({ type }) => type.startsWith('aws:') || type === 'aws-native:iot:Logging')).toEqual([])
  expect(second.filter(({ type }) => type.startsWith('pulumi:providers:')).map(({ name }) => name)).toEqual(['aws-native'])
})

test('the update of the operating system goes to the devices with the settings of its component', async () => {
  const release = { ...RELEASE, components: [...RELEASE.components, { ...RELEASE.components[0]!, name: 'fleetwright.os-update' }] }
  const merged = async (stage: typeof STAGE) => {
    const deployment = (await planned(stage, release)).find(({ type }) => type === 'aws-native:greengrassv2:Deployment')
    const { configurationUpdate } = (deployment?.inputs['components'] as Record<string, { configurationUpdate: { merge: string } }>)['fleetwright.os-update']!
    return JSON.parse(configurationUpdate.merge) as unknown
  }
  expect(await merged(STAGE)).toEqual({ telemetryRule: 'fleet_dev_telemetry', id: '', reboot: 'when-needed' })
  expect(await merged({ ...STAGE, osUpdate: { id: '2026-11', reboot: 'never' } })).toEqual({ telemetryRule: 'fleet_dev_telemetry', id: '2026-11', reboot: 'never' })
})
