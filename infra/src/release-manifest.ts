// infra/src/release-manifest.ts: the release that this run deploys, read from the file that the stage or the environment names.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { ReleaseManifest, type ReleasedComponent } from '@fleet/contract/release'
import { z } from 'zod'

/** Relative paths start at the repository: the program itself is run in infra/. */
const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Undefined when there is no release yet. @throws FleetError RELEASE_MANIFEST_INVALID */
export function releaseManifest(path: string | undefined): ReleaseManifest | undefined {
  if (path === undefined || path === '') return undefined
  const file = resolve(REPOSITORY, path)
  const parsed = ReleaseManifest.safeParse(readJson(file))
  const faults = parsed.success ? parsed.data.components.flatMap(recipeFaults) : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  if (parsed.success && faults.length === 0) return parsed.data
  throw invalid(`${file} is not a release manifest: ${faults.join('; ')}`)
}

/** Greengrass takes name and version from the recipe, the deployment from the manifest. */
function recipeFaults({ name, version, recipe }: ReleasedComponent): string[] {
  const said = Recipe.safeParse(parseJson(recipe))
  if (!said.success) return [`${name}: its recipe is no JSON with ComponentName and ComponentVersion`]
  const { ComponentName, ComponentVersion } = said.data
  return ComponentName === name && ComponentVersion === version ? [] : [`${name} ${version}: its recipe is of ${ComponentName} ${ComponentVersion}`]
}

const Recipe = z.object({ ComponentName: z.string(), ComponentVersion: z.string() })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told as a fault of the recipe
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw invalid(`cannot read the release manifest ${file}`, cause)
  }
}

const invalid = (what: string, cause?: unknown) =>
  new FleetError('RELEASE_MANIFEST_INVALID', what, 'Make one with `fleet release publish`, or unset FLEET_RELEASE_MANIFEST and fleetwright:releaseManifest.', { cause })
