// infra/src/rotation/grants.ts: what each function of rotation may do.
import { fleetNames } from '@fleet/contract/names'
import { ROTATION_JOB_PREFIX } from '@fleet/contract/rotation-job'
import type { Stage } from '@fleet/contract/stage'
import { rotation } from '@fleet/contract/topics'
import { arn, fleetArns } from '../arn.ts'
import type { Grant } from '../policy-document.ts'
import type { Part } from './rotation-function.ts'

const ANY_DEVICE = 'Devices and their certificates are known at run time only; the function compares connection, thing and job.'

/**
 * RegisterThing «calls other AWS IoT control plane APIs» (API reference) in the name of its caller, but nowhere says which. These are the
 * ones of AWS's policy AWSIoTThingsRegistration that concern one thing, its certificate and a policy that exists.
 */
const IN_OUR_NAME: Grant['actions'] = [
  'iot:AttachPolicy',
  'iot:AttachPrincipalPolicy',
  'iot:AttachThingPrincipal',
  'iot:CreateThing',
  'iot:DescribeThing',
  'iot:GetPolicy',
  'iot:ListAttachedPolicies',
  'iot:ListPrincipalPolicies',
  'iot:ListPrincipalThings',
  'iot:ListThingGroupsForThing',
  'iot:UpdateCertificate',
  'iot:UpdateThing',
]

export function rotationGrants(stage: Stage): Readonly<Record<Part, readonly Grant[]>> {
  const iot = (resource: string) => arn('iot', stage, resource)
  const [things, certificates, jobs] = [iot('thing/*'), iot('cert/*'), iot(`job/${ROTATION_JOB_PREFIX}*`)]
  const answers = (...topics: readonly (keyof typeof rotation)[]) => topics.map((topic) => iot(`topic/${rotation[topic].of('*')}`))
  return {
    start: [
      { sid: 'ReadAudit', actions: ['iot:ListAuditFindings', 'iot:ListPrincipalThings'], resources: ['*'], because: 'These actions know no resource (Service Authorization Reference, AWS IoT).' },
      { sid: 'KnowTheFleet', actions: ['iot:ListThingsInThingGroup'], resources: [fleetArns(stage).thingGroup] },
      { sid: 'Ask', actions: ['iot:CreateJob', 'iot:DescribeJobExecution'], resources: [jobs, things], because: ANY_DEVICE },
      { sid: 'GoOn', actions: ['lambda:InvokeFunction'], resources: [arn('lambda', stage, `function:${fleetNames(stage).rotationFunction('start')}`)] },
    ],
    sign: [
      { sid: 'Judge', actions: ['iot:DescribeCertificate', 'iot:DescribeJobExecution', 'iot:ListThingPrincipals'], resources: [certificates, jobs, things], because: ANY_DEVICE },
      { sid: 'Sign', actions: ['iot:CreateCertificateFromCsr', 'iot:RegisterThing'], resources: ['*'], because: 'These actions know no resource (Service Authorization Reference, AWS IoT).' },
      { sid: 'Register', actions: IN_OUR_NAME, resources: [certificates, things, fleetArns(stage).devicePolicy], because: ANY_DEVICE },
      { sid: 'Answer', actions: ['iot:Publish'], resources: answers('signed', 'refused'), because: ANY_DEVICE },
    ],
    finish: [
      { sid: 'Retire', actions: ['iot:DeleteCertificate', 'iot:DescribeCertificate', 'iot:DetachThingPrincipal', 'iot:ListThingPrincipals', 'iot:UpdateCertificate'], resources: [certificates, things], because: ANY_DEVICE },
      { sid: 'Answer', actions: ['iot:Publish'], resources: answers('finished'), because: ANY_DEVICE },
    ],
  }
}
