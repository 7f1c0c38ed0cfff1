// sandbox/src/opening/operator.ts: what an operator does to make a fleet, by the very functions that `fleet` calls: deploy, release, allowlist.
import { reconcile, type Reconciled } from '@fleet/ops/allowlist/reconcile'
import { bootstrap } from '@fleet/ops/bootstrap/bootstrap'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { chosenBuilder } from '@fleet/ops/release/choose-builder'
import { allComponents, type ComponentSource } from '@fleet/ops/release/component-source'
import type { ImageBuilder } from '@fleet/ops/release/image-builder'
import { publishRelease, type Published } from '@fleet/ops/release/publish-release'
import type { StackProgress } from '@fleet/ops/stack/stack-engine'
import type { Outputs } from '@fleet/ops/stack/stack-engine'
import type { Target } from '@fleet/ops/target/target'
import type { Steps } from './steps.ts'

export interface Operator {
  /** Everything that devices need to join; with the release that was current when the sandbox ended, if there was one. */
  bringUp(): Promise<Outputs>
  /** Publishes what has changed in components/, and deploys it; resolves with the version of each component. */
  release(): Promise<ReadonlyMap<string, string>>
  applyAllowlist(file: string | undefined): Promise<void>
}

/** What is released, where that is not this repository's components as the sandbox's Pis run them. */
export interface Release {
  readonly sources: () => Promise<readonly ComponentSource[]>
  readonly builder: ImageBuilder
}

export function operator(target: Target, step: Steps, { sources: wanted = allComponents, builder }: Partial<Release> = {}): Operator {
  const engine = chosenEngine(target, {})
  const up = (note: (text: string) => void) => deploy(target, { engine, onProgress: counted(note) })
  const { stage } = target.stage
  let deployed: string | undefined
  let bundled: ReturnType<typeof wanted> | undefined
  const sources = () => (bundled ??= wanted())
  return {
    async bringUp() {
      sources().catch(() => {}) // bundled meanwhile; a mistake in them is told by the release
      const made = await step({ title: `cloud of stage ${stage}`, told: changes }, async (note) => {
        await bootstrap(target)
        return await up(note)
      })
      deployed = made.release
      return made.outputs
    },
    async release() {
      const { release, steps } = await step({ title: 'release of the components', told: published }, (note) => publishRelease(target, { builder: async () => builder ?? (await chosenBuilder(target, undefined)), report: note, sources }))
      if (release !== deployed) await step({ title: 'deployment of the release', told: changes }, up)
      return new Map(steps.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]])))
    },
    async applyAllowlist(file) {
      await step({ title: 'allowlist', told: reconciled }, () => reconcile(target, { file }))
    },
  }
}

const changes = ({ changes, unchanged }: { readonly changes: readonly unknown[]; readonly unchanged: number }) =>
  changes.length === 0 ? `${unchanged} resources, no change` : `${changes.length} changes, ${unchanged} resources unchanged`

const published = ({ release, steps }: Published) => `${release} (${steps.map(({ name, version = 'removed' }) => `${name.replace('fleetwright.', '')} ${version}`).join(', ')})`

const MOST_NAMED = 3

function reconciled({ plan: { changes, unchanged } }: Reconciled): string {
  const named = changes.slice(0, MOST_NAMED).map(({ action, serial }) => `${action} ${serial}`)
  const more = changes.length > MOST_NAMED ? [`${changes.length - MOST_NAMED} more changes`] : []
  return [...named, ...more, ...(unchanged > 0 || changes.length === 0 ? [`${unchanged} unchanged`] : [])].join(', ')
}

/** Tells how many resources are done, and which are under way. */
function counted(note: (text: string) => void): (progress: StackProgress) => void {
  const underWay = new Map<string, string>()
  let done = 0
  return ({ urn, name, operation, state }) => {
    if (state === 'started') underWay.set(urn, `${operation} ${name}`)
    else if (underWay.delete(urn)) done++
    note(`${done} done; ${[...underWay.values()].slice(0, 2).join(', ')}`)
  }
}
