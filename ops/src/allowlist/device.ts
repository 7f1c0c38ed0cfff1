// ops/src/allowlist/device.ts: suspends one device, or brings it back.
import { paginateListThingGroupsForThing, paginateListThingPrincipals, UpdateCertificateCommand, UpdateThingCommand, type IoTClient } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { Pace } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'

export interface DeviceCalls {
  readonly iot: IoTClient
  readonly pace: Pace
  readonly thingGroup: string
  readonly now: () => Date
}

/** Certificate first (that is what cuts it off), the mark in the registry last: a killed run is seen and repeated. */
export async function suspendDevice(serial: string, calls: DeviceCalls): Promise<void> {
  await assertOurs(serial, calls)
  for (const certificate of await certificatesOf(serial, calls)) await setStatus(certificate, 'INACTIVE', calls)
  await mark(serial, { [THING_ATTRIBUTES.suspendedAt]: calls.now().toISOString() }, calls)
}

/** The same certificate becomes ACTIVE again: the device returns by itself, without provisioning. */
export async function unsuspendDevice(serial: string, calls: DeviceCalls): Promise<void> {
  await assertOurs(serial, calls)
  for (const certificate of await certificatesOf(serial, calls)) await setStatus(certificate, 'ACTIVE', calls)
  await mark(serial, { [THING_ATTRIBUTES.suspendedAt]: '' }, calls)
}

/** The attribute that the list showed is a claim; before anything is changed, membership of the thing group decides. @throws FleetError DEVICE_NOT_OF_FLEET */
export async function assertOurs(serial: string, { iot, pace, thingGroup }: DeviceCalls): Promise<void> {
  const groups = await pace('other', () => collect(paginateListThingGroupsForThing({ client: iot }, { thingName: serial }), (page) => page.thingGroups))
  if (groups.some(({ groupName }) => groupName === thingGroup)) return
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
export const mark = (serial: string, attributes: Record<string, string>, { iot, pace }: DeviceCalls) =>
  pace('UpdateThing', () => iot.send(new UpdateThingCommand({ thingName: serial, attributePayload: { attributes, merge: true } })))
