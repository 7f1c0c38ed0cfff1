// packages/contract/src/release.ts: a release is data: which version of each component, by digest. Input of the Pulumi program.
import * as z from 'zod'

const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** One published component: its version, the image by digest, and the recipe that refers to it. */
export const ReleasedComponent = z.strictObject({
  name: z.string(),
  version: z.string(),
  /** Digest over bundle, recipe, Dockerfile and base image: equal digest, nothing to publish. */
  contentDigest: sha256,
  /** `<registry>/<repository>@sha256:…` */
  image: z.string(),
  /** The recipe as Greengrass takes it: JSON text, version and image filled in. */
  recipe: z.string(),
})

export const ReleaseManifest = z.strictObject({
  formatVersion: z.literal(1),
  id: z.string(),
  publishedAt: z.iso.datetime(),
  components: z.array(ReleasedComponent).min(1),
})

export type ReleasedComponent = z.infer<typeof ReleasedComponent>
export type ReleaseManifest = z.infer<typeof ReleaseManifest>

/** What stands in a recipe.yaml for that which only a release knows; `fleet release publish` puts it in. */
export const RECIPE_PLACEHOLDERS = { version: 'COMPONENT_VERSION', image: 'COMPONENT_IMAGE' } as const
