// sandbox/src/site/nucleus/components/recipe.ts: a component's recipe (developer guide, «Recipe reference»), and what of it is for this device.
import { isJsonObject, member, objectsOf, stringsOf, textOf, type JsonObject, type JsonValue } from '../json.ts'
import type { DependencyType } from '../lifecycle/service.ts'
import { DeploymentError } from '../deployments/deployment-error.ts'
import { meets, selected, type Platform } from './platform.ts'
import { parseRequirement } from './version-requirement.ts'

export type ComponentType = 'GENERIC' | 'LAMBDA' | 'PLUGIN' | 'NUCLEUS'

export interface Recipe {
  readonly name: string
  readonly version: string
  readonly type: ComponentType
  readonly dependencies: Readonly<Record<string, Dependency>>
  readonly defaultConfiguration: JsonObject
  readonly lifecycle: JsonObject
  readonly artifacts: readonly Artifact[]
}

export interface Dependency {
  readonly requirement: string
  readonly type: DependencyType
}

export interface Artifact {
  readonly uri: string
  /** Base64. */
  readonly digest: string
  readonly algorithm: string
  readonly unarchive: 'NONE' | 'ZIP'
  readonly readableBy: Permission
  readonly executableBy: Permission
}

type Permission = 'NONE' | 'OWNER' | 'ALL'

const TYPES: Readonly<Record<string, ComponentType>> = { 'aws.greengrass.generic': 'GENERIC', 'aws.greengrass.lambda': 'LAMBDA', 'aws.greengrass.plugin': 'PLUGIN', 'aws.greengrass.nucleus': 'NUCLEUS' }
const COMPONENT_NAME = /^[a-zA-Z0-9-_.]{1,128}$/

/** What of the recipe is for this platform; undefined when nothing is. Names of members are read in any case. @throws DeploymentError */
export function readRecipe(document: JsonObject, platform: Platform): Recipe | undefined {
  const at = (name: string) => member(document, name)
  const name = textOf(at('ComponentName'))
  const version = textOf(at('ComponentVersion'))
  if (!COMPONENT_NAME.test(name) || version === '') throw unreadable(new SyntaxError(`it has no usable ComponentName and ComponentVersion: «${name}» «${version}»`))
  const manifests = objectsOf(at('Manifests'))
  if (manifests.length === 0) throw new DeploymentError(`Recipe file ${name}-${version}.yaml is missing manifests`, { codes: ['COMPONENT_PACKAGE_LOADING_ERROR', 'RECIPE_MISSING_MANIFEST'] })
  const manifest = manifests.find((each) => meets(platform, objectOf(member(each, 'Platform'))))
  if (manifest === undefined) return undefined
  return {
    ...{ name, version },
    type: TYPES[textOf(at('ComponentType')).toLowerCase()] ?? 'GENERIC',
    dependencies: dependenciesOf(objectOf(at('ComponentDependencies'))),
    defaultConfiguration: objectOf(member(objectOf(at('ComponentConfiguration')), 'DefaultConfiguration')),
    lifecycle: lifecycleFor(objectOf(at('Lifecycle')), manifest, manifests),
    artifacts: objectsOf(member(manifest, 'Artifacts')).map(artifactOf),
  }
}

/** A manifest's own lifecycle comes before the one for all. */
function lifecycleFor(common: JsonObject, manifest: JsonObject, manifests: readonly JsonObject[]): JsonObject {
  const own = objectOf(member(manifest, 'Lifecycle'))
  if (Object.keys(own).length > 0) return own
  const keywords = new Set(['all', ...manifests.flatMap((each) => stringsOf(member(each, 'Selections')))])
  return objectOf(selected(common, keywords, stringsOf(member(manifest, 'Selections'))))
}

function dependenciesOf(dependencies: JsonObject): Record<string, Dependency> {
  const entries = Object.entries(dependencies).map(([name, properties]) => {
    const requirement = textOf(member(objectOf(properties), 'VersionRequirement'))
    try {
      parseRequirement(requirement)
    } catch (cause) {
      throw unreadable(new SyntaxError(`${name}: «${requirement}» is no version requirement`, { cause }))
    }
    const type: DependencyType = textOf(member(objectOf(properties), 'DependencyType')).toUpperCase() === 'SOFT' ? 'SOFT' : 'HARD'
    return [name, { requirement, type }] as const
  })
  return Object.fromEntries(entries)
}

function artifactOf(artifact: JsonObject): Artifact {
  const at = (name: string) => textOf(member(artifact, name))
  const permission = objectOf(member(artifact, 'Permission'))
  return {
    ...{ uri: at('Uri'), digest: at('Digest'), algorithm: at('Algorithm') },
    unarchive: at('Unarchive').toUpperCase() === 'ZIP' ? 'ZIP' : 'NONE',
    readableBy: permissionOf(member(permission, 'Read'), 'OWNER'),
    executableBy: permissionOf(member(permission, 'Execute'), 'NONE'),
  }
}

function permissionOf(value: JsonValue | undefined, otherwise: Permission): Permission {
  const text = textOf(value).toUpperCase()
  return text === 'NONE' || text === 'OWNER' || text === 'ALL' ? text : otherwise
}

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {})

export const unreadable = (cause: unknown): DeploymentError =>
  new DeploymentError('Failed to parse recipe file content to contract model', { codes: ['COMPONENT_PACKAGE_LOADING_ERROR'], cause, causeMeans: 'RECIPE_PARSE_ERROR' })
