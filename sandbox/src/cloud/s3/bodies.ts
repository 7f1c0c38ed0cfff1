// sandbox/src/cloud/s3/bodies.ts: the bytes of objects, in chunks, so that a part of a large object can be read without the rest.
import { randomUUID } from 'node:crypto'
import type { BlobTable } from '../store/store.ts'

export interface Chunk {
  readonly blob: string
  readonly size: number
}

export interface Bodies {
  /** @param instead chunks that nobody will ask for any more: their place is taken where that is less work. The others are still to be deleted. */
  write(bytes: Uint8Array, instead?: readonly Chunk[]): Chunk[]
  /** Bytes from `start` to before `end`, read as they are asked for. */
  read(chunks: readonly Chunk[], start: number, end: number): Iterable<Uint8Array>
  /** But for those whose place `kept` have taken. */
  delete(chunks: readonly Chunk[], kept?: readonly Chunk[]): void
}

const CHUNK_SIZE = 4 * 1024 * 1024

export function bodies(blobs: BlobTable): Bodies {
  return {
    write(bytes, instead = []) {
      const [place] = bytes.length <= CHUNK_SIZE && instead.length === 1 ? instead : [] // a body in one piece is read at once, so that nobody is reading there
      const chunks: Chunk[] = []
      for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
        const piece = bytes.subarray(at, at + CHUNK_SIZE)
        const chunk = { blob: place?.blob ?? randomUUID(), size: piece.length }
        blobs.put(chunk.blob, piece)
        chunks.push(chunk)
      }
      return chunks
    },
    *read(chunks, start, end) {
      let at = 0
      for (const { blob, size } of chunks) {
        if (at + size > start && at < end) {
          const bytes = blobs.get(blob)
          if (!bytes) throw new Error('the object was deleted while it was read')
          yield bytes.subarray(Math.max(start - at, 0), Math.min(end - at, size))
        }
        at += size
      }
    },
    delete(chunks, kept = []) {
      for (const { blob } of chunks) if (kept.every((other) => other.blob !== blob)) blobs.delete(blob)
    },
  }
}
