// sandbox/src/cloud/greengrass/component-recipe.ts: reads a component recipe, JSON or YAML, as CreateComponentVersion takes it.
import semver from 'semver'
import { parse } from 'yaml'
import { z } from 'zod'

/** Greengrass V2 quotas, «Components». */
const MAX_RECIPE_BYTES = 16 * 1024

export class RecipeInvalid extends Error {
  override readonly name = 'RecipeInvalid'
}

export type Recipe = z.infer<typeof recipe>
export type Manifest = Recipe['Manifests'][number]
export type Artifact = Manifest['Artifacts'][number]

/** Property names of recipes are read without regard to case, by the cloud as by the nucleus. */
const properties = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [names.get(name.toLowerCase()) ?? name, member as unknown]))
  }, z.strictObject(shape))

const upper = <T extends string>(...values: [T, ...T[]]) => z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(values))
const anything = z.record(z.string(), z.unknown())
const componentName = z.string().max(128).regex(/^[a-zA-Z0-9-_.]+$/)
const permission = upper('NONE', 'OWNER', 'ALL')

const artifact = properties({
  Uri: z.string().regex(/^(?:s3:\/\/[^/]+\/.+|docker:.+|greengrass:.+)$/, 'an artifact URI begins with s3://, docker: or greengrass:'),
  Unarchive: upper('NONE', 'ZIP').default('NONE'),
  Permission: properties({ Read: permission.default('OWNER'), Execute: permission.default('NONE') }).default({ Read: 'OWNER', Execute: 'NONE' }),
  Digest: z.string().optional(),
  Algorithm: z.string().optional(),
})

const manifest = properties({
  Name: z.string().optional(),
  Platform: z.record(z.string(), z.string()).optional(),
  Lifecycle: anything.optional(),
  Selections: z.array(z.string()).optional(),
  Artifacts: z.array(artifact).default([]),
})

const dependency = properties({
  VersionRequirement: z.string().refine((range) => semver.validRange(range) !== null, 'is no version range'),
  DependencyType: upper('HARD', 'SOFT').default('HARD'),
})

/** Developer guide, «Component recipe reference». */
const recipe = properties({
  RecipeFormatVersion: z.literal('2020-01-25'),
  ComponentName: componentName,
  ComponentVersion: z.string().max(64).refine((version) => semver.valid(version) === version && version.split(/[.+-]/, 3).every((part) => part.length <= 6), 'is no semantic version'),
  ComponentType: z.enum(['aws.greengrass.generic', 'aws.greengrass.plugin', 'aws.greengrass.lambda', 'aws.greengrass.nucleus']).default('aws.greengrass.generic'),
  ComponentDescription: z.string().optional(),
  ComponentPublisher: z.string().optional(),
  ComponentSource: z.string().optional(),
  ComponentConfiguration: properties({ DefaultConfiguration: anything.optional() }).optional(),
  ComponentDependencies: z.record(componentName, dependency).optional(),
  Manifests: z
    .array(manifest)
    .nullish()
    .transform((manifests) => (manifests && manifests.length > 0 ? manifests : [manifest.parse({})])), // a nucleus refuses a recipe without one
  Lifecycle: anything.optional(),
})

/** @throws RecipeInvalid saying where and why */
export function readRecipe(bytes: Uint8Array): Recipe {
  if (bytes.byteLength > MAX_RECIPE_BYTES) throw new RecipeInvalid(`the recipe has ${bytes.byteLength} bytes, more than ${MAX_RECIPE_BYTES}`)
  const checked = recipe.safeParse(parsed(bytes))
  if (checked.success) return checked.data
  throw new RecipeInvalid(checked.error.issues.map(({ path, message }) => `${path.join('.') || 'the recipe'}: ${message}`).join('; '))
}

/** YAML 1.2 takes in JSON. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { maxAliasCount: 100 })
  } catch (cause) {
    throw new RecipeInvalid(`the recipe is neither JSON nor YAML: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
