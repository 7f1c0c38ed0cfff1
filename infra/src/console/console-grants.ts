// infra/src/console/console-grants.ts: what people may do who are signed in to the console: viewers read, operators also change.
import { CONSOLE_CLIENT_PREFIX, type ConsoleGroup } from '@fleet/contract/console-settings'
import { COMPONENTS, componentName, fleetNames, storeKeys, type StageIdentity } from '@fleet/contract/names'
import { componentLogGroup, systemLogGroup } from '@fleet/contract/device-logs'
import { ROTATION_JOB_PREFIX } from '@fleet/contract/rotation-job'
import { arn, fleetArns } from '../arn.ts'
import { allow, type Grant, type PolicyDocument } from '../policy-document.ts'
import { telemetryOperators, telemetryReaders } from '../telemetry/readers.ts'

const ANY_DEVICE = 'Devices are known at run time only.'
const NO_RESOURCE = 'These actions know no resource (Service Authorization Reference).'

export function consoleGrants(stage: StageIdentity, group: ConsoleGroup): readonly Grant[] {
  return group === 'viewer' ? reading(stage) : [...reading(stage), ...changing(stage)]
}

/** What devices and AWS IoT say, and the page hears. */
const HEARD = ['fleet/*', '$aws/things/*/shadow/name/*', '$aws/things/*/jobs/*', '$aws/events/presence/*']

/** On AWS IoT's data plane a signed-in person needs, beside the role, an AWS IoT policy attached to her identity (AWS IoT guide, «Authorization with Amazon Cognito identities»): the frame of what any group may do there; the roles narrow it. */
export const consoleIotPolicy = (stage: StageIdentity): PolicyDocument => allow(...hearing(stage), ...onShadows(stage, ['iot:GetThingShadow', 'iot:UpdateThingShadow']))

const onShadows = (stage: StageIdentity, actions: Grant['actions']): readonly Grant[] => [{ sid: 'Shadows', actions, resources: [arn('iot', stage, 'thing/*')], because: ANY_DEVICE }]

function hearing(stage: StageIdentity): readonly Grant[] {
  const iot = (resource: string) => arn('iot', stage, resource)
  return [
    { sid: 'Connect', actions: ['iot:Connect'], resources: [iot(`client/${CONSOLE_CLIENT_PREFIX}*`)], because: 'Each window has a client id of its own.' },
    { sid: 'Subscribe', actions: ['iot:Subscribe'], resources: HEARD.map((topic) => iot(`topicfilter/${topic}`)), because: ANY_DEVICE },
    { sid: 'Hear', actions: ['iot:Receive'], resources: HEARD.map((topic) => iot(`topic/${topic}`)), because: ANY_DEVICE },
  ]
}

