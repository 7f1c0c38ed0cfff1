// ops/src/release/plan-release.ts: decides what a release would publish: each component whose content is not the released one.
import { FleetError } from '@fleet/contract/errors'
import type { ReleasedComponent, ReleaseManifest } from '@fleet/contract/release'
import type { ComponentSource } from './component-source.ts'
import { sha256 } from './content-digest.ts'

export interface ReleaseStep {
  readonly name: string
  readonly action: 'add' | 'change' | 'keep' | 'remove'
  /** Absent when it is removed. */
  readonly version?: string
  /** Of the current release. */
  readonly from?: string
}

type Known = Pick<ComponentSource, 'name' | 'version' | 'contentDigest'>

/** @throws FleetError RELEASE_VERSION_TAKEN */
export function planRelease(sources: readonly Known[], current: ReleaseManifest | undefined): ReleaseStep[] {
  const released = new Map((current?.components ?? []).map((component) => [component.name, component]))
  const steps = sources.map((source) => step(source, released.get(source.name)))
  const removed = [...released.values()].filter(({ name }) => !sources.some((source) => source.name === name))
  return [...steps, ...removed.map(({ name, version }): ReleaseStep => ({ name, action: 'remove', from: version }))]
}

function step({ name, version, contentDigest }: Known, released: ReleasedComponent | undefined): ReleaseStep {
  if (!released) return { name, action: 'add', version }
  if (released.contentDigest === contentDigest) return { name, action: 'keep', version: released.version, from: released.version }
  if (released.version === version) throw versionTaken(name, version)
  return { name, action: 'change', version, from: released.version }
}

export const isUnchanged = (steps: readonly ReleaseStep[]): boolean => steps.every(({ action }) => action === 'keep')

/** Made of what is in it: the same components are the same release. */
export const releaseId = (components: readonly ReleasedComponent[]): string =>
  sha256(components.map(({ name, version, contentDigest, image }) => [name, version, contentDigest, image.split('@')[1]].join(' ')).sort().join('\n')).slice('sha256:'.length, 'sha256:'.length + 12)

export const versionTaken = (name: string, version: string) =>
  new FleetError('RELEASE_VERSION_TAKEN', `${name} ${version} is already published with other content`, `A published version never changes. Raise the minor version in the package.json of ${name} (components/), then publish again.`)
