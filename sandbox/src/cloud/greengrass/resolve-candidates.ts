// sandbox/src/cloud/greengrass/resolve-candidates.ts: which version of a component a core shall run, under what all its deployments and dependents require.
import semver from 'semver'
import { manifestFor, type Platform } from './component-platform.ts'
import type { ComponentVersion } from './component-versions.ts'

export interface Candidate {
  readonly componentName: string
  /** NPM ranges, by who requires it: `thinggroup/x` or a component. */
  readonly versionRequirements: Readonly<Record<string, string>>
}

export type Resolved = { readonly version: ComponentVersion } | { readonly message: string }

/**
 * The newest version that all allow; it must have a manifest for this platform, older ones are not looked at. Cores tell the refusals
 * apart by the words «claim platform» and «no usable version».
 */
export function resolveCandidate({ componentName, versionRequirements }: Candidate, platform: Platform, versions: readonly ComponentVersion[]): Resolved {
  const ranges = Object.values(versionRequirements)
  const told = Object.entries(versionRequirements).map(([who, range]) => `${who}=${range}`).join(', ')
  const newest = versions.find(({ recipe }) => ranges.every((range) => semver.satisfies(recipe.ComponentVersion, range)))
  if (!newest) return { message: `Component ${componentName} has no usable version satisfying requirements {${told}}` }
  if (manifestFor(platform, newest.recipe.Manifests)) return { version: newest }
  const claimed = Object.entries(platform).map(([name, value]) => `${name}=${value}`).join(', ')
  return { message: `The latest version of Component ${componentName} satisfying requirements {${told}} doesn't claim platform {${claimed}} compatibility` }
}
