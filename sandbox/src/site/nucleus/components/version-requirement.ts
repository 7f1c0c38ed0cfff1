// sandbox/src/site/nucleus/components/version-requirement.ts: which versions of a component will do, by npm's grammar, in semver4j's spelling.
import { Range, type Comparator } from 'semver'

export interface Requirement {
  readonly isSatisfiedBy: (version: string) => boolean
  /** `=1.0.0`, `>=2.0.0 <3.0.0`: what the cloud is asked with. */
  readonly text: string
}

/** @throws TypeError for what is no requirement */
export function parseRequirement(text: string): Requirement {
  const range = new Range(text, { includePrerelease: true }) // semver4j compares these like others
  return { isSatisfiedBy: (version) => range.test(version), text: range.set.map((all) => all.map(spelled).join(' ')).join(' || ') }
}

/** Everything that all of them let pass. */
export const allOf = (requirements: Iterable<Requirement>): Requirement => {
  const all = [...requirements]
  return { isSatisfiedBy: (version) => all.every((each) => each.isSatisfiedBy(version)), text: all.map(({ text }) => text).join(' ') }
}

function spelled({ operator, semver }: Comparator): string {
  const version = semver as typeof semver | Record<string, never> // npm's «any» has no version
  if (!('version' in version)) return '>=0.0.0'
  return `${operator === '' ? '=' : operator}${version.version.replace(/-0$/, '')}` // npm's upper bounds exclude pre-releases
}
