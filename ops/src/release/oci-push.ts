// ops/src/release/oci-push.ts: pushes an image to a registry: what is not there yet, the manifest last (OCI distribution specification).
import { FleetError } from '@fleet/contract/errors'
import type { ImageRegistry } from './image-builder.ts'
import { MANIFEST_TYPE, type Blob, type OciImage } from './oci-image.ts'

export interface Registry {
  /** `https://…dkr.ecr…amazonaws.com` */
  readonly origin: string
  readonly repository: string
  /** The Authorization header. */
  readonly authorization: string
}

/** A push that was cut off leaves blobs without a manifest, which nobody sees; the next one uses them. @throws FleetError IMAGE_PUSH_FAILED */
export async function pushImage({ blobs, manifest, digest }: OciImage, tag: string, registry: Registry): Promise<void> {
  for (const blob of blobs) if (!(await hasBlob(blob, registry))) await pushBlob(blob, registry)
  const answer = await request(registry, 'PUT', `/v2/${registry.repository}/manifests/${tag}`, { body: manifest, type: MANIFEST_TYPE })
  await expectStatus(answer, [201], `the manifest of ${registry.repository}:${tag}`)
  const stored = answer.headers.get('docker-content-digest')
  if (stored !== null && stored !== digest) throw failed(`the registry stored ${registry.repository}:${tag} as ${stored}, not as ${digest}`)
}

async function hasBlob({ digest }: Blob, registry: Registry): Promise<boolean> {
  const answer = await request(registry, 'HEAD', `/v2/${registry.repository}/blobs/${digest}`)
  if (answer.status === 404) return false
  await expectStatus(answer, [200], `a look for ${digest} in ${registry.repository}`)
  return true
}

/** In two steps: where to, then all of it («Pushing a blob monolithically»). */
async function pushBlob({ digest, bytes }: Blob, registry: Registry): Promise<void> {
  const begun = await request(registry, 'POST', `/v2/${registry.repository}/blobs/uploads/`)
  await expectStatus(begun, [202], `an upload to ${registry.repository}`)
  const location = new URL(begun.headers.get('location') ?? '', registry.origin)
  location.searchParams.set('digest', digest)
  const done = await request(registry, 'PUT', location.href, { body: bytes, type: 'application/octet-stream' })
  await expectStatus(done, [201], `the upload of ${digest} to ${registry.repository}`)
}

interface Content {
  readonly body: Uint8Array
  readonly type: string
}

function request({ origin, authorization }: Registry, method: string, path: string, content?: Content): Promise<Response> {
  // A blob of our own memory, not a stream: fetch knows its length then.
  const body = content && { body: Buffer.from(content.body) }
  return fetch(new URL(path, origin), { method, headers: { authorization, ...(content && { 'content-type': content.type }) }, ...body })
}

async function expectStatus(answer: Response, allowed: readonly number[], what: string): Promise<void> {
  const text = await answer.text() // a body that nobody reads keeps the connection
  if (!allowed.includes(answer.status)) throw failed(`the registry refused ${what}: ${answer.status} ${reasonIn(text)}`)
}

/** Distribution specification, «Error codes»: `{"errors":[{"code","message"}]}`. */
function reasonIn(text: string): string {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly { readonly code?: string; readonly message?: string }[] } // by the specification
    return errors.map(({ code = '', message = '' }) => `${code}: ${message}`).join('; ') || text.slice(0, 300)
  } catch {
    return text.slice(0, 300)
  }
}

const failed = (what: string) => new FleetError('IMAGE_PUSH_FAILED', what, 'Run `fleet release publish` again: what was pushed is not pushed again.')

/** The Authorization header (RFC 7617). */
export const basicAuthorization = ({ user, password }: Pick<ImageRegistry, 'user' | 'password'>): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
