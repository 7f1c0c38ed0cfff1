// ops/src/allowlist/run-apply.ts: `fleet allowlist apply`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { plain } from '../shell/paint.ts'
import { show } from '../shell/shell.ts'
import { losses } from './limit.ts'
import { reconcile, type ReconcilePlan } from './reconcile.ts'
import { reconciledJson, renderOutcome, renderPlan, renderReconciled } from './render.ts'
import { requestOf, type AllowlistOptions } from './run-plan.ts'

export interface ApplyOptions extends AllowlistOptions {
  readonly confirmSuspend?: number
  readonly yes?: true
}

export async function runApply({ shell, options, target }: Invocation<ApplyOptions>) {
  const { confirmSuspend, yes } = options
  let size = 0
  const approve = async (plan: ReconcilePlan): Promise<boolean> => {
    size = plan.changes.filter(({ action }) => action !== 'admit').length
    shell.tell(renderPlan(plan, plain))
    const takesAway = losses(plan) > 0 || plan.changes.some(({ action }) => action === 'purge')
    return yes === true || !takesAway || !shell.isInteractive || shell.confirm('Make it so?')
  }
  const result = await reconcile(target(), { ...requestOf(options), confirmSuspend }, {
    approve,
    signal: shell.signal,
    report: (outcome, done) => (outcome.failure ? shell.progress.note(renderOutcome(outcome, plain)) : shell.progress.show(`${done} of ${size}: ${renderOutcome(outcome, plain)}`)),
  })
  if (shell.isJson) show(shell, reconciledJson(result), () => '')
  else show(shell, result, renderReconciled)
  const hasFailed = result.outcomes.some(({ failure }) => failure !== undefined)
  return hasFailed || !result.approved ? EXIT.failed : EXIT.done
}
