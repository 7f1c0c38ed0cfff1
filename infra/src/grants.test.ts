// infra/src/grants.test.ts: every grant of the program, against an explicit list of what may be wide and why.
import { COMPONENTS } from '@fleet/contract/names'
import { CLAIM_CLIENT_PREFIX } from '@fleet/contract/provisioning'
import { expect, test } from 'vitest'
import { consoleIotPolicy } from './console/console-grants.ts'
import { planned, STAGE } from './planned.ts'
import type { PolicyDocument, Statement } from './policy-document.ts'
import { claimPolicy } from './provisioning/claim-policy.ts'
import { MOST_CHARACTERS, thingPolicy } from './provisioning/thing-policy.ts'

interface Granted extends Statement {
  /** `<resource>/<policy>` */
  readonly where: string
}

const statementsIn = (where: string, document: unknown): Granted[] => (document as PolicyDocument).Statement.map((statement) => ({ ...statement, where }))

const granted: Granted[] = (await planned()).flatMap(({ name, inputs }) => {
  const inline = (Array.isArray(inputs['policies']) ? inputs['policies'] : []) as readonly { policyName: string; policyDocument: unknown }[]
  return [
    ...(inputs['policyDocument'] ? statementsIn(name, inputs['policyDocument']) : []),
    ...(inputs['assumeRolePolicyDocument'] ? statementsIn(`${name}/trust`, inputs['assumeRolePolicyDocument']) : []),
    ...inline.flatMap(({ policyName, policyDocument }) => statementsIn(`${name}/${policyName}`, policyDocument)),
  ]
})

const CN = '${iot:Certificate.Subject.CommonName}'
const IOT = 'arn:aws:iot:eu-central-1:111122223333'
const LOGS = 'arn:aws:logs:eu-central-1:111122223333:log-group'

/** A wildcard that is not in this list fails the test; so does an entry that nothing uses any more. */
const MAY_BE_WIDE: Readonly<Record<string, string>> = {
  [`${LOGS}:/aws/lambda/fleet-dev-admission-hook:*`]: 'streams of a log group are named by the service',
  [`${LOGS}:/fleet/dev/telemetry:*`]: 'as above',
  [`${LOGS}:AWSIotLogsV2:*`]: 'as above',
  [`${LOGS}:/aws/greengrass/*`]: 'one group for each component, made by the log manager',
  [`${LOGS}:/aws/greengrass/*:log-stream:/*/thing/\${credentials-iot:ThingName}`]: "the device's own stream of any day, in any component's group",
  [`${IOT}:thing/*`]: 'registration: of things yet to come',
  [`${IOT}:cert/*`]: 'registration: of certificates yet to come',
  [`${IOT}:client/${CLAIM_CLIENT_PREFIX}*`]: 'claim: client ids that no provisioned device has',
  [`${IOT}:topic/$aws/certificates/create-from-csr/*`]: 'claim: payload format, accepted, rejected',
  [`${IOT}:topicfilter/$aws/certificates/create-from-csr/*`]: 'as above',
  [`${IOT}:topic/$aws/provisioning-templates/fleet-dev/provision/*`]: 'as above',
  [`${IOT}:topicfilter/$aws/provisioning-templates/fleet-dev/provision/*`]: 'as above',
  [`${IOT}:client/${CN}#*`]: "device: the nucleus's further connections",
  [`${IOT}:topic/$aws/things/${CN}/jobs/*`]: "device: its own jobs",
  [`${IOT}:topicfilter/$aws/things/${CN}/jobs/*`]: 'as above',
  [`${IOT}:topic/$aws/things/${CN}/shadow/name/*`]: 'device: its own shadows',
  [`${IOT}:topicfilter/$aws/things/${CN}/shadow/name/*`]: 'as above',
  [`${IOT}:topic/fleet/${CN}/*`]: 'device: the messages of its own rotation',
  [`${IOT}:topicfilter/fleet/${CN}/*`]: 'as above',
  [`${IOT}:topic/$aws/things/${CN}/greengrass*/health/json`]: 'device: its own health, by the name that its nucleus has for it',
  [`${IOT}:topic/$aws/rules/fleet_dev_telemetry/fleet/${CN}/telemetry/*`]: 'device: the telemetry of each of its components',
  [`${IOT}:topic/$aws/rules/fleet_dev_alarm/fleet/${CN}/alarm/*`]: 'device: its own alarms, of each kind',
  'arn:aws:s3:::fleet-dev-111122223333-eu-central-1-telemetry/*': 'archive: files are named by Firehose',
  ...Object.fromEntries(['start', 'sign', 'finish'].map((part) => [`${LOGS}:/aws/lambda/fleet-dev-rotation-${part}:*`, 'streams of a log group are named by the service'])),
  [`${LOGS}:/fleet/dev/rotation-errors:*`]: 'as above',
  [`${IOT}:job/rotate-*`]: 'rotation: of jobs yet to come, of this kind alone',
  ...Object.fromEntries(['signed', 'refused', 'proven', 'finished'].map((word) => [`${IOT}:topic/fleet/*/rotation/${word}`, 'rotation: answers to whichever device has asked'])),
  'arn:aws:s3:::fleet-dev-111122223333-eu-central-1-provisioning/artifacts/*': 'device: artifacts, by digest',
  [`${IOT}:client/console-*`]: 'console: each window has a client id of its own',
  ...Object.fromEntries(['fleet/*', '$aws/things/*/shadow/name/*', '$aws/things/*/jobs/*', '$aws/events/presence/*'].flatMap((topic) => [`${IOT}:topic/${topic}`, `${IOT}:topicfilter/${topic}`]).map((resource) => [resource, 'console: what any device says'])),
  'arn:aws:s3:::fleet-dev-111122223333-eu-central-1-console/*': 'console: its files, for its own distribution',
  'arn:aws:s3:::fleet-dev-111122223333-eu-central-1-provisioning/releases/*.json': 'console: releases yet to come',
  [`${LOGS}:/aws/greengrass/GreengrassSystemComponent/eu-central-1/System:*`]: 'console: the log manager names a stream for each day and device',
  ...Object.fromEntries(COMPONENTS.map((folder) => [`${LOGS}:/aws/greengrass/UserComponent/eu-central-1/fleetwright.${folder}:*`, 'as above'])),
  [`${IOT}:job/*`]: 'console: Greengrass makes the jobs of its deployments under ids of its own',
  'arn:aws:greengrass:eu-central-1:111122223333:deployments:*': 'as above',
  'arn:aws:greengrass:eu-central-1:111122223333:components:fleetwright.*': 'console: versions of a release that is rolled back to',
  '*': 'few statements alone, see below',
}

