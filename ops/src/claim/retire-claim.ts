// ops/src/claim/retire-claim.ts: takes the former claims of a stage out of service: cards that carry one, and have not joined, never will.
import { DeleteAuditSuppressionCommand, type IoTClient } from '@aws-sdk/client-iot'
import { FleetError } from '@fleet/contract/errors'
import { removeCertificate } from './certificate-of-key.ts'
import { readReplacement, writeReplacement, type FormerClaim } from './replacement.ts'
import type { ReplaceContext } from './replace-claim.ts'

export interface Retired {
  readonly retired: readonly FormerClaim[]
}

/** Changes nothing. @throws FleetError CLAIM_REPLACEMENT_UNFINISHED */
export async function planRetirement(context: ReplaceContext): Promise<readonly FormerClaim[]> {
  const { next, former } = await readReplacement(context.store)
  if (next) throw new FleetError('CLAIM_REPLACEMENT_UNFINISHED', `the replacement of the claim of stage ${context.stage} was cut off, or is under way`, `Finish it first: fleet claim replace --stage ${context.stage}; nothing was changed.`)
  return former
}

/** Can be repeated: a run that was killed is finished by the next. What no longer counts is forgotten last. @throws FleetError CLAIM_REPLACEMENT_UNFINISHED */
export async function retireClaims(context: ReplaceContext): Promise<Retired> {
  const retired = await planRetirement(context)
  for (const { certificateId } of retired) {
    await removeCertificate(certificateId, context.iot)
    await forgetFindings(certificateId, context.iot)
  }
  const replacement = await readReplacement(context.store)
  const isRetired = ({ certificateId }: FormerClaim) => retired.some((each) => each.certificateId === certificateId)
  if (retired.length > 0) await writeReplacement(context.store, replacement, { next: replacement.next, former: replacement.former.filter((each) => !isRetired(each)) }) // false: another run has done it
  return { retired }
}

/** A certificate that is gone is never found again. */
async function forgetFindings(deviceCertificateId: string, iot: IoTClient): Promise<void> {
  for (const checkName of ['DEVICE_CERTIFICATE_SHARED_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK']) await iot.send(new DeleteAuditSuppressionCommand({ checkName, resourceIdentifier: { deviceCertificateId } }))
}
