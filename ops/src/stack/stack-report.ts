// ops/src/stack/stack-report.ts: what a run of the in-process engine tells across the border of its process: how far it is, and how it ended.
import { FleetError } from '@fleet/contract/errors'
import { CloudFailure, remedyFor } from './resource-provider.ts'
import type { StackProgress, StackResult } from './stack-engine.ts'
import { runOrder, type StackOrder } from './stack-run.ts'

/** Progress, then one of the others. */
export type StackReport =
  | { readonly kind: 'progress'; readonly progress: StackProgress }
  | { readonly kind: 'done'; readonly result: StackResult }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly remedy: string }

/** Runs it; answers how it ended. */
export async function reported(order: StackOrder, report: (progress: StackReport) => void): Promise<StackReport> {
  try {
    return { kind: 'done', result: await runOrder(order, (progress) => report({ kind: 'progress', progress })) }
  } catch (error) {
    const { code, message, remedy } = error instanceof FleetError ? error : programFailed(error)
    return { kind: 'failed', code, message, remedy }
  }
}

function programFailed(cause: unknown): FleetError {
  if (cause instanceof CloudFailure) return new FleetError('STACK_FAILED', `${cause.code}: ${cause.message}`, remedyFor(cause.code), { cause })
  const message = cause instanceof Error ? cause.message : String(cause)
  return new FleetError('STACK_PROGRAM_FAILED', `the Pulumi program failed: ${message}`, 'Correct infra/ or the stage file; what was made until then is kept.', { cause })
}