test('a wildcard in a grant is one of those that have a reason', () => {
  const wide = granted.filter(({ Effect }) => Effect === 'Allow').flatMap(({ where, Action, Resource = [] }) => [...Action, ...Resource].filter((text) => text.includes('*')).map((text) => ({ where, text })))
  for (const { where, text } of wide) expect(Object.keys(MAY_BE_WIDE), where).toContain(text)
  expect(Object.keys(MAY_BE_WIDE).filter((text) => !wide.some((each) => each.text === text))).toEqual([])
})

test('only calls that know no resource are granted on *', () => {
  const onEverything = granted.filter(({ Effect, Resource }) => Effect === 'Allow' && Resource?.includes('*'))
  const ofConsole = (group: string) => [[`console-sign-in-${group}-role/${group}`, ['iot:ListAuditFindings', 'iot:DescribeAccountAuditConfiguration']], [`console-sign-in-${group}-role/${group}`, ['greengrass:ListCoreDevices', 'greengrass:ListInstalledComponents', 'greengrass:GetCoreDevice', 'greengrass:ListEffectiveDeployments']], [`console-sign-in-${group}-role/${group}`, ['greengrass:ListDeployments', 'greengrass:GetDeployment', 'iot:DescribeJob', 'iot:ListJobExecutionsForJob']]]
  expect(onEverything.map(({ where, Action }) => [where, Action])).toEqual([
    ...ofConsole('operator'),
    ['console-sign-in-operator-role/operator', ['iot:StartOnDemandAuditTask']],
    ['console-sign-in-operator-role/operator', ['greengrass:CreateDeployment']],
    ...ofConsole('viewer'),
    ['oversight-alarm-deployments-failed-role/count', ['cloudwatch:PutMetricData']],
    ['provisioning-device-policy', ['greengrass:GetComponentVersionArtifact', 'greengrass:GetDeploymentConfiguration', 'greengrass:ListThingGroupsForCoreDevice', 'greengrass:ResolveComponentCandidates']],
    ['provisioning-token-exchange-role/device', ['ecr:GetAuthorizationToken']],
    ['rotation-sign-role/rotation-sign', ['iot:CreateCertificateFromCsr', 'iot:RegisterThing']],
    ['rotation-start-role/rotation-start', ['iot:ListAuditFindings', 'iot:ListPrincipalThings']],
  ])
})

