// ops/src/allowlist/device.ts: suspends one device, or brings it back.
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  DescribeThingCommand,
  paginateListThingGroupsForThing,
  paginateListThingPrincipals,
  UpdateCertificateCommand,
  UpdateThingCommand,
  type IoTClient,
} from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { Pace } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'
import type { Lost } from './plan.ts'

export interface DeviceCalls {
  readonly iot: IoTClient
  readonly pace: Pace
  readonly thingGroup: string
  readonly devicePolicy: string
  /** Of an id. */
  readonly certificateArn: (certificateId: string) => string
  readonly now: () => Date
}

/** Certificate first (that is what cuts it off), the mark in the registry last: a killed run is seen and repeated. */
export async function suspendDevice(serial: string, calls: DeviceCalls): Promise<void> {
  await assertOurs(serial, calls)
  for (const certificate of await certificatesOf(serial, calls)) await setStatus(certificate, 'INACTIVE', calls)
  await mark(serial, { [THING_ATTRIBUTES.suspendedAt]: calls.now().toISOString() }, calls)
}

/** The same certificate is good again: the device returns by itself, without provisioning. The marks go last: a killed run is repeated. */
export async function healDevice(serial: string, lost: readonly Lost[], calls: DeviceCalls): Promise<void> {
  await assertOurs(serial, calls)
  const certificates = await certificatesOf(serial, calls)
  if (lost.includes('membership')) await giveMembership(serial, certificates, calls)
  if (lost.includes('access')) for (const certificate of certificates) await setStatus(certificate, 'ACTIVE', calls)
  await mark(serial, Object.fromEntries(lost.map((each) => [MARKS[each], ''])), calls)
}

const MARKS = { access: THING_ATTRIBUTES.suspendedAt, membership: THING_ATTRIBUTES.strandedAt } as const

/** The policy first: whoever is in the group is deployed to, and should be able to hear of it. Both calls may be repeated. */
async function giveMembership(thingName: string, certificates: readonly string[], { iot, pace, thingGroup, devicePolicy, certificateArn }: DeviceCalls): Promise<void> {
  for (const certificate of certificates) await pace('other', () => iot.send(new AttachPolicyCommand({ policyName: devicePolicy, target: certificateArn(certificate) })))
  await pace('other', () => iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: thingGroup })))
}

/**
 * The attribute that the list showed is a claim; before anything is changed, membership of the thing group decides, or the mark of
 * `fleet destroy`, which only members were given. @throws FleetError DEVICE_NOT_OF_FLEET
 */
export async function assertOurs(serial: string, { iot, pace, thingGroup }: Pick<DeviceCalls, 'iot' | 'pace' | 'thingGroup'>): Promise<void> {
  const groups = await pace('other', () => collect(paginateListThingGroupsForThing({ client: iot }, { thingName: serial }), (page) => page.thingGroups))
  if (groups.some(({ groupName }) => groupName === thingGroup)) return
  const { attributes = {} } = await pace('other', () => iot.send(new DescribeThingCommand({ thingName: serial })))
  if (attributes[THING_ATTRIBUTES.fleet] === thingGroup && attributes[THING_ATTRIBUTES.strandedAt] !== undefined) return
  throw new FleetError('DEVICE_NOT_OF_FLEET', `${serial} is not in the thing group ${thingGroup}`, `It was left alone. Add it to the group (aws iot add-thing-to-thing-group) or remove its attribute «${THING_ATTRIBUTES.fleet}».`)
}

/** Ids of the certificates that are attached to the thing. */
export async function certificatesOf(serial: string, { iot, pace }: DeviceCalls): Promise<string[]> {
  const principals = await pace('ListThingPrincipals', () => collect(paginateListThingPrincipals({ client: iot }, { thingName: serial }), (page) => page.principals))
  return principals.flatMap((principal) => principal.split(':cert/')[1] ?? [])
}

export const setStatus = (certificateId: string, newStatus: 'ACTIVE' | 'INACTIVE', { iot, pace }: DeviceCalls) =>
  pace('UpdateCertificate', () => iot.send(new UpdateCertificateCommand({ certificateId, newStatus })))

/** With `merge`, an attribute with an empty value is removed (API reference, AttributePayload). */
export const mark = (serial: string, attributes: Record<string, string>, { iot, pace }: Pick<DeviceCalls, 'iot' | 'pace'>) =>
  pace('UpdateThing', () => iot.send(new UpdateThingCommand({ thingName: serial, attributePayload: { attributes, merge: true } })))
