// ops/src/bootstrap/run.ts: `fleet bootstrap`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { bootstrap } from './bootstrap.ts'
import { renderBootstrapped } from './render.ts'

export async function runBootstrap({ shell, target }: Invocation<object>) {
  show(shell, await bootstrap(target(), { report: shell.progress.show }), renderBootstrapped)
  return EXIT.done
}
