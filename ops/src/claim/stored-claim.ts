// ops/src/claim/stored-claim.ts: the claim as the state bucket has it: certificate and key, whole also while they are being replaced.
import { FleetError } from '@fleet/contract/errors'
import { claimKeys } from '@fleet/contract/names'
import type { ObjectStore } from '../aws/objects.ts'
import { belongsTo } from './claim-key.ts'
import { readReplacement } from './replacement.ts'

export const PEM = 'application/x-pem-file'

/** Both in PEM. */
export interface ClaimPair {
  readonly certificate: string
  readonly privateKey: string
}

/** What new cards are flashed with; undefined when none was made, or not yet its certificate. @throws FleetError CLAIM_BROKEN */
export async function readClaimPair(store: ObjectStore): Promise<ClaimPair | undefined> {
  const [key, certificate] = await Promise.all([store.read(claimKeys.privateKey), store.read(claimKeys.certificate)])
  if (!certificate) return undefined
  if (!key) throw broken('the claim certificate is in the store, its private key is not')
  if (belongsTo(certificate.text, key.text)) return { certificate: certificate.text, privateKey: key.text }
  const { next } = await readReplacement(store) // the two are written one after the other
  if (next?.certificate !== undefined) return { certificate: next.certificate, privateKey: next.privateKey }
  throw broken('the claim certificate in the store is not of the private key beside it')
}

export const claimMissing = (stage: string) => new FleetError('CLAIM_MISSING', `stage ${stage} has no claim certificate yet`, `Make it: fleet bootstrap --stage ${stage}`)

export const broken = (what: string) =>
  new FleetError('CLAIM_BROKEN', what, 'The store keeps old versions: restore claim/certificate.pem and claim/private.key to the last pair that belongs together. To begin anew delete both; cards that carry the old claim must be flashed again then.')
