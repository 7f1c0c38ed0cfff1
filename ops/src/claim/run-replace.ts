// ops/src/claim/run-replace.ts: `fleet claim replace` and `fleet claim retire`: plan, question, deed.
import { assertAccount } from '../aws/account-check.ts'
import { explaining } from '../aws/aws-failure.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { isMeant } from '../shell/is-meant.ts'
import { show } from '../shell/shell.ts'
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
    if (plan.action !== 'none' && !(await isMeant(shell, { ...options, question: 'Replace the claim?', would: 'the claim would change' }))) return EXIT.failed
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
    if (plan.length > 0 && !(await isMeant(shell, { ...options, question: 'Take them out of service for good?', would: 'the claim would change' }))) return EXIT.failed
    show(shell, { stage: context.stage, ...(await retireClaims(context)) }, renderRetired)
    return EXIT.done
  })
}
