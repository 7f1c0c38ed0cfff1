// sandbox/src/site/docker/registry.ts: gets manifests and blobs from a registry (OCI distribution specification 1.1), digests verified.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Transform, type Readable } from 'node:stream'
import { z } from 'zod'
import { bodyText, broken, type Get } from './connection.ts'
import { authorization } from './authorization.ts'
import { daemonError } from './docker-error.ts'
import { piped } from './piped.ts'
import type { ImageReference } from './reference.ts'

const INDEX_TYPES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFEST_TYPES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json']

const Descriptor = z.object({ mediaType: z.string().default(''), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.number() })
const Index = z.object({ manifests: z.array(Descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() })) })
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) })

export type Descriptor = z.infer<typeof Descriptor>
export interface FoundManifest extends z.infer<typeof Manifest> {
  /** Of what the reference named: the index, if it is one. */
  readonly digest: string
}

export interface Registry {
  /** The manifest for a Pi: of an index the one for linux/arm64. */
  manifest(): Promise<FoundManifest>
  /** The bytes of this blob; the stream fails at its end when they are not what the digest says. */
  blob(descriptor: Descriptor): Promise<Readable>
}

export function registryOf(reference: ImageReference, { auth, get }: { readonly auth: string | undefined; readonly get: Get }): Registry {
  const { host, port, isPlain } = reference.registry
  const base = `${isPlain ? 'http' : 'https'}://${host}:${port}/v2/${reference.repository}`
  let known: string | undefined
  const ask = async (path: string, accept: string): Promise<IncomingMessage> => {
    const url = new URL(`${base}${path}`)
    const headers = (): Record<string, string> => ({ accept, ...(known === undefined ? {} : { authorization: known }) })
    let response = await get(url, headers())
    if (response.statusCode === 401) {
      response.resume()
      known = await authorization(response.headers['www-authenticate'] ?? '', { auth, get })
      if (known === undefined) throw accessDenied(reference, 'authentication required')
      response = await get(url, headers())
    }
    if (response.statusCode !== 200) throw refusal(reference, response.statusCode ?? 0, await bodyText(response))
    return response
  }
  const document = async (wanted: string, types: readonly string[]) => {
    const bytes = await bodyText(await ask(`/manifests/${wanted}`, types.join(', ')))
    const digest = sha256(bytes)
    if (wanted.startsWith('sha256:') && digest !== wanted) throw daemonError(`manifest verification failed for digest ${wanted}`)
    return { digest, content: JSON.parse(bytes) as unknown }
  }
  return {
    async manifest() {
      const first = await document(reference.wanted, [...MANIFEST_TYPES, ...INDEX_TYPES])
      const index = Index.safeParse(first.content).data
      if (index === undefined) return { digest: first.digest, ...readManifest(first.content) }
      const ours = index.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'arm64')
      if (ours === undefined) throw daemonError('no matching manifest for linux/arm64/v8 in the manifest list entries')
      return { digest: first.digest, ...readManifest((await document(ours.digest, MANIFEST_TYPES)).content) }
    },
    async blob({ digest }) {
      return piped(await ask(`/blobs/${digest}`, '*/*'), verified(digest), (error) => broken(new URL(base), error))
    },
  }
}

function readManifest(content: unknown): z.infer<typeof Manifest> {
  const manifest = Manifest.safeParse(content)
  if (!manifest.success) throw daemonError('the registry answered with something that is no image manifest')
  return manifest.data
}

const sha256 = (bytes: string | Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Passes the bytes on and fails at the end unless they have this digest. */
export function verified(digest: string): Transform {
  const hash = createHash('sha256')
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      done(`sha256:${hash.digest('hex')}` === digest ? null : daemonError(`filesystem layer verification failed for digest ${digest}`))
    },
  })
}

const accessDenied = ({ text: name }: ImageReference, why: string) =>
  daemonError(`pull access denied for ${name.replace(/[@:][^/]*$/, '')}, repository does not exist or may require 'docker login': denied: ${why}`)

/** The registry's error (distribution spec, «Error Codes») in the daemon's sentence. */
function refusal(reference: ImageReference, status: number, body: string): Error {
  const { code, message } = firstError(body)
  if (status === 401 || status === 403) return accessDenied(reference, message)
  if (status === 404 && code === 'NAME_UNKNOWN') return daemonError(`repository ${reference.repository} not found: name unknown: ${message}`)
  if (status === 404) return daemonError(`manifest for ${reference.text} not found: manifest unknown: ${message}`)
  if (status === 503) return daemonError(`received unexpected HTTP status: 503 Service Unavailable`)
  return daemonError(`received unexpected HTTP status: ${status} ${message}`)
}

const ErrorBody = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().default('') })).min(1) })

function firstError(body: string): { code: string; message: string } {
  try {
    const [first] = ErrorBody.parse(JSON.parse(body)).errors
    if (first !== undefined) return first
  } catch {
    // not the specification's form; the status says enough
  }
  return { code: '', message: '' }
}
