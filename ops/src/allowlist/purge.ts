// ops/src/allowlist/purge.ts: removes one device for good: certificates, core device, shadows, thing.
import { DeleteCertificateCommand, DeleteConflictException, DeleteThingCommand, DetachThingPrincipalCommand, InvalidRequestException, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { DeleteThingShadowCommand, ListNamedShadowsForThingCommand, ResourceNotFoundException as NoShadow, type IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane'
import { DeleteCoreDeviceCommand, ResourceNotFoundException as NoCoreDevice, type GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import { assertOurs, certificatesOf, mark, setStatus, type DeviceCalls } from './device.ts'

export interface PurgeCalls extends DeviceCalls {
  readonly iotData: IoTDataPlaneClient
  readonly greengrass: GreengrassV2Client
  readonly sleep: (ms: number) => Promise<void>
}

/**
 * Cuts the device off first. A certificate must be detached before it can be deleted and is found by its thing no more then, so its id
 * is written into the registry before: a run that is killed in between is finished by the next. The thing goes last.
 */
export async function purgeDevice(serial: string, begun: readonly string[], calls: PurgeCalls): Promise<void> {
  const { greengrass, iot, pace } = calls
  await assertOurs(serial, calls)
  const certificates = [...new Set([...(await certificatesOf(serial, calls)), ...begun])]
  for (const certificate of certificates) await setStatus(certificate, 'INACTIVE', calls).catch(ignoring(ResourceNotFoundException))
  await mark(serial, { [THING_ATTRIBUTES.purging]: certificates.join(','), [THING_ATTRIBUTES.suspendedAt]: '' }, calls)
  for (const certificate of certificates) await removeCertificate(serial, certificate, calls)
  await pace('other', () => greengrass.send(new DeleteCoreDeviceCommand({ coreDeviceThingName: serial }))).catch(ignoring(NoCoreDevice))
  await removeShadows(serial, calls)
  await settling(calls, () => pace('DeleteThing', () => iot.send(new DeleteThingCommand({ thingName: serial }))))
}

/** Its policies go with it (forceDelete). */
async function removeCertificate(serial: string, certificateId: string, calls: PurgeCalls): Promise<void> {
  const { iot, pace, certificateArn } = calls
  await pace('DetachThingPrincipal', () => iot.send(new DetachThingPrincipalCommand({ thingName: serial, principal: certificateArn(certificateId) }))).catch(ignoring(ResourceNotFoundException))
  await settling(calls, () => pace('DeleteCertificate', () => iot.send(new DeleteCertificateCommand({ certificateId, forceDelete: true })))).catch(ignoring(ResourceNotFoundException))
}

/** Shadows outlive their thing; a board that joins again would find the wishes of its former life. */
async function removeShadows(serial: string, { iotData, pace }: PurgeCalls): Promise<void> {
  const listed = await pace('other', () => iotData.send(new ListNamedShadowsForThingCommand({ thingName: serial }))).catch(ignoring(NoShadow))
  for (const shadowName of listed?.results ?? []) await pace('shadow', () => iotData.send(new DeleteThingShadowCommand({ thingName: serial, shadowName }))).catch(ignoring(NoShadow))
}

/** A detachment «might take several seconds to propagate» (API reference, DetachThingPrincipal). */
const SETTLES_AFTER_MS = [500, 1000, 2000, 4000]

async function settling<T>({ sleep }: PurgeCalls, work: () => Promise<T>): Promise<T> {
  for (const waitMs of SETTLES_AFTER_MS) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DeleteConflictException || error instanceof InvalidRequestException)) throw error
      await sleep(waitMs * (0.5 + Math.random()))
    }
  }
  return work()
}

const ignoring = (kind: abstract new (...args: never[]) => Error) => (error: unknown): undefined => {
  if (!(error instanceof kind)) throw error
}
