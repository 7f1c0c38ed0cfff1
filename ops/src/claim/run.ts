// ops/src/claim/run.ts: `fleet claim show`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { renderClaim } from './render.ts'
import { showClaim } from './show-claim.ts'

export async function runShow({ shell, target }: Invocation<object>) {
  show(shell, await showClaim(target()), (claim, paint) => renderClaim(claim, shell.now(), paint))
  return EXIT.done
}
