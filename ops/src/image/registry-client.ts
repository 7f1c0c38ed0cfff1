// ops/src/image/registry-client.ts: reads from a container registry, as anybody may: manifests and blobs by digest (OCI distribution specification).
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'

export interface ImageReference {
  /** As in an image's name: `docker.io`. */
  readonly registry: string
  readonly repository: string
  /** Hex, without `sha256:`. */
  readonly sha256: string
}

/** Where one may read what, and how one says who one is: nobody. */
export interface Reader {
  readonly address: (kind: 'manifests' | 'blobs', sha256: string) => string
  readonly headers: Readonly<Record<string, string>>
}

export const MANIFEST_TYPES = {
  indexes: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifests: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
} as const

/** Of `registry/repository:tag@sha256:…`; undefined for a name without registry or digest. */
export function imageReference(name: string): ImageReference | undefined {
  const [, registry, repository, sha256] = /^([\w.-]+(?::\d+)?)\/([\w./-]+?)(?::[\w.-]+)?@sha256:([0-9a-f]{64})$/.exec(name) ?? []
  return registry === undefined || repository === undefined || sha256 === undefined ? undefined : { registry, repository, sha256 }
}

/** @throws FleetError IMAGE_SOURCE_UNREACHABLE */
export async function readerOf({ registry, repository, sha256 }: ImageReference): Promise<Reader> {
  const address: Reader['address'] = (kind, digest) => `${originOf(registry)}/v2/${repository}/${kind}/sha256:${digest}`
  const accept = [...MANIFEST_TYPES.indexes, ...MANIFEST_TYPES.manifests].join(', ')
  try {
    const asked = await fetch(address('manifests', sha256), { method: 'HEAD', headers: { accept } })
    return { address, headers: { accept, ...(asked.status === 401 && { authorization: `Bearer ${await token(asked.headers.get('www-authenticate') ?? '')}` }) } }
  } catch (cause) {
    throw new FleetError('IMAGE_SOURCE_UNREACHABLE', `the registry ${registry} does not let anybody read ${repository}: ${String(cause)}`, 'Look at the network; the base image is named in components/Dockerfile.', { cause })
  }
}

const Token = z.object({ token: z.string() })

/** As the challenge says: `Bearer realm="https://…",service="…",scope="…"` (distribution specification, «Token authentication»). */
async function token(challenge: string): Promise<string> {
  const { realm, ...rest } = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  if (!challenge.startsWith('Bearer ') || realm === undefined) throw new Error('it asks for a log-in')
  const answer = await fetch(`${realm}?${new URLSearchParams(rest).toString()}`)
  if (!answer.ok) throw new Error(`its tokens: ${answer.status}`)
  return Token.parse(await answer.json()).token
}

/** Docker Hub's name is not where it is. A registry on this machine speaks HTTP, as Docker takes it. */
const originOf = (registry: string): string => (registry === 'docker.io' ? 'https://registry-1.docker.io' : /^(localhost|127\.0\.0\.1)(:|$)/.test(registry) ? `http://${registry}` : `https://${registry}`)
