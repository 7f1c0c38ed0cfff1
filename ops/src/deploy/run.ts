// ops/src/deploy/run.ts: `fleet deploy`.
import { EXIT } from '../shell/exit-code.ts'
import type { ExitCode, Invocation } from '../shell/invocation.ts'
import { plain } from '../shell/paint.ts'
import { show, type Shell } from '../shell/shell.ts'
import type { StackProgress } from '../stack/stack-engine.ts'
import type { Target } from '../target/target.ts'
import type { Canary } from './canary-argument.ts'
import { chosenEngine } from './choose-engine.ts'
import { deploy, previewDeploy } from './deploy.ts'
import { renderDeployed, renderPreview, renderProgress } from './render.ts'
import { renderLook, renderWatched } from './render-rollout.ts'
import { watchRollout, type Watched } from './watch.ts'

export interface WatchedOptions {
  readonly canary?: Canary
  readonly watch?: true
  readonly wait: number
}

export interface DeployOptions extends WatchedOptions {
  readonly preview?: true
  readonly refresh?: true
}

export async function runDeploy({ shell, options, target: choose }: Invocation<DeployOptions>): Promise<ExitCode> {
  const target = choose()
  if (options.preview !== true) return deployAndWatch(target, shell, options)
  show(shell, await previewDeploy(target, { engine: chosenEngine(target, shell.environment), canary: options.canary }), renderPreview)
  return EXIT.done
}

export async function deployAndWatch(target: Target, shell: Shell, options: WatchedOptions & Pick<DeployOptions, 'refresh'>): Promise<ExitCode> {
  const deployed = await deploy(target, { engine: chosenEngine(target, shell.environment), canary: options.canary, refreshes: options.refresh === true, onProgress: telling(shell) })
  if (options.watch !== true || deployed.deploymentId === undefined) {
    show(shell, deployed, renderDeployed)
    return EXIT.done
  }
  if (!shell.isJson) show(shell, deployed, renderDeployed)
  const watched = await watchRollout(target, { deploymentId: deployed.deploymentId, waitMs: options.wait * 1000, signal: shell.signal, onLook: (rollout, failures) => shell.progress.show(renderLook(rollout, failures, plain)) })
  if (shell.isJson) show(shell, { ...deployed, rollout: watched }, () => '')
  else show(shell, watched, renderWatched)
  return EXIT_OF[watched.verdict]
}

const EXIT_OF: Readonly<Record<Watched['verdict'], ExitCode>> = { healthy: EXIT.done, offline: EXIT.done, failed: EXIT.failed, stopped: EXIT.failed, 'under way': EXIT.unconfirmed, 'not updated': EXIT.failed }

const telling =
  ({ progress }: Shell) =>
  (each: StackProgress): void => {
    const line = renderProgress(each, plain)
    if (line !== undefined) progress.note(line)
    else progress.show(`${each.state} ${each.name}`)
  }
