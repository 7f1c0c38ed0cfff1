// sandbox/src/cloud/ecr/manifest.ts: reads an image manifest or index, Docker's or OCI's: what it needs in the repository.
import { createHash } from 'node:crypto'
import { z } from 'zod'

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'

export const DIGEST = /^sha256:[0-9a-f]{64}$/
/** OCI distribution spec 1.1, «Pulling manifests». */
export const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
/** Manifests above it are refused (spec: a registry should take at least 4 MB). */
export const MAX_MANIFEST_BYTES = 4_194_304

export interface Manifest {
  readonly digest: string
  readonly mediaType: string
  readonly artifactMediaType: string | undefined
  /** Config and layers; each must be in the repository. Foreign layers (with URLs) need not. */
  readonly blobs: readonly { readonly digest: string; readonly sizeBytes: number }[]
  /** Of an index: the manifests that it lists, which must be there too. */
  readonly manifests: readonly string[]
  readonly subject: string | undefined
}

export class ManifestInvalid extends Error {
  override readonly name = 'ManifestInvalid'
}

const descriptor = z.object({
  mediaType: z.string().optional(),
  digest: z.string().regex(DIGEST),
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).optional(),
})
const imageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
  subject: descriptor.optional(),
})
const index = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  manifests: z.array(descriptor),
  subject: descriptor.optional(),
})

/** `contentType` is what the pusher says that it is; a manifest that says something else itself is refused. @throws ManifestInvalid */
export function readManifest(bytes: Uint8Array, contentType?: string): Manifest {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) throw new ManifestInvalid(`the manifest has ${bytes.byteLength} bytes, more than ${MAX_MANIFEST_BYTES}`)
  const json = parse(bytes)
  const own = z.object({ mediaType: z.string().optional(), manifests: z.unknown().optional() }).safeParse(json).data
  const mediaType = own?.mediaType ?? contentType?.split(';')[0]?.trim() ?? (own?.manifests === undefined ? OCI_MANIFEST : OCI_INDEX)
  if (contentType && own?.mediaType && contentType.split(';')[0]?.trim() !== own.mediaType) throw new ManifestInvalid(`the manifest's mediaType is ${own.mediaType}, not ${contentType}`)
  const common = { digest: digestOf(bytes), mediaType }
  if (mediaType === DOCKER_LIST || mediaType === OCI_INDEX) {
    const { manifests, artifactType, subject } = check(index, json)
    return { ...common, artifactMediaType: artifactType, blobs: [], manifests: manifests.map(({ digest }) => digest), subject: subject?.digest }
  }
  if (mediaType !== DOCKER_MANIFEST && mediaType !== OCI_MANIFEST) throw new ManifestInvalid(`the media type ${mediaType} is not supported`)
  const { config, layers, artifactType, subject } = check(imageManifest, json)
  const blobs = [config, ...layers.filter(({ urls }) => !urls?.length)].map(({ digest, size }) => ({ digest, sizeBytes: size }))
  return { ...common, artifactMediaType: artifactType ?? config.mediaType, blobs, manifests: [], subject: subject?.digest }
}

export const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new ManifestInvalid(`the manifest is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function check<T>(schema: z.ZodType<T>, json: unknown): T {
  const checked = schema.safeParse(json)
  if (checked.success) return checked.data
  throw new ManifestInvalid(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}
