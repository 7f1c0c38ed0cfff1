// ops/src/teardown/run.ts: `fleet destroy`.
import { FleetError } from '@fleet/contract/errors'
import { chosenEngine } from '../deploy/choose-engine.ts'
import { renderProgress } from '../deploy/render.ts'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { plain } from '../shell/paint.ts'
import { show, type Shell } from '../shell/shell.ts'
import type { StackProgress } from '../stack/stack-engine.ts'
import { destroy, type DestroyPlan } from './destroy.ts'
import { renderDestroyed, renderDestroyPlan } from './render.ts'

export interface DestroyCommandOptions {
  readonly yesDestroy?: string
  readonly purgeDevices?: true
}

export async function runDestroy({ shell, options, target: choose }: Invocation<DestroyCommandOptions>) {
  const target = choose()
  const { stage } = target.stage
  assertConfirmable(stage, options, shell)
  const approve = async (plan: DestroyPlan): Promise<boolean> => {
    shell.tell(renderDestroyPlan(plan, plain))
    return options.yesDestroy === stage || (await shell.ask(`Type the name of the stage (${stage}) to destroy it: `)) === stage
  }
  const onProgress = (progress: StackProgress) => {
    const line = renderProgress(progress, plain)
    if (line === undefined) shell.progress.show(`${progress.state} ${progress.name}`)
    else shell.progress.note(line)
  }
  const result = await destroy(target, { engine: chosenEngine(target, shell.environment), purgesDevices: options.purgeDevices === true, approve, report: shell.progress.note, onProgress, now: shell.now, signal: shell.signal })
  show(shell, result, renderDestroyed)
  return result.approved && result.left.length === 0 ? EXIT.done : EXIT.failed
}

/** A script must say what it means; and who means another stage has mistaken this one. */
function assertConfirmable(stage: string, { yesDestroy }: DestroyCommandOptions, { isInteractive }: Shell): void {
  if (yesDestroy === undefined ? isInteractive : yesDestroy === stage) return
  const what = yesDestroy === undefined ? 'there is no terminal to ask on' : `--yes-destroy names ${yesDestroy}, and this would destroy ${stage}`
  throw new FleetError('DESTROY_UNCONFIRMED', what, `Nothing was changed. If stage ${stage} is to be destroyed: --stage ${stage} --yes-destroy ${stage}`)
}
