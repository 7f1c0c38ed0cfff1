// ops/src/claim/replace-claim.ts: gives a stage a new claim beside the one it has: cards that carry the former one still join, until that is retired.
import { InvalidRequestException } from '@aws-sdk/client-iot'
import { claimKeys } from '@fleet/contract/names'
import { acceptFinding } from '../audit/accept-finding.ts'
import { certificateOf, removeCertificate } from './certificate-of-key.ts'
import { describeClaim, nothingYet, type Claim, type ClaimContext } from './claim-certificate.ts'
import { certificateIdOf, newKey } from './claim-key.ts'
import { ensurePolicy, type PolicyOutcome } from './claim-policy.ts'
import { readReplacement, writeReplacement, type FormerClaim, type StoredReplacement } from './replacement.ts'
import { broken, claimMissing, PEM, readClaimPair, type ClaimPair } from './stored-claim.ts'

/** `finish`: a run that was cut off had begun. `none`: the claim was replaced, and its former one is still in service. */
export interface ReplacementPlan {
  readonly action: 'replace' | 'finish' | 'none'
  readonly current: Claim
  readonly former: readonly FormerClaim[]
}

export interface Replaced {
  readonly outcome: 'replaced' | 'kept'
  /** Of new cards. */
  readonly certificateId: string
  readonly policy: PolicyOutcome
  /** Still in service. */
  readonly former: readonly FormerClaim[]
}

export interface ReplaceContext extends ClaimContext {
  readonly stage: string
  readonly policyName: string
}

/** Changes nothing. @throws FleetError CLAIM_MISSING */
export async function planReplacement(context: ReplaceContext): Promise<ReplacementPlan> {
  const pair = await currentPair(context)
  const replacement = await readReplacement(context.store)
  const current = await describeClaim(pair.certificate, 'kept', context)
  const former = formerClaims(replacement, current.certificateId)
  return { action: replacement.next ? 'finish' : former.length > 0 ? 'none' : 'replace', current, former }
}

/** Those that are still in service. While a replacement is under way the claim that is current may be among those written down. */
export const formerClaims = ({ former }: Pick<StoredReplacement, 'former'>, currentId: string): FormerClaim[] => former.filter(({ certificateId }) => certificateId !== currentId)

/**
 * One step after another, each only over what was read before: a run that was cut off is finished by the next, of two at once each goes on with
 * what the other has done. Never a third claim: while a former one is in service there is nothing to replace. @throws FleetError CLAIM_MISSING, CLAIM_BROKEN
 */
export async function replaceClaim(context: ReplaceContext): Promise<Replaced> {
  const { store } = context
  for (let isOurs = false; ; ) {
    const pair = await currentPair(context)
    const replacement = await readReplacement(store)
    const { next, former } = replacement
    if (next?.certificate !== undefined) {
      await takeOver({ privateKey: next.privateKey, certificate: next.certificate }, former, context)
      await writeReplacement(store, replacement, { next: null, former })
      isOurs = true
    } else if (next) await makeCertificate(replacement, next.privateKey, { ...context, pair })
    else if (former.length > 0) return ended(isOurs ? 'replaced' : 'kept', pair, former, context)
    else await writeReplacement(store, replacement, { next: { privateKey: newKey() }, former })
  }
}

async function currentPair({ store, stage }: ReplaceContext): Promise<ClaimPair> {
  const pair = await readClaimPair(store).catch(nothingYet)
  if (pair) return pair
  throw claimMissing(stage)
}

/** The claim that is current now is written down as the former one in the same moment. */
async function makeCertificate(replacement: StoredReplacement, privateKey: string, context: ReplaceContext & { readonly pair: ClaimPair }): Promise<void> {
  const { pem } = await certificateOf({ text: privateKey, storedAt: replacement.storedAt }, context)
  const { createdAt, certificateId } = await describeClaim(pem, 'made', context)
  const former = [{ certificateId: certificateIdOf(context.pair.certificate), replacedAt: createdAt.toISOString() }]
  if (await writeReplacement(context.store, replacement, { next: { privateKey, certificate: pem }, former })) return
  const [{ next }, current] = await Promise.all([readReplacement(context.store), currentPair(context)])
  const counting = [next?.certificate, current.certificate].flatMap((certificate) => (certificate === undefined ? [] : [certificateIdOf(certificate)]))
  if (!counting.includes(certificateId)) await removeCertificate(certificateId, context.iot) // another run made one of this key at the same time
}

/** First all that makes it good, then the two files: who reads between them takes the new ones (stored-claim.ts). */
async function takeOver(pair: ClaimPair, former: readonly FormerClaim[], context: ReplaceContext): Promise<void> {
  const { certificateArn } = await describeClaim(pair.certificate, 'made', context)
  await ensurePolicy(certificateArn, context.policyName, context.iot)
  for (const each of former) await excuseAge(each, context)
  await put(claimKeys.privateKey, pair.privateKey, context)
  await put(claimKeys.certificate, pair.certificate, context)
}

async function put(key: string, text: string, { store }: ReplaceContext): Promise<void> {
  const was = await store.read(key)
  if (was?.text === text) return
  await store.replace(key, text, { was: was?.etag, contentType: PEM }) // false: another run wrote the same
  if ((await store.read(key))?.text !== text) throw broken(`${key} was changed by somebody else while the claim was being replaced`)
}

/** Cards on their way have so long before the audit says again that a former claim is too old. */
export const FORMER_CLAIM_DAYS = 30
const DAY_MS = 86_400_000

async function excuseAge({ certificateId, replacedAt }: FormerClaim, { iot }: ReplaceContext): Promise<void> {
  try {
    await acceptFinding(iot, {
      checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
      resourceIdentifier: { deviceCertificateId: certificateId },
      description: `A former claim certificate, replaced on ${replacedAt.slice(0, 10)}: cards that were flashed before may still join. fleet claim retire ends that.`,
      until: new Date(new Date(replacedAt).getTime() + FORMER_CLAIM_DAYS * DAY_MS),
    })
  } catch (error) {
    if (!(error instanceof InvalidRequestException)) throw error // those days have passed since a run that was cut off
  }
}

async function ended(outcome: Replaced['outcome'], { certificate }: ClaimPair, former: readonly FormerClaim[], context: ReplaceContext): Promise<Replaced> {
  const { certificateId, certificateArn } = await describeClaim(certificate, 'kept', context)
  return { outcome, certificateId, policy: await ensurePolicy(certificateArn, context.policyName, context.iot), former }
}
