// sandbox/src/cloud/ecr/registry/registry.ts: the OCI distribution API (v2) on the gateway: what docker, podman and Greengrass cores push to and pull from.
import type { Account } from '../../account.ts'
import type { CloudLog } from '../../log.ts'
import type { Principal } from '../../service.ts'
import { rangeOf } from '../../signed-downloads.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from '../../wire/http-route.ts'
import type { AuthorizationTokens } from '../authorization-token.ts'
import { repositoryNotFound } from '../ecr-error.ts'
import type { Images } from '../images.ts'
import type { Layers } from '../layers.ts'
import { DIGEST, MAX_MANIFEST_BYTES, OCI_INDEX, TAG } from '../manifest.ts'
import { type Repositories, type Repository, repositoryArn } from '../repositories.ts'
import { beginUpload, cancelUpload, finishUpload, receiveChunk, uploadStatus } from './blob-upload.ts'
import { refusal, REGISTRY_VERSION, RegistryError } from './registry-error.ts'

export interface RegistryOptions {
  readonly account: Account
  readonly log: CloudLog
  readonly now: () => Date
  readonly repositories: Repositories
  readonly images: Images
  readonly layers: Layers
  readonly tokens: AuthorizationTokens
  readonly permits: (principal: Principal, action: string, repository: Repository) => boolean
  readonly onPush: (repository: string) => void
}

const PATH = /^\/v2\/(?<repository>[a-z0-9][a-z0-9._/-]*?)\/(?<what>manifests|blobs\/uploads|blobs|tags|referrers)\/(?<reference>[^/]*)$/

/** What each request needs to be allowed (ECR user guide, «Private repository policies», and the AWS managed push and pull policies). */
const ACTIONS: Readonly<Record<string, string>> = {
  'GET manifests': 'ecr:BatchGetImage',
  'HEAD manifests': 'ecr:BatchGetImage',
  'PUT manifests': 'ecr:PutImage',
  'GET blobs': 'ecr:GetDownloadUrlForLayer',
  'HEAD blobs': 'ecr:BatchCheckLayerAvailability',
  'POST blobs/uploads': 'ecr:InitiateLayerUpload',
  'PATCH blobs/uploads': 'ecr:UploadLayerPart',
  'PUT blobs/uploads': 'ecr:CompleteLayerUpload',
  'GET blobs/uploads': 'ecr:UploadLayerPart',
  'DELETE blobs/uploads': 'ecr:UploadLayerPart',
  'GET tags': 'ecr:ListImages',
  'GET referrers': 'ecr:ListImageReferrers',
}

export function registryRoute(options: RegistryOptions): HttpRoute {
  return {
    prefix: '/v2/',
    async handle(request) {
      try {
        const answer = await handle(request, options)
        return { ...answer, headers: { ...REGISTRY_VERSION, ...answer.headers } }
      } catch (error) {
        const refused = refusal(error)
        if (!refused) throw error
        options.log.debug('registry refused a request', { method: request.method, path: request.path, status: refused.status, why: error instanceof Error ? error.message : '' })
        return refused
      }
    },
  }
}

async function handle(request: HttpRequest, options: RegistryOptions): Promise<HttpAnswer> {
  const principal = bearerOf(request, options.tokens)
  const { method, path } = request
  if (path === '/v2/') return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
  const { repository: name = '', what = '', reference = '' } = PATH.exec(path)?.groups ?? {}
  const action = ACTIONS[`${method} ${what}`]
  if (!name) throw new RegistryError(404, 'NAME_INVALID', `no repository is named by ${path}`)
  if (!action) throw new RegistryError(405, 'UNSUPPORTED', `${method} ${what} is not supported`)
  const repository = permitted(principal, action, name, options)
  if (what === 'manifests') return method === 'PUT' ? putManifest(repository, reference, request, options) : getManifest(name, reference, options)
  if (what === 'blobs') return getBlob(name, reference, request, options)
  if (what === 'tags') return listTags(name, reference, request, options)
  if (what === 'referrers') return listReferrers(name, reference, options)
  return uploads(name, reference, request, { ...options, principal })
}

async function uploads(name: string, uploadId: string, request: HttpRequest, options: RegistryOptions & { readonly principal: Principal }): Promise<HttpAnswer> {
  const { layers, now, principal } = options
  const mayRead = (from: string) => {
    const other = options.repositories.records.get(from)
    return other !== undefined && options.permits(principal, 'ecr:GetDownloadUrlForLayer', other)
  }
  switch (request.method) {
    case 'POST':
      return beginUpload(name, request, { layers, now, mayRead })
    case 'PATCH':
      return receiveChunk(name, uploadId, request, layers)
    case 'PUT':
      return finishUpload(name, uploadId, request, layers)
    case 'DELETE':
      return cancelUpload(name, uploadId, layers)
    default:
      return uploadStatus(name, uploadId, layers)
  }
}

