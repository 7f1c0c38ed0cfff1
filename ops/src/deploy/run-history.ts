// ops/src/deploy/run-history.ts: `fleet deploy history` and `fleet deploy rollback`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { readHistory, storeOf } from './history.ts'
import { renderHistory } from './render-rollout.ts'
import { rollBack } from './rollback.ts'
import { deployAndWatch, type WatchedOptions } from './run.ts'

export async function runHistory({ shell, target }: Invocation<object>) {
  show(shell, await readHistory(storeOf(target())), (history, paint) => renderHistory(history, shell.now(), paint))
  return EXIT.done
}

export async function runRollback({ shell, options, target: choose }: Invocation<WatchedOptions>, release: string | undefined) {
  const target = choose()
  const { from, to } = await rollBack(target, release)
  shell.tell(from === to ? `release ${to} is the current one` : `back from release ${from} to ${to}`)
  return deployAndWatch(target, shell, options)
}
