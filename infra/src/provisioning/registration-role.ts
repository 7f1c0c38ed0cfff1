// infra/src/provisioning/registration-role.ts: what AWS IoT may do in our name while it provisions a device.
import type { Stage } from '@fleet/contract/stage'
import type { Role } from '@pulumi/aws-native/iam/role.js'
import type * as pulumi from '@pulumi/pulumi'
import { arn, fleetArns } from '../arn.ts'
import { allow, trust } from '../policy-document.ts'
import { boundedRole } from '../role.ts'

const ON_THINGS = ['iot:CreateThing', 'iot:DescribeThing', 'iot:UpdateThing', 'iot:ListThingGroupsForThing', 'iot:ListThingPrincipals'] as const
const ON_CERTIFICATES = ['iot:DescribeCertificate', 'iot:UpdateCertificate', 'iot:ListPrincipalThings', 'iot:ListAttachedPolicies', 'iot:ListPrincipalPolicies'] as const

/** AWS's managed policy AWSIoTThingsRegistration allows 30 actions on everything, among them making policies; the template needs these alone. */
export function registrationRole(name: string, stage: Stage, parent: pulumi.Resource): Role {
  const things = arn('iot', stage, 'thing/*')
  const certificates = arn('iot', stage, 'cert/*')
  const { thingGroup, devicePolicy } = fleetArns(stage)
  const because = 'Thing names and certificate ids are those of devices yet to come.'
  const register = allow(
    { sid: 'Thing', actions: ON_THINGS, resources: [things], because },
    { sid: 'Group', actions: ['iot:AddThingToThingGroup', 'iot:DescribeThingGroup', 'iot:UpdateThingGroupsForThing'], resources: [thingGroup, things], because },
    { sid: 'Certificate', actions: ON_CERTIFICATES, resources: [certificates], because },
    { sid: 'Attach', actions: ['iot:AttachThingPrincipal'], resources: [certificates, things], because },
    { sid: 'Policy', actions: ['iot:GetPolicy', 'iot:AttachPolicy', 'iot:AttachPrincipalPolicy'], resources: [devicePolicy, certificates], because },
  )
  return boundedRole(name, { stage, trusted: trust('iot.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stage.accountId } }), may: { 'register-device': register } }, parent)
}
