// ops/src/image/base-image.ts: the image on which every component stands, for arm64, as a folder on the card: what a device has already it need not download.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import * as z from 'zod'
import { REPOSITORY } from '../target/repository.ts'
import { fetched } from './fetch-source.ts'
import { imageReference, MANIFEST_TYPES, readerOf, type ImageReference, type Reader } from './registry-client.ts'

const Descriptor = z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.number().int().nonnegative() })
const Index = z.object({ manifests: z.array(Descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() })) })
const Manifest = z.object({ mediaType: z.string(), config: Descriptor, layers: z.array(Descriptor) })

const DOCKERFILE = join(REPOSITORY, 'components/Dockerfile')

/** The `FROM` of components/Dockerfile, pinned by digest. @throws FleetError IMAGE_SOURCE_INVALID */
export async function baseImageReference(file = DOCKERFILE): Promise<ImageReference> {
  const name = /^ARG NODE_IMAGE=(\S+)$/m.exec(await readFile(file, 'utf8'))?.[1] ?? ''
  const reference = imageReference(name)
  if (reference) return reference
  throw new FleetError('IMAGE_SOURCE_INVALID', `${file} names no base image by registry and digest, but «${name}»`, 'Write ARG NODE_IMAGE=registry/repository:tag@sha256:… into it.')
}

export interface BaseImageOptions {
  readonly cache: string
  /** Replaced: an OCI image layout, its blobs compressed as the registry has them, since Docker knows them by these digests. */
  readonly folder: string
}

/** Resolves to what it weighs, in bytes. @throws FleetError IMAGE_SOURCE_UNREACHABLE, IMAGE_SOURCE_WRONG */
export async function layBaseImage(reference: ImageReference, { cache, folder }: BaseImageOptions): Promise<number> {
  const reader = await readerOf(reference)
  const fetchBlob = (kind: 'manifests' | 'blobs', digest: string) => fetched({ url: reader.address(kind, hex(digest)), sha256: hex(digest) }, cache, reader.headers)
  const { digest, size, mediaType, file } = await manifestForArm64(reference, reader, cache)
  const { config, layers } = Manifest.parse(JSON.parse(await readFile(file, 'utf8')))
  const blobs = join(folder, 'blobs/sha256')
  await rm(folder, { recursive: true, force: true })
  await mkdir(blobs, { recursive: true })
  await cp(file, join(blobs, hex(digest)))
  for (const part of [config, ...layers]) await cp(await fetchBlob('blobs', part.digest), join(blobs, hex(part.digest)))
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, digest, size }] }))
  return [config, ...layers].reduce((sum, part) => sum + part.size, size)
}

async function manifestForArm64(reference: ImageReference, reader: Reader, cache: string) {
  const read = (sha256: string) => fetched({ url: reader.address('manifests', sha256), sha256 }, cache, reader.headers)
  const named = await read(reference.sha256)
  const text = await readFile(named, 'utf8')
  const { mediaType } = z.object({ mediaType: z.string() }).parse(JSON.parse(text))
  if (!MANIFEST_TYPES.indexes.some((type) => type === mediaType)) return { file: named, digest: `sha256:${reference.sha256}`, size: Buffer.byteLength(text), mediaType }
  const found = Index.parse(JSON.parse(text)).manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'arm64')
  if (!found) throw new FleetError('IMAGE_SOURCE_WRONG', `the base image ${reference.repository}@sha256:${reference.sha256} has nothing for linux/arm64`, 'Name another in components/Dockerfile.')
  return { file: await read(hex(found.digest)), ...found }
}

const hex = (digest: string): string => digest.slice('sha256:'.length)
