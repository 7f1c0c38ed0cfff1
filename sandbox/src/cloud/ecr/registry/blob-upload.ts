// sandbox/src/cloud/ecr/registry/blob-upload.ts: how layers are pushed: at once, in chunks, or by mounting what another repository has.
import type { HttpAnswer, HttpRequest } from '../../wire/http-route.ts'
import { type Layers, PIECE_BYTES } from '../layers.ts'
import { DIGEST } from '../manifest.ts'
import { RegistryError } from './registry-error.ts'

export interface UploadOptions {
  readonly layers: Layers
  readonly now: () => Date
  /** Whether this caller may read layers of that repository, and so mount them elsewhere. */
  readonly mayRead: (repository: string) => boolean
}

/** `POST /v2/<name>/blobs/uploads/` (distribution spec 1.1, «Pushing blobs» and «Mounting a blob from another repository»). */
export async function beginUpload(repository: string, request: HttpRequest, { layers, now, mayRead }: UploadOptions): Promise<HttpAnswer> {
  const mount = request.query.get('mount')
  const from = request.query.get('from')
  if (mount && from && mayRead(from) && layers.mount(repository, from, mount)) return created(repository, mount)
  const uploadId = layers.begin(repository, now())
  const digest = request.query.get('digest')
  if (digest === null) return accepted(repository, uploadId, 0)
  await receive(request.body, (bytes) => layers.append(uploadId, bytes))
  return complete(repository, uploadId, digest, layers)
}

/** `PATCH`: a chunk. With `Content-Range` it must begin where the last one ended. */
export async function receiveChunk(repository: string, uploadId: string, request: HttpRequest, layers: Layers): Promise<HttpAnswer> {
  const received = receivedOf(repository, uploadId, layers)
  const begin = /^(?:bytes )?(\d+)-(\d+)/.exec(request.headers['content-range'] ?? '')?.[1]
  if (begin !== undefined && Number(begin) !== received)
    throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', `the chunk begins at ${begin}, ${received} bytes have arrived`, { location: uploadPath(repository, uploadId), range: rangeOf(received) })
  await receive(request.body, (bytes) => layers.append(uploadId, bytes))
  return accepted(repository, uploadId, receivedOf(repository, uploadId, layers))
}

/** `PUT ?digest=`: the last chunk, or the whole, or nothing more. */
export async function finishUpload(repository: string, uploadId: string, request: HttpRequest, layers: Layers): Promise<HttpAnswer> {
  receivedOf(repository, uploadId, layers)
  await receive(request.body, (bytes) => layers.append(uploadId, bytes))
  return complete(repository, uploadId, request.query.get('digest') ?? '', layers)
}

export function uploadStatus(repository: string, uploadId: string, layers: Layers): HttpAnswer {
  const received = receivedOf(repository, uploadId, layers)
  return { status: 204, headers: { location: uploadPath(repository, uploadId), range: rangeOf(received), 'docker-upload-uuid': uploadId } }
}

export function cancelUpload(repository: string, uploadId: string, layers: Layers): HttpAnswer {
  receivedOf(repository, uploadId, layers)
  layers.cancel(uploadId)
  return { status: 204 }
}

/** A digest that does not fit ends the upload: the client begins anew. */
function complete(repository: string, uploadId: string, digest: string, layers: Layers): HttpAnswer {
  const calculated = layers.digest(uploadId)
  if (!DIGEST.test(digest) || digest !== calculated) {
    layers.cancel(uploadId)
    throw new RegistryError(400, 'DIGEST_INVALID', `The provided digest '${digest}' does not match the calculated digest '${calculated}'`)
  }
  layers.complete(uploadId, digest)
  return created(repository, digest)
}

function receivedOf(repository: string, uploadId: string, layers: Layers): number {
  const received = layers.received(repository, uploadId)
  if (received === undefined) throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', `The upload with id '${uploadId}' could not be found in the repository with name '${repository}'`)
  return received
}

/** Gathers what arrives into pieces of a size that is worth a row. */
async function receive(body: AsyncIterable<Uint8Array>, append: (bytes: Uint8Array) => void): Promise<void> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  const flush = () => {
    if (bytes > 0) append(Buffer.concat(waiting))
    waiting = []
    bytes = 0
  }
  for await (const chunk of body) {
    waiting.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= PIECE_BYTES) flush()
  }
  flush()
}

const uploadPath = (repository: string, uploadId: string) => `/v2/${repository}/blobs/uploads/${uploadId}`

/** `0-0` also when nothing has arrived, as registries commonly say it. */
const rangeOf = (received: number) => `0-${Math.max(0, received - 1)}`

const created = (repository: string, digest: string): HttpAnswer => ({ status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest } })

const accepted = (repository: string, uploadId: string, received: number): HttpAnswer => ({
  status: 202,
  headers: { location: uploadPath(repository, uploadId), range: rangeOf(received), 'docker-upload-uuid': uploadId, 'oci-chunk-min-length': '0' },
})
