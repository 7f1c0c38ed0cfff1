// ops/src/release/oci-image.ts: an OCI image as bytes, the same for the same content: layers, configuration, manifest (OCI image specification).
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { sha256, type Part } from './content-digest.ts'
import type { ImageSettings } from './dockerfile.ts'

export interface Blob {
  readonly digest: string
  readonly bytes: Uint8Array
}

export interface OciImage {
  /** Digest of the manifest: what the image is known by, before it is pushed. */
  readonly digest: string
  readonly manifest: Uint8Array
  /** Layers and configuration. */
  readonly blobs: readonly Blob[]
}

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
/** Not compressed: zlib's output is not the same on each machine. */
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar'

export interface ImageContent {
  /** Layers below, as tar. */
  readonly base?: readonly Uint8Array[]
  /** Files of /app: each a layer of its own, so that components share the addon's. */
  readonly files: readonly Part[]
  readonly settings: ImageSettings
  readonly annotations: Readonly<Record<string, string>>
  /** In Go's words; arm64 unless said otherwise. */
  readonly architecture?: string
}

export async function ociImage({ base = [], files, settings, annotations, architecture = 'arm64' }: ImageContent): Promise<OciImage> {
  const layers = [...base.map(blob), ...(await Promise.all(files.map(layerOf)))]
  const config = blob(JSON.stringify(configOf(layers, { ...settings, architecture })))
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: config.digest, size: config.bytes.byteLength },
      layers: layers.map(({ digest, bytes }) => ({ mediaType: LAYER_TYPE, digest, size: bytes.byteLength })),
      annotations,
    }),
  )
  return { digest: sha256(manifest), manifest, blobs: [...layers, config] }
}

const EPOCH = new Date(0)

async function layerOf({ name, bytes }: Part): Promise<Blob> {
  const tar = pack()
  tar.entry({ name: 'app/', type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: EPOCH })
  tar.entry({ name: `app/${name}`, mode: 0o644, uid: 0, gid: 0, mtime: EPOCH }, Buffer.from(bytes))
  tar.finalize()
  return blob(await buffer(tar))
}

const configOf = (layers: readonly Blob[], { environment, user, entryPoint, architecture }: ImageSettings & { readonly architecture: string }) => ({
  architecture,
  os: 'linux',
  created: EPOCH.toISOString(),
  config: { User: user, Env: environment, Entrypoint: entryPoint, WorkingDir: '/' },
  rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) }, // not compressed: the same digest
})

export function blob(content: string | Uint8Array): Blob {
  const bytes = Buffer.from(content)
  return { digest: sha256(bytes), bytes }
}
