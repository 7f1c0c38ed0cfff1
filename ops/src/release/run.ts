// ops/src/release/run.ts: `fleet release plan` and `publish`.
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { chosenBuilder } from './choose-builder.ts'
import { planOfRelease, publishRelease } from './publish-release.ts'
import { renderPublished, renderReleasePlan } from './render.ts'

export interface PublishOptions {
  readonly builder?: 'docker' | 'plain-oci'
}

export async function runPlan({ shell, target }: Invocation<object>) {
  show(shell, await planOfRelease(target()), renderReleasePlan)
  return EXIT.done
}

export async function runPublish({ shell, options, target: choose }: Invocation<PublishOptions>) {
  const target = choose()
  show(shell, await publishRelease(target, { builder: () => chosenBuilder(target, options.builder), now: shell.now, report: shell.progress.show }), renderPublished)
  return EXIT.done
}
