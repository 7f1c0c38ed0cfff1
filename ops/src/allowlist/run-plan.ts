// ops/src/allowlist/run-plan.ts: `fleet allowlist plan`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import type { AllowlistOptions } from './command.ts'
import { planReconcile, type PlanRequest } from './reconcile.ts'
import { renderPlan } from './render.ts'

export async function runPlan({ shell, options, target }: Invocation<AllowlistOptions>) {
  show(shell, await planReconcile(target(), requestOf(options)), renderPlan)
  return EXIT.done
}

export const requestOf = ({ file, purge, purgeAfter }: AllowlistOptions): PlanRequest => ({ file, purgeAfterDays: purge ? 0 : purgeAfter })
