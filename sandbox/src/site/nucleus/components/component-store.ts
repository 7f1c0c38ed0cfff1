// sandbox/src/site/nucleus/components/component-store.ts: the recipes and artifacts that are on the card, by component and version.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { rcompare } from 'semver'
import { parse as parseYaml, stringify as yamlText } from 'yaml'
import { DeploymentError } from '../deployments/deployment-error.ts'
import { makeFolder, readText, replaceFile } from '../durable-file.ts'
import { isJsonObject, parseJson, textOf, type JsonObject, type JsonValue } from '../json.ts'
import { recipePrefix, type ComponentId, type NucleusPaths } from '../paths.ts'
import type { Platform } from './platform.ts'
import { readRecipe, unreadable, type Recipe } from './recipe.ts'
import type { Requirement } from './version-requirement.ts'

export interface ComponentStore {
  readonly save: (id: ComponentId, recipe: JsonObject, arn: string | undefined) => void
  /** undefined when it is not here, or not for this platform. @throws DeploymentError */
  readonly find: (id: ComponentId) => Recipe | undefined
  /** @throws DeploymentError when it is not here */
  readonly get: (id: ComponentId) => Recipe
  /** Of the version, as the cloud named it; undefined for one that did not come from the cloud. */
  readonly arnOf: (id: ComponentId) => string | undefined
  /** The highest version that will do. */
  readonly best: (name: string, requirement: Requirement) => string | undefined
  /** All versions of all components that have artifacts. */
  readonly versions: () => readonly ComponentId[]
  readonly remove: (id: ComponentId) => void
  readonly contentBytes: () => Promise<number>
}

export function componentStore(paths: NucleusPaths, platform: () => Platform): ComponentStore {
  for (const folder of [paths.recipes, paths.artifacts]) makeFolder(folder)
  const find = (id: ComponentId) => {
    const document = readDocument(paths.recipe(id))
    return document === undefined ? undefined : readRecipe(document, platform())
  }
  return {
    save(id, recipe, arn) {
      const text = yamlText(recipe, { lineWidth: 0 })
      if (readText(paths.recipe(id)) !== text) replaceFile(paths.recipe(id), text)
      if (arn !== undefined) replaceFile(paths.recipeMetadata(id), JSON.stringify({ componentVersionArn: arn }))
    },
    find,
    get(id) {
      const recipe = find(id)
      if (recipe !== undefined) return recipe
      const what = `Failed to find usable recipe for current platform: ${JSON.stringify(platform())}, for package: '${id.name}-v${id.version}' in the local package store`
      throw new DeploymentError(what, { codes: ['COMPONENT_PACKAGE_LOADING_ERROR', 'LOCAL_RECIPE_NOT_FOUND'] })
    },
    arnOf(id) {
      const metadata = parseJson(readText(paths.recipeMetadata(id)) ?? '')
      return isJsonObject(metadata) ? textOf(metadata.componentVersionArn) : undefined
    },
    best(name, requirement) {
      const prefix = `${recipePrefix(name)}@`
      const versions = readdirSync(paths.recipes).flatMap((file) => (file.startsWith(prefix) && file.endsWith('.recipe.yaml') ? [file.slice(prefix.length, -'.recipe.yaml'.length)] : []))
      return versions.filter((version) => requirement.isSatisfiedBy(version)).sort(rcompare)[0]
    },
    versions: () => readdirSync(paths.artifacts).flatMap((name) => readdirSync(join(paths.artifacts, name)).map((version) => ({ name, version }))),
    remove(id) {
      for (const path of [paths.recipe(id), paths.recipeMetadata(id), paths.artifactsOf(id), paths.unarchivedOf(id)]) rmSync(path, { recursive: true, force: true })
    },
    contentBytes: () => bytesBelow(paths.packages),
  }
}

function readDocument(path: string): JsonObject | undefined {
  if (!existsSync(path)) return undefined
  try {
    const document = parseYaml(readText(path) ?? '') as JsonValue // YAML has no other values that a recipe knows
    if (isJsonObject(document)) return document
  } catch (cause) {
    throw unreadable(new SyntaxError(`${path} is no YAML`, { cause }))
  }
  throw unreadable(new SyntaxError(`${path} is no mapping`))
}

async function bytesBelow(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))))
  return sizes.reduce((sum, { size }) => sum + size, 0)
}
