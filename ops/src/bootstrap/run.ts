// ops/src/bootstrap/run.ts: `fleet bootstrap`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { plain } from '../shell/paint.ts'
import { show } from '../shell/shell.ts'
import { bootstrap } from './bootstrap.ts'
import { parseRepository, repositoryOfOrigin } from './github-repository.ts'
import { planBootstrap } from './plan.ts'
import { renderBootstrapped, renderBootstrapPlan } from './render.ts'

export interface BootstrapCommandOptions {
  readonly repository?: string
  readonly yes?: true
}

export async function runBootstrap({ shell, options, target: choose }: Invocation<BootstrapCommandOptions>) {
  const target = choose()
  const repository = options.repository === undefined ? (target.kind === 'aws' ? await repositoryOfOrigin() : undefined) : parseRepository(options.repository)
  if (shell.isInteractive && options.yes !== true) {
    shell.tell(renderBootstrapPlan(await planBootstrap(target, repository), plain))
    if (!(await shell.confirm('Make it so?'))) {
      shell.tell('Nothing was changed.')
      return EXIT.failed
    }
  }
  show(shell, await bootstrap(target, { repository, report: shell.progress.show }), renderBootstrapped)
  return EXIT.done
}
