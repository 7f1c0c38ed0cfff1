// ops/src/allowlist/run-plan.ts: `fleet allowlist plan`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { planReconcile, type PlanRequest } from './reconcile.ts'
import { renderPlan } from './render.ts'

export interface AllowlistOptions {
  readonly file?: string
  readonly purge?: true
  readonly purgeAfter?: number
}

export async function runPlan({ shell, options, target }: Invocation<AllowlistOptions>) {
  show(shell, await planReconcile(target(), requestOf(options)), renderPlan)
  return EXIT.done
}

export const requestOf = ({ file, purge, purgeAfter }: AllowlistOptions): PlanRequest => ({ file, purgeAfterDays: purge ? 0 : purgeAfter })
