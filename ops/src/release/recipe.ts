// ops/src/release/recipe.ts: a component's recipe as Greengrass takes it: JSON, with version and image filled in.
import { FleetError } from '@fleet/contract/errors'
import { RECIPE_PLACEHOLDERS } from '@fleet/contract/release'
import { parse } from 'yaml'

export interface RecipeValues {
  readonly name: string
  readonly version: string
  /** `<registry>/<repository>@sha256:…` */
  readonly image: string
}

/** API reference, CreateComponentVersion: a recipe has at most 16 kB. */
const MOST_BYTES = 16 * 1024

/** The same recipe and values give the same text. @throws FleetError RECIPE_INVALID */
export function filledRecipe(yaml: string, { name, version, image }: RecipeValues): string {
  const filled = yaml.replaceAll(RECIPE_PLACEHOLDERS.version, version).replaceAll(RECIPE_PLACEHOLDERS.image, image)
  const recipe = parsed(filled, name)
  if (recipe['ComponentName'] !== name) throw invalid(name, `ComponentName is ${JSON.stringify(recipe['ComponentName'])}`)
  if (recipe['ComponentVersion'] !== version) throw invalid(name, `ComponentVersion must be ${RECIPE_PLACEHOLDERS.version}`)
  if (!filled.includes(image)) throw invalid(name, `no artifact is ${RECIPE_PLACEHOLDERS.image}`)
  const text = JSON.stringify(recipe)
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalid(name, `it has ${Buffer.byteLength(text)} bytes, Greengrass takes ${MOST_BYTES}`)
  return text
}

function parsed(yaml: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = parse(yaml)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown> // looked at member by member
  } catch (cause) {
    throw invalid(name, cause instanceof Error ? cause.message : String(cause))
  }
  throw invalid(name, 'it is no YAML object')
}

const invalid = (name: string, why: string) => new FleetError('RECIPE_INVALID', `the recipe of ${name} cannot be released: ${why}`, 'Correct recipe.yaml in its folder below components/; nothing was published.')