function reading(stage: StageIdentity): readonly Grant[] {
  const iot = (resource: string) => arn('iot', stage, resource)
  const { provisioningObject, logGroup, provisioningBucket } = fleetArns(stage)
  return [
    { sid: 'SearchFleet', actions: ['iot:SearchIndex'], resources: [iot('index/AWS_Things')] },
    { sid: 'SeeDevices', actions: ['iot:DescribeThing', 'iot:ListThingPrincipals', 'iot:DescribeCertificate', 'iot:ListJobExecutionsForThing', 'iot:DescribeJobExecution', 'iot:GetThingShadow'], resources: [iot('thing/*'), iot('cert/*'), iot(`job/${ROTATION_JOB_PREFIX}*`)], because: ANY_DEVICE },
    { sid: 'SeeFindings', actions: ['iot:ListAuditFindings', 'iot:DescribeAccountAuditConfiguration'], resources: ['*'], because: NO_RESOURCE },
    { sid: 'SeeCoreDevices', actions: ['greengrass:ListCoreDevices', 'greengrass:ListInstalledComponents', 'greengrass:GetCoreDevice', 'greengrass:ListEffectiveDeployments'], resources: ['*'], because: `${NO_RESOURCE} ${ANY_DEVICE}` },
    { sid: 'SeeDeployments', actions: ['greengrass:ListDeployments', 'greengrass:GetDeployment', 'iot:DescribeJob', 'iot:ListJobExecutionsForJob'], resources: ['*'], because: 'Deployments and their jobs have ids of AWS.' },
    { sid: 'ReadAllowlist', actions: ['s3:GetObject'], resources: [provisioningObject(storeKeys.allowlist), provisioningObject(storeKeys.release('*'))], because: 'Releases are known at run time only.' },
    { sid: 'ReadDeviceLogs', actions: ['logs:FilterLogEvents', 'logs:DescribeLogStreams'], resources: [systemLogGroup(stage), ...COMPONENTS.map((folder) => componentLogGroup(componentName(folder), stage))].map((group) => `${logGroup(group)}:*`), because: 'The log manager names a stream for each day and device.' },
    { sid: 'KnowWhetherThereIsOne', actions: ['s3:ListBucket'], resources: [provisioningBucket] },
    { sid: 'ReadRefusals', actions: ['logs:FilterLogEvents'], resources: [`${logGroup(`/aws/lambda/${fleetNames(stage).admissionHook}`)}:*`], because: 'AWS Lambda names the streams of its log group.' },
    ...telemetryReaders(stage),
    ...hearing(stage),
  ]
}

function changing(stage: StageIdentity): readonly Grant[] {
  const iot = (resource: string) => arn('iot', stage, resource)
  return [
    { sid: 'Wish', actions: ['iot:UpdateThingShadow'], resources: [iot('thing/*')], because: ANY_DEVICE },
    { sid: 'Rotate', actions: ['iot:CreateJob'], resources: [iot(`job/${ROTATION_JOB_PREFIX}*`), iot('thing/*')], because: ANY_DEVICE },
    { sid: 'Audit', actions: ['iot:StartOnDemandAuditTask'], resources: ['*'], because: NO_RESOURCE },
    { sid: 'Admit', actions: ['s3:PutObject'], resources: [fleetArns(stage).provisioningObject(storeKeys.allowlist)] },
    { sid: 'ChooseRelease', actions: ['s3:PutObject'], resources: [storeKeys.currentRelease, storeKeys.deployments, storeKeys.release('*')].map((key) => fleetArns(stage).provisioningObject(key)), because: 'Releases are known at run time only.' },
    { sid: 'Deploy', actions: ['greengrass:CreateDeployment'], resources: ['*'], because: NO_RESOURCE },
    { sid: 'Pause', actions: ['greengrass:CancelDeployment'], resources: [arn('greengrass', stage, 'deployments:*')], because: 'Greengrass makes deployments under ids of its own.' },
    { sid: 'TellDevices', actions: ['iot:CancelJob', 'iot:CreateJob', 'iot:DescribeThingGroup', 'iot:DescribeJob', 'iot:UpdateJob'], resources: [iot('job/*'), fleetArns(stage).thingGroup], because: 'Greengrass makes the jobs of its deployments under ids of its own, with the rights of whoever deploys (Service Authorization Reference, «Dependent actions»).' },
    { sid: 'BringBack', actions: ['greengrass:CreateComponentVersion', 'greengrass:DescribeComponent', 'greengrass:TagResource'], resources: [arn('greengrass', stage, `components:${componentName('*')}`), arn('greengrass', stage, 'deployments:*')], because: 'Versions are those of the release that is rolled back to.' },
    ...telemetryOperators(stage),
  ]
}

/** Trust policy of both roles: only whom this identity pool vouches for, signed in (Cognito guide, «Role trust and permissions»). */
export const consoleTrust = (identityPoolId: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'SignedIn',
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      // The pool says who she is by a tag of her session.
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      Condition: {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': identityPoolId },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
      },
    },
  ],
})
