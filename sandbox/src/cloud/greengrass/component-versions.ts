// sandbox/src/cloud/greengrass/component-versions.ts: the component versions of this account and of AWS; a version never changes.
import { createHash } from 'node:crypto'
import semver from 'semver'
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { ObjectStore } from '../ports.ts'
import { keyOf, prefixOf, type Store } from '../store/store.ts'
import { componentVersionArn, publicAccount, readComponentArn } from './component-arn.ts'
import { type Artifact, type Recipe, readRecipe, RecipeInvalid } from './component-recipe.ts'
import { conflict, invalid, notFound } from './greengrass-error.ts'
import { PUBLIC_COMPONENTS } from './public-components.ts'

export interface ComponentVersion {
  readonly arn: string
  readonly recipe: Recipe
  readonly createdAt: Date
  readonly tags: Readonly<Record<string, string>>
}

export interface ComponentVersions {
  /** @throws AwsError ValidationException, ConflictException */
  create(recipe: Uint8Array, tags: Readonly<Record<string, string>>): ComponentVersion
  /** @throws AwsError ResourceNotFoundException */
  byArn(arn: string | undefined): ComponentVersion
  /** The account's own and AWS's, newest first. */
  versionsOf(name: string): readonly ComponentVersion[]
  /** Newest version of each of the account's components, or of AWS's. */
  latest(scope: 'PRIVATE' | 'PUBLIC'): readonly ComponentVersion[]
  put(version: ComponentVersion): void
  delete(version: ComponentVersion): void
}

export interface ComponentVersionOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly objects: ObjectStore
}

export function componentVersions({ account, store, clock, objects }: ComponentVersionOptions): ComponentVersions {
  const table = store.table<ComponentVersion>('greengrass_component_versions') // name, version
  const provided = PUBLIC_COMPONENTS.map((recipe): ComponentVersion => ({
    arn: componentVersionArn(publicAccount(account), recipe.ComponentName, recipe.ComponentVersion),
    recipe,
    createdAt: new Date('2024-01-01T00:00:00Z'),
    tags: {},
  }))
  const keyOfRecipe = ({ ComponentName, ComponentVersion: version }: Recipe) => keyOf(ComponentName, version)
  const versionsOf: ComponentVersions['versionsOf'] = (name) =>
    [...table.all(prefixOf(name)).map(([, version]) => version), ...provided.filter(({ recipe }) => recipe.ComponentName === name)].sort(newestFirst)
  return {
    create(bytes, tags) {
      const recipe = withDigests(read(bytes), objects)
      const { ComponentName: name, ComponentVersion: version } = recipe
      if (table.get(keyOf(name, version)))
        throw conflict('component version', `${name}:${version}`, `Component [${name} : ${version}] for account [${account.accountId}] already exists with state: [DEPLOYABLE]`)
      const created = { arn: componentVersionArn(account, name, version), recipe, createdAt: clock.now(), tags }
      table.put(keyOf(name, version), created)
      return created
    },
    byArn(arn) {
      const parts = readComponentArn(arn, account)
      if (!parts?.version) throw invalid(`'${arn ?? ''}' is not the ARN of a component version.`, ['arn'])
      const found = parts.isPublic ? provided.find((version) => version.arn === arn) : table.get(keyOf(parts.name, parts.version))
      if (!found) throw notFound('component version', arn ?? '')
      return found
    },
    versionsOf,
    latest(scope) {
      const all = scope === 'PUBLIC' ? provided : table.all().map(([, version]) => version)
      const newest = new Map<string, ComponentVersion>()
      for (const version of [...all].sort(newestFirst)) if (!newest.has(version.recipe.ComponentName)) newest.set(version.recipe.ComponentName, version)
      return [...newest.values()]
    },
    put: (version) => table.put(keyOfRecipe(version.recipe), version),
    delete: ({ recipe }) => void table.delete(keyOfRecipe(recipe)),
  }
}

const newestFirst = (a: ComponentVersion, b: ComponentVersion) => semver.rcompare(a.recipe.ComponentVersion, b.recipe.ComponentVersion)

function read(bytes: Uint8Array): Recipe {
  try {
    return readRecipe(bytes)
  } catch (cause) {
    if (cause instanceof RecipeInvalid) throw invalid(`Invalid Input: the provided recipe is invalid: ${cause.message}`, ['inlineRecipe'])
    throw cause
  }
}

/** What a core compares its downloads with is worked out here, whatever the author wrote. Images carry their own digest. */
function withDigests(recipe: Recipe, objects: ObjectStore): Recipe {
  const faults: string[] = []
  const digested = ({ Digest: _, Algorithm: __, ...artifact }: Artifact): Artifact => {
    if (!artifact.Uri.startsWith('s3://')) return artifact
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(artifact.Uri) ?? []
    const bytes = objects.get(bucket, key)
    if (!bytes) faults.push(`${artifact.Uri} = Specified artifact resource cannot be accessed`)
    return bytes ? { ...artifact, Digest: createHash('sha256').update(bytes).digest('base64'), Algorithm: 'SHA-256' } : artifact
  }
  const Manifests = recipe.Manifests.map((manifest) => ({ ...manifest, Artifacts: manifest.Artifacts.map(digested) }))
  if (faults.length > 0) throw invalid(`Invalid Input: Encountered following errors in Artifacts: {${faults.join(', ')}}`, ['inlineRecipe'])
  return { ...recipe, Manifests }
}
