// sandbox/src/cloud/ecr/layers.ts: image layers and configurations: bytes by digest, shared by repositories, in pieces so that none is ever whole in memory.
import { createHash, randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { keyOf, partsOf, prefixOf } from '../store/store.ts'

/** Small enough to hold several at once, large enough that a 100 MB layer has few rows. */
export const PIECE_BYTES = 4 * 1024 * 1024

interface Content {
  readonly sizeBytes: number
  readonly pieces: readonly { readonly id: string; readonly sizeBytes: number }[]
}

/** An upload that nobody completed is forgotten after a day. */
const UPLOAD_LIFE_MS = 24 * 60 * 60_000

/** A layer on its way in; on disk, so that it can go on after a restart. */
interface Upload extends Content {
  readonly repository: string
  readonly startedAt: Date
}

export interface Layers {
  /** Size of a layer that this repository has. */
  sizeOf(repository: string, digest: string): number | undefined
  /** Bytes `from` up to, not including, `to`. */
  read(digest: string, from?: number, to?: number): Iterable<Uint8Array>
  /** Lets a repository have what another one already has: no bytes move. @returns whether it was there */
  mount(repository: string, from: string, digest: string): boolean
  /** Takes layers from a repository; their bytes go when no other one has them. */
  drop(repository: string, digests?: readonly string[]): void
  begin(repository: string, at: Date): string
  /** @returns how many bytes have arrived, or undefined when there is no such upload into this repository */
  received(repository: string, uploadId: string): number | undefined
  append(uploadId: string, bytes: Uint8Array): void
  /** SHA-256 of what has arrived. */
  digest(uploadId: string): string
  /** What has arrived becomes a layer of the repository. */
  complete(uploadId: string, digest: string): void
  cancel(uploadId: string): void
}

export function layersIn(store: Store): Layers {
  const contents = store.table<Content>('ecr_layer_contents')
  const owned = store.table<{ readonly sizeBytes: number }>('ecr_layers') // repository, digest
  const owners = store.table<true>('ecr_layer_owners') // digest, repository
  const uploads = store.table<Upload>('ecr_uploads')
  const blobs = store.blobs('ecr_pieces')
  const own = (repository: string, digest: string, sizeBytes: number) => {
    owned.put(keyOf(repository, digest), { sizeBytes })
    owners.put(keyOf(digest, repository), true)
  }
  const dropOne = (repository: string, digest: string) => {
    owned.delete(keyOf(repository, digest))
    owners.delete(keyOf(digest, repository))
    if (owners.count(prefixOf(digest)) > 0) return
    for (const { id } of contents.get(digest)?.pieces ?? []) blobs.delete(id)
    contents.delete(digest)
  }
  const upload = (uploadId: string): Upload => {
    const found = uploads.get(uploadId)
    if (!found) throw new Error(`no upload ${uploadId}: ask received() first`)
    return found
  }
  const bytesOf = function* ({ pieces }: Content, from: number, to: number): Iterable<Uint8Array> {
    let start = 0
    for (const { id, sizeBytes } of pieces) {
      const end = start + sizeBytes
      const bytes = end > from && start < to ? blobs.get(id) : undefined
      if (bytes) yield bytes.subarray(Math.max(0, from - start), Math.min(sizeBytes, to - start))
      start = end
    }
  }
  const cancel = (uploadId: string) => {
    for (const { id } of uploads.get(uploadId)?.pieces ?? []) blobs.delete(id)
    uploads.delete(uploadId)
  }
  return {
    sizeOf: (repository, digest) => owned.get(keyOf(repository, digest))?.sizeBytes,
    read(digest, from = 0, to = Infinity) {
      const content = contents.get(digest)
      return content ? bytesOf(content, from, to) : []
    },
    mount: (repository, from, digest) =>
      store.transaction(() => {
        const layer = owned.get(keyOf(from, digest))
        if (layer) own(repository, digest, layer.sizeBytes)
        return layer !== undefined
      }),
    drop: (repository, digests) =>
      store.transaction(() => {
        for (const digest of digests ?? owned.all(prefixOf(repository)).map(([key]) => partsOf(key)[1] ?? '')) dropOne(repository, digest)
      }),
    begin(repository, at) {
      for (const [old, { startedAt }] of uploads.all()) if (at.getTime() - startedAt.getTime() > UPLOAD_LIFE_MS) cancel(old)
      const uploadId = randomUUID()
      uploads.put(uploadId, { repository, startedAt: at, sizeBytes: 0, pieces: [] })
      return uploadId
    },
    received(repository, uploadId) {
      const found = uploads.get(uploadId)
      return found?.repository === repository ? found.sizeBytes : undefined
    },
    append: (uploadId, bytes) =>
      store.transaction(() => {
        const before = upload(uploadId)
        const pieces = [...before.pieces]
        for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
          const piece = bytes.subarray(at, at + PIECE_BYTES)
          const id = randomUUID()
          blobs.put(id, piece)
          pieces.push({ id, sizeBytes: piece.byteLength })
        }
        uploads.put(uploadId, { ...before, pieces, sizeBytes: before.sizeBytes + bytes.byteLength })
      }),
    digest(uploadId) {
      const hash = createHash('sha256')
      for (const bytes of bytesOf(upload(uploadId), 0, Infinity)) hash.update(bytes)
      return `sha256:${hash.digest('hex')}`
    },
    complete: (uploadId, digest) =>
      store.transaction(() => {
        const { repository, sizeBytes, pieces } = upload(uploadId)
        if (contents.get(digest)) cancel(uploadId) // another repository has it already
        else {
          contents.put(digest, { sizeBytes, pieces })
          uploads.delete(uploadId)
        }
        own(repository, digest, sizeBytes)
      }),
    cancel: (uploadId) => store.transaction(() => cancel(uploadId)),
  }
}
