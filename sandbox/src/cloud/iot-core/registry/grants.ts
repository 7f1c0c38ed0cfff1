// sandbox/src/cloud/iot-core/registry/grants.ts: which IAM action on which resources an operation of the registry needs (service authorization reference, «AWS IoT»).
import type { Account } from '../../account.ts'
import type { Grant } from '../../service.ts'
import { iotArn, type ResourceKind } from './arns.ts'

/** `kind:member` is the resource of that kind whose name is in that member; a member alone holds an ARN. Operations on everything are not listed. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  CreateThing: ['thing:thingName'],
  DescribeThing: ['thing:thingName'],
  UpdateThing: ['thing:thingName'],
  DeleteThing: ['thing:thingName'],
  ListThingPrincipals: ['thing:thingName'],
  ListThingPrincipalsV2: ['thing:thingName'],
  ListThingGroupsForThing: ['thing:thingName'],
  UpdateThingGroupsForThing: ['thing:thingName'],
  CreateThingType: ['thingtype:thingTypeName'],
  DescribeThingType: ['thingtype:thingTypeName'],
  UpdateThingType: ['thingtype:thingTypeName'],
  DeprecateThingType: ['thingtype:thingTypeName'],
  DeleteThingType: ['thingtype:thingTypeName'],
  CreateThingGroup: ['thinggroup:thingGroupName', 'thinggroup:parentGroupName'],
  DescribeThingGroup: ['thinggroup:thingGroupName'],
  UpdateThingGroup: ['thinggroup:thingGroupName'],
  DeleteThingGroup: ['thinggroup:thingGroupName'],
  ListThingsInThingGroup: ['thinggroup:thingGroupName'],
  AddThingToThingGroup: ['thinggroup:thingGroupName', 'thingGroupArn', 'thing:thingName', 'thingArn'],
  RemoveThingFromThingGroup: ['thinggroup:thingGroupName', 'thingGroupArn', 'thing:thingName', 'thingArn'],
  DescribeCertificate: ['cert:certificateId'],
  UpdateCertificate: ['cert:certificateId'],
  DeleteCertificate: ['cert:certificateId'],
  AttachThingPrincipal: ['principal'],
  DetachThingPrincipal: ['principal'],
  ListPrincipalThings: ['principal'],
  ListPrincipalThingsV2: ['principal'],
  CreatePolicy: ['policy:policyName'],
  GetPolicy: ['policy:policyName'],
  DeletePolicy: ['policy:policyName'],
  CreatePolicyVersion: ['policy:policyName'],
  GetPolicyVersion: ['policy:policyName'],
  ListPolicyVersions: ['policy:policyName'],
  DeletePolicyVersion: ['policy:policyName'],
  SetDefaultPolicyVersion: ['policy:policyName'],
  ListTargetsForPolicy: ['policy:policyName'],
  ListPolicyPrincipals: ['policy:policyName'],
  AttachPolicy: ['target'],
  DetachPolicy: ['target'],
  ListAttachedPolicies: ['target'],
  AttachPrincipalPolicy: ['principal'],
  DetachPrincipalPolicy: ['principal'],
  ListPrincipalPolicies: ['principal'],
  GetEffectivePolicies: ['principal'],
  TestAuthorization: ['principal'],
  CreateRoleAlias: ['rolealias:roleAlias'],
  DescribeRoleAlias: ['rolealias:roleAlias'],
  UpdateRoleAlias: ['rolealias:roleAlias'],
  DeleteRoleAlias: ['rolealias:roleAlias'],
  CreateProvisioningTemplate: ['provisioningtemplate:templateName'],
  DescribeProvisioningTemplate: ['provisioningtemplate:templateName'],
  UpdateProvisioningTemplate: ['provisioningtemplate:templateName'],
  DeleteProvisioningTemplate: ['provisioningtemplate:templateName'],
  CreateProvisioningTemplateVersion: ['provisioningtemplate:templateName'],
  DescribeProvisioningTemplateVersion: ['provisioningtemplate:templateName'],
  ListProvisioningTemplateVersions: ['provisioningtemplate:templateName'],
  DeleteProvisioningTemplateVersion: ['provisioningtemplate:templateName'],
  CreateProvisioningClaim: ['provisioningtemplate:templateName'],
  TagResource: ['resourceArn'],
  UntagResource: ['resourceArn'],
  ListTagsForResource: ['resourceArn'],
}

/** The V2 lists are granted by the action of the first ones (API reference: «Requires permission to access the ListThingPrincipals action»). */
const ACTIONS: Readonly<Record<string, string>> = { ListThingPrincipalsV2: 'ListThingPrincipals', ListPrincipalThingsV2: 'ListPrincipalThings' }

type GrantOf = (input: Readonly<Record<string, unknown>>, account: Account) => Grant

/** For `Service.grants`: those of these operations that are not on everything. */
export function grantsOf(operations: object): Readonly<Record<string, GrantOf>> {
  return Object.fromEntries(
    Object.entries(RESOURCES)
      .filter(([operation]) => Object.hasOwn(operations, operation))
      .map(([operation, places]): [string, GrantOf] => [
        operation,
        (input, account) => ({ action: `iot:${ACTIONS[operation] ?? operation}`, resources: places.flatMap((place) => resourceAt(place, input, account)) }),
      ]),
  )
}

function resourceAt(place: string, input: Readonly<Record<string, unknown>>, account: Account): string[] {
  const [kind = '', member] = place.split(':')
  const value = input[member ?? kind]
  if (typeof value !== 'string') return []
  return [member === undefined ? value : iotArn(account, kind as ResourceKind, value)] // the table names only kinds of resources
}
