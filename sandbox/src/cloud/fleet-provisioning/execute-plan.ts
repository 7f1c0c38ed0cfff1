// sandbox/src/cloud/fleet-provisioning/execute-plan.ts: carries out a provisioning plan on the registry, as far as a role may.
import { AwsError } from '../aws-error.ts'
import { iotArn } from '../iot-core/registry/arns.ts'
import { mergedAttributes, sameAttributes } from '../iot-core/registry/attributes.ts'
import { theCertificate } from '../iot-core/registry/certificate-records.ts'
import { setStatus } from '../iot-core/registry/certificates.ts'
import { groupsOfThing } from '../iot-core/registry/group-tree.ts'
import { attachPolicy } from '../iot-core/registry/policy-attachments.ts'
import type { OpenRegistry } from '../iot-core/registry/registry.ts'
import type { ThingRecord } from '../iot-core/registry/registry-state.ts'
import { attachCertificate } from '../iot-core/registry/thing-principals.ts'
import { joinGroup, leaveGroup } from '../iot-core/registry/thing-group-members.ts'
import type { PlannedCertificate, PlannedPolicy, PlannedThing, ProvisioningPlan } from './plan.ts'

/** The provisioning role, or a caller: whether it may do this to this resource. */
export type Permits = (action: string, resource: string) => boolean

export interface Execution {
  readonly registry: OpenRegistry
  readonly permits: Permits
}

/** All of it or nothing. @throws AwsError with the reason, in the words of the operation that failed */
export function executePlan(execution: Execution, plan: ProvisioningPlan, certificateId: string | undefined): void {
  const { thing, certificate, policies } = plan
  execution.registry.state.change(() => {
    if (thing) provisionThing(execution, thing)
    if (!certificate || certificateId === undefined) return
    provisionCertificate(execution, certificate, certificateId)
    if (thing) {
      allow(execution, 'iot:AttachThingPrincipal', certArn(execution, certificateId))
      attachCertificate(execution.registry.state, thing.thingName, certificateId, certificate.thingPrincipalType)
    }
    for (const policy of policies) provisionPolicy(execution, policy, certificateId)
  })
}

function provisionThing(execution: Execution, planned: PlannedThing): void {
  const { operations, state } = execution.registry
  const { thingName, attributes, thingTypeName } = planned
  const arn = iotArn(state.account, 'thing', thingName)
  const existing = state.tables.things.get(thingName)
  if (existing) changeThing(execution, planned, existing)
  else {
    allow(execution, 'iot:CreateThing', arn)
    operations.CreateThing({ thingName, thingTypeName, attributePayload: { attributes } })
  }
  provisionGroups(execution, planned, existing !== undefined)
}

function changeThing(execution: Execution, planned: PlannedThing, existing: ThingRecord): void {
  const { thingName, attributes, thingTypeName, onAttributes, onType } = planned
  const merged = onAttributes === 'MERGE' ? mergedAttributes(existing.attributes, { attributes, merge: true }) : attributes
  const attributesDiffer = onAttributes !== 'DO_NOTHING' && !sameAttributes(existing.attributes, merged)
  const typeDiffers = onType !== 'DO_NOTHING' && thingTypeName !== undefined && existing.thingTypeName !== thingTypeName
  if ((attributesDiffer && onAttributes === 'FAIL') || (typeDiffers && onType === 'FAIL')) throw conflict(`Thing ${thingName} is there with other properties`)
  if (!attributesDiffer && !typeDiffers) return
  allow(execution, 'iot:UpdateThing', iotArn(execution.registry.state.account, 'thing', thingName))
  execution.registry.operations.UpdateThing({
    thingName,
    ...(attributesDiffer ? { attributePayload: { attributes: merged } } : {}),
    ...(typeDiffers ? { thingTypeName } : {}),
  })
}

function provisionGroups(execution: Execution, { thingName, groups, onGroups }: PlannedThing, isOld: boolean): void {
  const { state } = execution.registry
  const current = groupsOfThing(state, thingName)
  const missing = groups.filter((group) => !current.includes(group))
  const surplus = current.filter((group) => !groups.includes(group))
  if (isOld && onGroups === 'DO_NOTHING') return
  if (isOld && onGroups === 'FAIL' && missing.length + surplus.length > 0) throw conflict(`Thing ${thingName} is in other groups`)
  const allowed = (action: string, group: string) => allow(execution, action, iotArn(state.account, 'thinggroup', group), iotArn(state.account, 'thing', thingName))
  if (onGroups === 'REPLACE')
    for (const group of surplus) {
      allowed('iot:RemoveThingFromThingGroup', group)
      leaveGroup(state, thingName, group)
    }
  for (const group of missing) {
    allowed('iot:AddThingToThingGroup', group)
    if (!state.tables.groups.get(group)) throw new AwsError('ResourceNotFoundException', `Thing group ${group} not found`)
    joinGroup(state, thingName, group)
  }
}

/** A certificate that waits for its activation gets the planned status; one that somebody has set since, only if the template says so. */
function provisionCertificate(execution: Execution, { status, onStatus }: PlannedCertificate, certificateId: string): void {
  const { state } = execution.registry
  const current = theCertificate(state, certificateId).status
  if (current === status) return
  if (current !== 'PENDING_ACTIVATION' && onStatus === 'DO_NOTHING') return
  if (current !== 'PENDING_ACTIVATION' && onStatus === 'FAIL') throw conflict(`The certificate is ${current}`)
  allow(execution, 'iot:UpdateCertificate', certArn(execution, certificateId))
  setStatus(state, certificateId, status)
}

function provisionPolicy(execution: Execution, { name, document }: PlannedPolicy, certificateId: string): void {
  const { operations, state } = execution.registry
  if (document !== undefined && !state.tables.policies.get(name)) {
    allow(execution, 'iot:CreatePolicy', iotArn(state.account, 'policy', name))
    operations.CreatePolicy({ policyName: name, policyDocument: document })
  }
  allow(execution, 'iot:AttachPolicy', certArn(execution, certificateId))
  attachPolicy(state, name, certArn(execution, certificateId))
}

const certArn = ({ registry }: Execution, certificateId: string) => iotArn(registry.state.account, 'cert', certificateId)

/** @throws AwsError UnauthorizedException */
function allow({ permits }: Execution, action: string, ...resources: readonly string[]): void {
  const denied = resources.find((resource) => !permits(action, resource))
  if (denied !== undefined) throw new AwsError('UnauthorizedException', `The role is not authorized to perform: ${action} on resource: ${denied}`)
}

/** «FAIL: Cause the request to fail with a ResourceConflictsException»: no operation's model knows it. */
const conflict = (message: string) => new AwsError('ResourceConflictsException', message, { status: 409 })
