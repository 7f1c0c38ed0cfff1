// infra/src/admission/supersede.ts: removes what a device was given before and never heard of: certificates of its thing for the very key that it asks with again.
import { X509Certificate } from 'node:crypto'
import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DetachThingPrincipalCommand,
  ListThingPrincipalsCommand,
  UpdateCertificateCommand,
  type CertificateDescription,
  type IoTClient,
} from '@aws-sdk/client-iot'
import type { Log } from '@fleet/log'

export interface Applying {
  readonly serial: string
  readonly certificateId: string
  readonly certificatePem: string
}

/** Of the 5 s that AWS IoT waits for the hook; reading the list takes up to 3. */
const PATIENCE_MS = 1500

/**
 * When the answer to RegisterThing is lost (network or power cut), the certificate is in force and attached, the device does not know it and
 * asks for another one: the claim plugin keeps neither certificate nor ownership token. Only who holds the private key gets a request for it
 * signed, so nobody but the device itself can supersede its certificate; a certificate for any other key is left alone, and so is one that is
 * not older than the one asked with: AWS IoT gives up on a hook after 5 s, but nothing ends the hook, and by then the device may have joined.
 * What cannot be removed now does not keep the device out: suspending cuts off every certificate of the thing, and rotation leaves one.
 */
export function superseding(iot: Pick<IoTClient, 'send'>, log: Log): (device: Applying) => Promise<void> {
  return async ({ serial, certificateId, certificatePem }) => {
    const inTime = { abortSignal: AbortSignal.timeout(PATIENCE_MS) }
    const describe = async (id: string) => (await iot.send(new DescribeCertificateCommand({ certificateId: id }), inTime)).certificateDescription
    let own: Promise<CertificateDescription | undefined> | undefined // asked for when there is one to compare it with
    try {
      for (const principal of await principalsOf(iot, serial, inTime)) {
        const [, former] = principal.split(':cert/')
        if (former === undefined || former === certificateId) continue
        const known = await describe(former)
        if (keyOf(known?.certificatePem ?? '') !== keyOf(certificatePem)) continue
        if (!isBefore(known?.creationDate, (await (own ??= describe(certificateId)))?.creationDate)) continue
        await remove(iot, { serial, former, principal }, inTime)
        log.info('superseded certificate removed', { serial, certificateId: former, by: certificateId })
      }
    } catch (error) {
      log.warn('superseded certificates may be left', { serial, certificateId, error })
    }
  }
}

/** Not known is not before. */
const isBefore = (one: Date | undefined, other: Date | undefined): boolean => one !== undefined && other !== undefined && one < other

interface InTime {
  readonly abortSignal: AbortSignal
}

/** Inactive first: from then on it opens nothing, whatever happens here. */
async function remove(iot: Pick<IoTClient, 'send'>, { serial, former, principal }: { readonly serial: string; readonly former: string; readonly principal: string }, inTime: InTime): Promise<void> {
  await iot.send(new UpdateCertificateCommand({ certificateId: former, newStatus: 'INACTIVE' }), inTime)
  await iot.send(new DetachThingPrincipalCommand({ thingName: serial, principal }), inTime)
  try {
    await iot.send(new DeleteCertificateCommand({ certificateId: former, forceDelete: true }), inTime)
  } catch (error) {
    // The detachment «might take several seconds to propagate» (API reference): then an inactive certificate of nobody is left.
    if (!(error instanceof Error && error.name === 'DeleteConflictException')) throw error
  }
}

/** None for a device that comes for the first time. A page has more than a device can have got by lost answers. */
async function principalsOf(iot: Pick<IoTClient, 'send'>, thingName: string, inTime: InTime): Promise<readonly string[]> {
  try {
    return (await iot.send(new ListThingPrincipalsCommand({ thingName }), inTime)).principals ?? []
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return []
    throw error
  }
}

/** SubjectPublicKeyInfo, so that what is compared is the key and not how it is written. */
const keyOf = (pem: string): string => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