test('no action is granted by a wildcard', () => {
  expect(granted.filter(({ Effect, Action }) => Effect === 'Allow' && Action.some((action) => action.includes('*')))).toEqual([])
})

test('each role is assumed by one service, those of the console by their identity pool; those of AWS IoT only for this account', () => {
  const trusts = granted.filter(({ where }) => where.endsWith('/trust'))
  expect(trusts.map(({ where, Principal, Condition }) => [where, Principal, Condition?.['StringEquals']])).toEqual([
    ['account-log-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['admission-role/trust', { Service: 'lambda.amazonaws.com' }, undefined],
    ...['operator', 'viewer'].map((group) => [`console-sign-in-${group}-role/trust`, { Federated: 'cognito-identity.amazonaws.com' }, { 'cognito-identity.amazonaws.com:aud': 'console-sign-in-identities-id' }]),
    ['oversight-alarm-deployments-failed-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['provisioning-registration-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['provisioning-token-exchange-role/trust', { Service: 'credentials.iot.amazonaws.com' }, undefined],
    ['rotation-audit-auditor/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['rotation-audit-teller/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['rotation-finish-role/trust', { Service: 'lambda.amazonaws.com' }, undefined],
    ['rotation-rules-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['rotation-sign-role/trust', { Service: 'lambda.amazonaws.com' }, undefined],
    ['rotation-start-role/trust', { Service: 'lambda.amazonaws.com' }, undefined],
    ['telemetry-alarm-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['telemetry-archive-role/trust', { Service: 'firehose.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['telemetry-registry-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
    ['telemetry-role/trust', { Service: 'iot.amazonaws.com' }, { 'aws:SourceAccount': '111122223333' }],
  ])
})

test('each role is under the path of the stage, and within its boundary', async () => {
  const roles = (await planned()).filter(({ type }) => type === 'aws-native:iam:Role')
  expect(roles.length).toBeGreaterThan(8)
  for (const { inputs, name } of roles) expect(inputs, name).toMatchObject({ path: '/fleet/dev/', permissionsBoundary: 'arn:aws:iam::111122223333:policy/fleet-dev-boundary' })
})

test('nobody but the hook and the console reads the allowlist, and nobody the private key of the claim', () => {
  const readers = granted.filter(({ Action }) => Action.includes('s3:GetObject')).map(({ where, Resource }) => [where, Resource])
  expect(readers).toEqual([
    ['admission-role/admission-hook', ['arn:aws:s3:::fleet-dev-111122223333-eu-central-1-provisioning/allowlist.txt']],
    ['console-page-bucket-policy', ['arn:aws:s3:::fleet-dev-111122223333-eu-central-1-console/*']],
    ...['operator', 'viewer'].map((group) => [`console-sign-in-${group}-role/${group}`, ['allowlist.txt', 'releases/*.json'].map((key) => `arn:aws:s3:::fleet-dev-111122223333-eu-central-1-provisioning/${key}`)]),
    ['provisioning-token-exchange-role/device', ['arn:aws:s3:::fleet-dev-111122223333-eu-central-1-provisioning/artifacts/*']],
  ])
})

test('the claim may connect under its own client ids, ask for a certificate and register with our template: nothing else', () => {
  const apis = ['$aws/certificates/create-from-csr/*', '$aws/provisioning-templates/fleet-dev/provision/*']
  expect(claimPolicy(STAGE).Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['iot:Connect'], [`${IOT}:client/claim_*`]],
    [['iot:Publish', 'iot:Receive'], apis.map((api) => `${IOT}:topic/${api}`)],
    [['iot:Subscribe'], apis.map((api) => `${IOT}:topicfilter/${api}`)],
  ])
})

test('a device reaches nothing over MQTT that does not name it', () => {
  for (const { Action, Resource = [] } of thingPolicy(STAGE).Statement) {
    if (Action.some((action) => /^iot:(Connect|Publish|Receive|Subscribe)$/.test(action))) for (const resource of Resource) expect(resource).toContain(CN)
  }
})

test('IoT policies stay within what AWS IoT takes, also for the longest stage and region', () => {
  const longest = { ...STAGE, stage: 'a'.repeat(20), region: 'ap-southeast-99' }
  for (const document of [thingPolicy(longest), claimPolicy(longest), consoleIotPolicy(longest)]) expect(JSON.stringify(document).length).toBeLessThanOrEqual(MOST_CHARACTERS)
})
