// ops/src/claim/render.ts: a claim certificate, its replacement and its retirement in words.
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import type { Replaced, ReplacementPlan } from './replace-claim.ts'
import type { FormerClaim } from './replacement.ts'
import type { Retired } from './retire-claim.ts'
import type { ClaimReport } from './show-claim.ts'

export function renderClaim({ stage, certificateId, status, createdAt, hasPolicy, former }: ClaimReport, now: Date, paint: Paint): string {
  const lines = [
    ['claim', `of stage ${stage}`],
    ['id', certificateId],
    ['status', paint(status === 'ACTIVE' ? 'green' : 'red', status)],
    ['made', `${createdAt} (${ago(new Date(createdAt), now)})`],
    ['policy', hasPolicy ? 'attached' : paint('red', 'not attached: no device can join (fleet bootstrap attaches it)')],
    ...former.map((each): [string, string] => ['former', `${each.certificateId}, replaced ${each.replacedAt.slice(0, 10)}: cards that carry it still join (fleet claim retire ends that)`]),
  ] as const
  return lines.map(([name, text]) => `${paint('dim', name.padEnd(8))} ${text}`).join('\n')
}

const short = (certificateId: string) => `${certificateId.slice(0, 12)}…`

export function renderReplacementPlan({ action, current: { certificateId, createdAt }, former }: ReplacementPlan, stage: string): string {
  const made = `made ${createdAt.toISOString().slice(0, 10)}`
  if (action === 'none') return `Stage ${stage}: the claim ${short(certificateId)} (${made}) has replaced ${named(former)}, which still lets devices join. To replace it again, first: fleet claim retire --stage ${stage}`
  if (action === 'finish') return `Stage ${stage}: a replacement of the claim was cut off.\n  ~ finish  it; devices that have joined do not notice`
  return [`Stage ${stage}`, '  + make    a new claim certificate, with its key, for the cards of the next image', `  = keep    ${short(certificateId)} (${made}) in service for cards that carry it, until fleet claim retire`].join('\n')
}

const named = (former: readonly FormerClaim[]) => former.map(({ certificateId }) => short(certificateId)).join(', ')

const POLICY = { attached: '', kept: '', 'stack-missing': '\nIts policy waits for the stack: the first deploy attaches it.' } as const

export function renderReplaced({ stage, outcome, certificateId, policy, former }: Replaced & { readonly stage: string }): string {
  if (outcome === 'kept') return `Nothing was changed: the claim is ${certificateId}.`
  return `New cards are flashed with the claim ${certificateId}.${POLICY[policy]}\nImages that were built before carry the former one (${named(former)}): build them anew (fleet image build --stage ${stage}), then, when no card of it is left, fleet claim retire --stage ${stage}`
}

export function renderRetirementPlan(former: readonly FormerClaim[], stage: string, now: Date): string {
  if (former.length === 0) return `Stage ${stage} has no former claim in service.`
  return [`Stage ${stage}`, ...former.map(({ certificateId, replacedAt }) => `  - delete  claim ${short(certificateId)}, replaced ${ago(new Date(replacedAt), now)}: cards that carry it and have not joined must be flashed again`)].join('\n')
}

export const renderRetired = ({ retired }: Retired): string => (retired.length === 0 ? 'Nothing was changed.' : `Out of service: ${retired.map(({ certificateId }) => certificateId).join(', ')}`)
