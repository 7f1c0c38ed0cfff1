// ops/src/claim/certificate-of-key.ts: the certificate that AWS IoT makes for a key which is in the store: never two for one key, unless two runs make them at once.
import { CreateCertificateFromCsrCommand, DeleteCertificateCommand, DescribeCertificateCommand, paginateListCertificates, ResourceNotFoundException, UpdateCertificateCommand, type IoTClient } from '@aws-sdk/client-iot'
import { belongsTo, certificateRequest } from './claim-key.ts'

export interface StoredKey {
  /** PEM. */
  readonly text: string
  /** No certificate of it is older. */
  readonly storedAt: Date
}

/** `found`: a run that was killed had made it. */
export async function certificateOf(key: StoredKey, { iot, commonName }: { readonly iot: IoTClient; readonly commonName: string }): Promise<{ readonly pem: string; readonly outcome: 'made' | 'found' }> {
  const found = await orphanOf(key, iot)
  if (found !== undefined) return { pem: found, outcome: 'found' }
  const csr = await certificateRequest(key.text, commonName)
  const { certificatePem = '' } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))
  return { pem: certificatePem, outcome: 'made' }
}

/** The clocks of S3 and AWS IoT need not agree to the second. */
const CLOCKS_DIFFER_MS = 300_000

/** The certificate that a killed run made of this key. Looks only at what is younger than the key: the newest come first. */
async function orphanOf(key: StoredKey, iot: IoTClient): Promise<string | undefined> {
  const from = key.storedAt.getTime() - CLOCKS_DIFFER_MS
  for await (const { certificates = [] } of paginateListCertificates({ client: iot, pageSize: 250 }, { ascendingOrder: false })) {
    for (const { certificateId, creationDate } of certificates) {
      if ((creationDate?.getTime() ?? 0) < from) return undefined
      const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }))
      const pem = certificateDescription?.certificatePem ?? ''
      if (pem !== '' && belongsTo(pem, key.text)) return pem
    }
  }
  return undefined
}

/** Out of service first; with what is attached to it. One that is gone already is fine: another run may have removed it. */
export async function removeCertificate(certificateId: string, iot: IoTClient): Promise<void> {
  try {
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
    await iot.send(new DeleteCertificateCommand({ certificateId, forceDelete: true }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
  }
}