/** Basic alone, no bearer tokens: as ECR does it. */
function bearerOf({ headers, origin }: HttpRequest, tokens: AuthorizationTokens): Principal {
  const bearer = tokens.bearer(headers['authorization'])
  if (bearer === 'expired') throw new RegistryError(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
  if (bearer === 'none' || bearer === 'invalid') throw new RegistryError(401, 'UNAUTHORIZED', 'Not Authorized', { 'www-authenticate': `Basic realm="${origin}/",service="ecr.amazonaws.com"` })
  return bearer
}

/** Who may not even ask learns nothing about what is there. */
function permitted(principal: Principal, action: string, name: string, { account, permits, repositories }: RegistryOptions): Repository {
  const found = repositories.records.get(name)
  const asked = found ?? { name, createdAt: new Date(0), mutability: 'MUTABLE', exclusionFilters: [], scanOnPush: false, encryption: { encryptionType: 'AES256' }, tags: {} }
  if (!permits(principal, action, asked)) {
    const who = 'arn' in principal ? principal.arn : 'anonymous'
    throw new RegistryError(403, 'DENIED', `User: ${who} is not authorized to perform: ${action} on resource: ${repositoryArn(name, account)} because no identity-based policy allows the ${action} action`)
  }
  if (!found) throw repositoryNotFound(name, account)
  return found
}

const idOf = (reference: string) => (reference.includes(':') ? { imageDigest: reference } : { imageTag: reference })

function getManifest(repository: string, reference: string, { images }: RegistryOptions): HttpAnswer {
  const image = images.get(repository, idOf(reference))
  images.pulled(repository, image)
  const bytes = Buffer.from(image.text)
  return { status: 200, headers: { 'content-type': image.mediaType, 'content-length': String(bytes.byteLength), 'docker-content-digest': image.digest }, body: bytes }
}

async function putManifest(repository: Repository, reference: string, request: HttpRequest, { images, onPush }: RegistryOptions): Promise<HttpAnswer> {
  const byDigest = DIGEST.test(reference)
  if (!byDigest && !TAG.test(reference)) throw new RegistryError(400, 'TAG_INVALID', `Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '${TAG.source}''`)
  const bytes = await readUpTo(request.body, MAX_MANIFEST_BYTES)
  const image = images.put(repository, { bytes, mediaType: request.headers['content-type'], refuseSame: false, ...(byDigest ? { digest: reference } : { tag: reference }) })
  onPush(repository.name)
  return {
    status: 201,
    headers: { location: `/v2/${repository.name}/manifests/${image.digest}`, 'docker-content-digest': image.digest, ...(image.subject === undefined ? {} : { 'oci-subject': image.subject }) },
  }
}

async function readUpTo(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > most) throw new RegistryError(413, 'MANIFEST_INVALID', `the manifest has more than ${most} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function getBlob(repository: string, digest: string, { method, headers }: HttpRequest, { layers, log }: RegistryOptions): HttpAnswer {
  const sizeBytes = layers.sizeOf(repository, digest)
  if (sizeBytes === undefined) throw new RegistryError(404, 'BLOB_UNKNOWN', `The layer with digest '${digest}' does not exist in the repository with name '${repository}'`)
  const common = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest, 'accept-ranges': 'bytes' }
  const asked = rangeOf(headers['range'], sizeBytes)
  if (asked === 'unsatisfiable') return { status: 416, headers: { ...common, 'content-range': `bytes */${sizeBytes}` } }
  const { from, to } = asked ?? { from: 0, to: sizeBytes }
  if (method === 'GET') log.info('image layer pulled', { repository, digest, bytes: to - from })
  const range: Readonly<Record<string, string>> = asked ? { 'content-range': `bytes ${from}-${to - 1}/${sizeBytes}` } : {}
  return { status: asked ? 206 : 200, headers: { ...common, ...range, 'content-length': String(to - from) }, body: layers.read(digest, from, to) }
}

function listTags(repository: string, reference: string, { query }: HttpRequest, { images }: RegistryOptions): HttpAnswer {
  if (reference !== 'list') throw new RegistryError(404, 'NAME_INVALID', 'ask for tags/list')
  const last = query.get('last') ?? ''
  const rest = images.tags(repository).map(([tag]) => tag).filter((tag) => tag > last)
  const tags = rest.slice(0, query.has('n') ? Number(query.get('n')) : undefined)
  const link: Readonly<Record<string, string>> = tags.length > 0 && tags.length < rest.length ? { link: `</v2/${repository}/tags/list?n=${tags.length}&last=${encodeURIComponent(tags.at(-1) ?? '')}>; rel="next"` } : {}
  return { status: 200, headers: { 'content-type': 'application/json', ...link }, body: JSON.stringify({ name: repository, tags }) }
}

/** Manifests whose `subject` is this one (distribution spec 1.1, «Listing referrers»): signatures, SBOMs. */
function listReferrers(repository: string, digest: string, { images }: RegistryOptions): HttpAnswer {
  const referring = images.all(repository).filter(({ subject }) => subject === digest)
  const manifests = referring.map((image) => ({ mediaType: image.mediaType, digest: image.digest, size: Buffer.byteLength(image.text), artifactType: image.artifactMediaType }))
  return { status: 200, headers: { 'content-type': OCI_INDEX }, body: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }) }
}
