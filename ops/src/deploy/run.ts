// ops/src/deploy/run.ts: `fleet deploy`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { plain } from '../shell/paint.ts'
import { show } from '../shell/shell.ts'
import type { StackProgress } from '../stack/stack-engine.ts'
import { chosenEngine } from './choose-engine.ts'
import { deploy } from './deploy.ts'
import { renderDeployed, renderProgress } from './render.ts'

export async function runDeploy({ shell, target: choose }: Invocation<object>) {
  const target = choose()
  const onProgress = (progress: StackProgress) => {
    const line = renderProgress(progress, plain)
    if (line !== undefined) shell.progress.note(line)
    else shell.progress.show(`${progress.state} ${progress.name}`)
  }
  show(shell, await deploy(target, { engine: chosenEngine(target, shell.environment), onProgress }), renderDeployed)
  return EXIT.done
}
