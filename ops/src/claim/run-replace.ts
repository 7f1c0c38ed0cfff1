// ops/src/claim/run-replace.ts: `fleet claim replace` and `fleet claim retire`: plan, question, deed.
import { FleetError } from '@fleet/contract/errors'
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { show, type Shell } from '../shell/shell.ts'
import { renderReplaced, renderReplacementPlan, renderRetired, renderRetirementPlan } from './render.ts'
import { planReplacement, replaceClaim } from './replace-claim.ts'
import { planRetirement, retireClaims } from './retire-claim.ts'
import { replaceContext } from './show-claim.ts'

export interface ClaimChangeOptions {
  readonly yes?: true
}

export function runReplace({ shell, options, target }: Invocation<ClaimChangeOptions>): Promise<ExitCode> {
  const where = target()
  return explaining(where, async () => {
    await assertAccount(where)
    const context = replaceContext(where)
    const plan = await planReplacement(context)
    if (!shell.isJson) shell.tell(renderReplacementPlan(plan, context.stage))
    if (plan.action !== 'none' && !(await isMeant(shell, options, 'Replace the claim?'))) return EXIT.failed
    show(shell, { stage: context.stage, ...(await replaceClaim(context)) }, renderReplaced)
    return EXIT.done
  })
}

export function runRetire({ shell, options, target }: Invocation<ClaimChangeOptions>): Promise<ExitCode> {
  const where = target()
  return explaining(where, async () => {
    await assertAccount(where)
    const context = replaceContext(where)
    const plan = await planRetirement(context)
    if (!shell.isJson) shell.tell(renderRetirementPlan(plan, context.stage, shell.now()))
    if (plan.length > 0 && !(await isMeant(shell, options, 'Take them out of service for good?'))) return EXIT.failed
    show(shell, { stage: context.stage, ...(await retireClaims(context)) }, renderRetired)
    return EXIT.done
  })
}

/** @throws FleetError USAGE where there is nobody to ask */
async function isMeant(shell: Shell, { yes }: ClaimChangeOptions, question: string): Promise<boolean> {
  if (yes === true) return true
  if (!shell.isInteractive) throw new FleetError('USAGE', 'the claim would change, and there is nobody to ask', 'Look at the plan; if it is meant, repeat with --yes. Nothing was changed.')
  if (await shell.confirm(question)) return true
  shell.tell('Nothing was changed.')
  return false
}
