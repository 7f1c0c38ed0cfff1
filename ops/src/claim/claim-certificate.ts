// ops/src/claim/claim-certificate.ts: the claim certificate of a stage: made once, kept in the state bucket, found again whatever happens.
import {
  CreateCertificateFromCsrCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  paginateListCertificates,
  ResourceNotFoundException,
  UpdateCertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot'
import { NoSuchBucket } from '@aws-sdk/client-s3'
import { FleetError } from '@fleet/contract/errors'
import { claimKeys } from '@fleet/contract/names'
import type { ObjectStore, StoredText } from '../aws/objects.ts'
import { belongsTo, certificateIdOf, certificateRequest, newKey } from './claim-key.ts'

export interface ClaimContext {
  readonly iot: IoTClient
  readonly store: ObjectStore
  /** Only for people who look at the certificate: claims are told apart by their id. */
  readonly commonName: string
}

export interface Claim {
  readonly certificateId: string
  readonly certificateArn: string
  /** ACTIVE, INACTIVE, REVOKED: an operator may have taken it out of service. */
  readonly status: string
  readonly createdAt: Date
  /** `found`: a run that was killed had made it. */
  readonly outcome: 'made' | 'found' | 'kept'
}

/**
 * The key is stored before a certificate is made for it, so that a run that was killed leaves nothing that the next cannot find: a
 * certificate made since then, with this very key. Never a second certificate, never a key that is shown. @throws FleetError CLAIM_BROKEN
 */
export async function ensureClaim(context: ClaimContext): Promise<Claim> {
  const stored = await storedClaim(context)
  if (stored.certificate !== undefined) return described(stored.certificate.text, 'kept', context)
  const key = stored.key ?? (await storedKey(context))
  const found = await orphanOf(key, context.iot)
  const pem = found ?? (await signed(key.text, context))
  if (await context.store.replace(claimKeys.certificate, pem, { was: undefined, contentType: PEM })) return described(pem, found === undefined ? 'made' : 'found', context)
  return another(pem, context)
}

/** undefined when none was made. @throws FleetError CLAIM_BROKEN */
export async function readClaim(context: ClaimContext): Promise<Claim | undefined> {
  const { certificate } = await storedClaim(context).catch(nothingYet)
  return certificate && described(certificate.text, 'kept', context)
}

function nothingYet(error: unknown): { readonly certificate: undefined } {
  if (error instanceof NoSuchBucket) return { certificate: undefined }
  throw error
}

const PEM = 'application/x-pem-file'

async function storedClaim({ store }: ClaimContext) {
  const [key, certificate] = await Promise.all([store.read(claimKeys.privateKey), store.read(claimKeys.certificate)])
  if (certificate && !key) throw broken('the claim certificate is in the store, its private key is not')
  if (certificate && key && !belongsTo(certificate.text, key.text)) throw broken('the claim certificate in the store is not of the private key beside it')
  return { key, certificate }
}

/** Two first runs at once: the key that came first is the claim's. */
async function storedKey({ store }: ClaimContext): Promise<StoredText> {
  await store.replace(claimKeys.privateKey, newKey(), { was: undefined, contentType: PEM })
  const key = await store.read(claimKeys.privateKey)
  if (key) return key
  throw broken('the private key of the claim went away as soon as it was stored')
}

async function signed(keyPem: string, { iot, commonName }: ClaimContext): Promise<string> {
  const csr = await certificateRequest(keyPem, commonName)
  const { certificatePem = '' } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))
  return certificatePem
}

/** The clocks of S3 and AWS IoT need not agree to the second. */
const CLOCKS_DIFFER_MS = 300_000

/** The certificate that a killed run made of this key. Looks only at what is younger than the key: the newest come first. */
async function orphanOf(key: StoredText, iot: IoTClient): Promise<string | undefined> {
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

/** Another run stored its certificate first: that one counts, ours goes. */
async function another(pem: string, context: ClaimContext): Promise<Claim> {
  const { certificate } = await storedClaim(context)
  if (!certificate) throw broken('the claim certificate went away as soon as it was stored')
  const certificateId = certificateIdOf(pem)
  if (certificateId !== certificateIdOf(certificate.text)) await removed(certificateId, context.iot)
  return described(certificate.text, 'kept', context)
}

/** A third run may have found the same one, and removed it. */
async function removed(certificateId: string, iot: IoTClient): Promise<void> {
  try {
    await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
    await iot.send(new DeleteCertificateCommand({ certificateId, forceDelete: true }))
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error
  }
}

async function described(pem: string, outcome: Claim['outcome'], { iot }: ClaimContext): Promise<Claim> {
  const certificateId = certificateIdOf(pem)
  try {
    const { certificateDescription: { certificateArn = '', status = '', creationDate = new Date(0) } = {} } = await iot.send(new DescribeCertificateCommand({ certificateId }))
    return { certificateId, certificateArn, status, createdAt: creationDate, outcome }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw broken(`AWS IoT does not know the claim certificate ${certificateId.slice(0, 12)}… that is in the store`)
    throw error
  }
}

const broken = (what: string) =>
  new FleetError('CLAIM_BROKEN', what, 'The store keeps old versions: restore claim/certificate.pem and claim/private.key to the last pair that belongs together. To begin anew delete both; cards that carry the old claim must be flashed again then.')
