// ops/src/claim/claim-certificate.ts: the claim certificate of a stage: made once, kept in the state bucket, found again whatever happens.
import { DescribeCertificateCommand, ResourceNotFoundException, type IoTClient } from '@aws-sdk/client-iot'
import { NoSuchBucket } from '@aws-sdk/client-s3'
import { claimKeys } from '@fleet/contract/names'
import type { ObjectStore, StoredText } from '../aws/objects.ts'
import { certificateOf, removeCertificate } from './certificate-of-key.ts'
import { certificateIdOf, newKey } from './claim-key.ts'
import { broken, PEM, readClaimPair } from './stored-claim.ts'

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
  const stored = await readClaimPair(context.store)
  if (stored) return describeClaim(stored.certificate, 'kept', context)
  const { pem, outcome } = await certificateOf(await storedKey(context), context)
  if (await context.store.replace(claimKeys.certificate, pem, { was: undefined, contentType: PEM })) return describeClaim(pem, outcome, context)
  return another(pem, context)
}

/** undefined when none was made. @throws FleetError CLAIM_BROKEN */
export async function readClaim(context: ClaimContext): Promise<Claim | undefined> {
  const stored = await readClaimPair(context.store).catch(nothingYet)
  return stored && describeClaim(stored.certificate, 'kept', context)
}

/** A stage without a state bucket. */
export function nothingYet(error: unknown): undefined {
  if (!(error instanceof NoSuchBucket)) throw error
}

/** Two first runs at once: the key that came first is the claim's. */
async function storedKey({ store }: ClaimContext): Promise<StoredText> {
  const known = await store.read(claimKeys.privateKey)
  if (known) return known
  await store.replace(claimKeys.privateKey, newKey(), { was: undefined, contentType: PEM })
  const key = await store.read(claimKeys.privateKey)
  if (key) return key
  throw broken('the private key of the claim went away as soon as it was stored')
}

/** Another run stored its certificate first: that one counts, ours goes. */
async function another(pem: string, context: ClaimContext): Promise<Claim> {
  const stored = await readClaimPair(context.store)
  if (!stored) throw broken('the claim certificate went away as soon as it was stored')
  const certificateId = certificateIdOf(pem)
  if (certificateId !== certificateIdOf(stored.certificate)) await removeCertificate(certificateId, context.iot)
  return describeClaim(stored.certificate, 'kept', context)
}

/** As AWS IoT knows it. @throws FleetError CLAIM_BROKEN */
export async function describeClaim(pem: string, outcome: Claim['outcome'], { iot }: Pick<ClaimContext, 'iot'>): Promise<Claim> {
  const certificateId = certificateIdOf(pem)
  try {
    const { certificateDescription: { certificateArn = '', status = '', creationDate = new Date(0) } = {} } = await iot.send(new DescribeCertificateCommand({ certificateId }))
    return { certificateId, certificateArn, status, createdAt: creationDate, outcome }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) throw broken(`AWS IoT does not know the claim certificate ${certificateId.slice(0, 12)}… that is in the store`)
    throw error
  }
}
