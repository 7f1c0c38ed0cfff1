// ops/src/bootstrap/render.ts: what a bootstrap found and made, and what comes next.
import type { Paint } from '../shell/paint.ts'
import type { Bootstrapped, ClaimStep } from './bootstrap.ts'

const BUCKET = { made: 'made', completed: 'was there, now set up', kept: 'as it was' } as const
const CLAIM = { made: 'made', found: 'found, as a former run had left it', kept: 'as it was' } as const
const POLICY = { attached: 'attached', kept: 'as it was', 'stack-missing': 'waits for the stack: the first deploy attaches it' } as const

export function renderBootstrapped({ stage, accountId, region, stateBucket, claim }: Bootstrapped, paint: Paint): string {
  return [
    `Stage ${stage}, account ${accountId}, ${region}`,
    `  state bucket       ${stateBucket.name}: ${BUCKET[stateBucket.outcome]}`,
    `  claim certificate  ${claim.certificateId.slice(0, 12)}…: ${CLAIM[claim.outcome]}${inactive(claim, paint)}`,
    `  claim policy       ${POLICY[claim.policy]}`,
    ...(claim.policy === 'stack-missing' ? ['', `Next: fleet deploy --stage ${stage}`] : []),
  ].join('\n')
}

/** Someone took it out of service: that is not undone unasked. */
const inactive = ({ status }: ClaimStep, paint: Paint): string =>
  status === 'ACTIVE' ? '' : paint('red', `; it is ${status}, so no new device can join (aws iot update-certificate --new-status ACTIVE, if that is not meant)`)
