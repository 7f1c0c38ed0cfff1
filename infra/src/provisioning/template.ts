// infra/src/provisioning/template.ts: what AWS IoT makes for a device that the hook admitted: thing, group, certificate for this thing alone, policy.
import { fleetNames } from '@fleet/contract/names'
import { TEMPLATE_PARAMETER } from '@fleet/contract/provisioning'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { Stage } from '@fleet/contract/stage'

/** Body of the fleet-provisioning template (AWS IoT guide, «Provisioning templates»). */
export function templateBody(stage: Stage): string {
  const { thingGroup, devicePolicy } = fleetNames(stage)
  return JSON.stringify({
    Parameters: { [TEMPLATE_PARAMETER]: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: {
          ThingName: { Ref: TEMPLATE_PARAMETER },
          ThingGroups: [thingGroup],
          AttributePayload: { [THING_ATTRIBUTES.fleet]: thingGroup },
        },
        // A board whose card was written anew is the same thing: it keeps its other attributes and groups.
        OverrideSettings: { AttributePayload: 'MERGE', ThingGroups: 'MERGE', ThingTypeName: 'DO_NOTHING' },
      },
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active', ThingPrincipalType: 'EXCLUSIVE_THING' },
      },
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: devicePolicy } },
    },
  })
}
