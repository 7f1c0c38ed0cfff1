// bench/src/deploy.ts: what `fleet deploy` costs in time and in calls: nothing changed, one component changed, all of it from nothing, and down again.
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { allComponents, type ComponentSource } from '@fleet/ops/release/component-source'
import { chosenBuilder } from '@fleet/ops/release/choose-builder'
import { sha256 } from '@fleet/ops/release/content-digest'
import { publishRelease } from '@fleet/ops/release/publish-release'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { destroy } from '@fleet/ops/teardown/destroy'
import { countingProxy } from '@fleet/sandbox/operator/counting-proxy'
import type { Bench } from './bench.ts'
import { openFleet } from './open-fleet.ts'
import { timed } from './statistics.ts'

const WRITES = /^(PUT|PATCH|DELETE) |\b(Create|Update|Delete|Put|Attach|Detach|Initiate|Complete|Upload)[A-Z]/

export const bench: Bench = {
  how: "the stack of this repository with its release on a sandbox without Pis, every request counted by a proxy before the twin; `fleet release publish` and `fleet deploy` without their start; then one bundle is changed by a line; then `fleet destroy`, and all of it from nothing; images are built without a compiler, and nothing is downloaded",
  async run(tell) {
    tell('bringing up the sandbox')
    await using sandbox = await openFleet({ allowed: ['2000000000000001'], pis: 0 })
    await using proxy = await countingProxy(sandbox.endpoints.gateway)
    const target = sandboxTarget({ ...sandbox.endpoints, gateway: proxy.url }, sandbox.target.sandbox?.folder ?? '')
    const sources = await allComponents()
    const counted = async (doing: string, work: () => Promise<unknown>) => {
      tell(doing)
      proxy.calls.length = 0
      const seconds = await timed(work)
      return { seconds, calls: [...proxy.calls] }
    }

    await released(target, sources)
    const unchanged = await counted('nothing changed', () => released(target, sources))
    const changed = await counted('one component changed', () => released(target, sources.map((source, index) => (index === 0 ? withALineMore(source) : source))))
    const ofChanged = (wanted: RegExp) => changed.calls.filter((call) => wanted.test(call)).length
    const down = await counted('destroy', () => takenDown(target))
    const fromNothing = await counted('from nothing', async () => {
      await deploy(target, { engine: chosenEngine(target, {}) })
      await released(target, sources)
    })
    return {
      figures: [
        { what: 'deploy without a change', value: unchanged.seconds, unit: 's', target: { atMost: 10 } },
        { what: 'deploy without a change: calls that write', value: unchanged.calls.filter((call) => WRITES.test(call)).length, unit: 'calls', target: { atMost: 0 } },
        { what: 'deploy without a change: calls', value: unchanged.calls.length, unit: 'calls' },
        { what: `one changed component of ${sources.length}: images pushed`, value: ofChanged(/^PUT \/v2\/.*\/manifests\//), unit: 'images', target: { atMost: 1 } },
        { what: `one changed component of ${sources.length}: resources made (its version, the deployment)`, value: ofChanged(/\.CreateResource$/), unit: 'resources', target: { atMost: 2 } },
        { what: `one changed component of ${sources.length}: release and deploy`, value: changed.seconds, unit: 's' },
        { what: 'the whole pipeline from nothing: stack, images, release, deployment', value: fromNothing.seconds, unit: 's', target: { atMost: 600 } },
        { what: 'destroy', value: down.seconds, unit: 's', target: { atMost: 240 } },
      ],
    }
  },
}

async function released(target: Target, sources: readonly ComponentSource[]): Promise<void> {
  await publishRelease(target, { builder: () => chosenBuilder(target, undefined), sources: async () => sources })
  await deploy(target, { engine: chosenEngine(target, {}) })
}

const takenDown = (target: Target) =>
  destroy(target, { engine: chosenEngine(target, {}), purgesDevices: false, approve: async () => true, report() {}, onProgress() {}, now: () => new Date(), signal: new AbortController().signal })

/** Another content, so another version. */
function withALineMore(source: ComponentSource): ComponentSource {
  const [major = '0', minor = '0', patch = '0'] = source.version.split('.')
  const files = source.files.map((file) => (file.name === 'main.cjs' ? { ...file, bytes: Buffer.concat([file.bytes, Buffer.from('\n// another release\n')]) } : file))
  return { ...source, files, version: `${major}.${minor}.${Number(patch) + 1}`, contentDigest: sha256(`${source.contentDigest} and a line`) }
}
