// ops/src/image/stored-image.ts: an image in its bucket: compressed disk, SBOM, and a manifest that is signed and names the digests of both.
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { FleetError } from '@fleet/contract/errors'
import { imageKeys } from '@fleet/contract/names'
import * as z from 'zod'
import { explaining } from '../aws/aws-failure.ts'
import { named, s3Config } from '../aws/client-config.ts'
import type { Target } from '../target/target.ts'
import { saved, sha256Of } from './fetch-source.ts'
import { isSignatureOf, signatureOf } from './signing.ts'

const Digest = z.string().regex(/^[0-9a-f]{64}$/)
const File = z.strictObject({ name: z.string().regex(/^[\w.-]+$/), sha256: Digest, bytes: z.number().int().positive() })

export const ImageManifest = z.strictObject({ stage: z.string(), flavour: z.enum(['pi', 'generic']), builtAt: z.iso.datetime(), image: File, sbom: File, sources: z.record(z.string(), z.strictObject({ url: z.string(), sha256: Digest })) })
export type ImageManifest = z.infer<typeof ImageManifest>

export interface BuiltImage {
  readonly folder: string
  readonly manifest: ImageManifest
}

export const fileOf = async (folder: string, name: string) => ({ name, sha256: await sha256Of(join(folder, name)), bytes: (await stat(join(folder, name))).size })

/** The manifest comes last: what is half uploaded is no image. */
export const upload = (target: Target, { folder, manifest }: BuiltImage, privatePem: string): Promise<void> =>
  explaining(target, async () => {
    const { s3, Bucket } = storeOf(target)
    for (const { name, sha256, bytes } of [manifest.sbom, manifest.image]) {
      await s3.send(new PutObjectCommand({ Bucket, Key: imageKeys.file(sha256, name), Body: createReadStream(join(folder, name)), ContentLength: bytes }))
    }
    const text = JSON.stringify(manifest)
    const signed = JSON.stringify({ manifest: text, signature: signatureOf(text, privatePem) })
    await s3.send(new PutObjectCommand({ Bucket, Key: imageKeys.current(manifest.flavour), Body: signed, ContentType: 'application/json' }))
  })

const Signed = z.strictObject({ manifest: z.string(), signature: z.string() })

export interface DownloadOptions {
  readonly flavour: ImageManifest['flavour']
  readonly folder: string
  readonly publicPem: string
}

/** Image and SBOM in the folder, each whole and checked, or not there. @throws FleetError IMAGE_MISSING, IMAGE_UNTRUSTED */
export const downloadImage = (target: Target, { flavour, folder, publicPem }: DownloadOptions): Promise<BuiltImage> =>
  explaining(target, async () => {
    const { s3, Bucket } = storeOf(target)
    const text = await s3.send(new GetObjectCommand({ Bucket, Key: imageKeys.current(flavour) })).then(({ Body }) => Body?.transformToString('utf-8'), noneYet(target.stage.stage, flavour))
    const manifest = trusted(text ?? '', { publicPem, stage: target.stage.stage, flavour })
    await mkdir(folder, { recursive: true })
    for (const file of [manifest.sbom, manifest.image]) await fetchChecked(s3, Bucket, file, folder)
    return { folder, manifest }
  })

function trusted(text: string, { publicPem, stage, flavour }: { readonly publicPem: string; readonly stage: string; readonly flavour: string }): ImageManifest {
  try {
    const { manifest, signature } = Signed.parse(JSON.parse(text))
    if (!isSignatureOf(manifest, signature, publicPem)) throw new Error('its signature is not of the key in os-image/signing-key.pub.pem')
    const parsed = ImageManifest.parse(JSON.parse(manifest))
    if (parsed.stage !== stage || parsed.flavour !== flavour) throw new Error(`it is an image of stage ${parsed.stage}, flavour ${parsed.flavour}`)
    return parsed
  } catch (cause) {
    throw untrusted(`the manifest of the image: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

async function fetchChecked(s3: S3Client, Bucket: string, { name, sha256, bytes }: ImageManifest['image'], folder: string): Promise<void> {
  const file = join(folder, name)
  if ((await sha256Of(file).catch(() => '')) === sha256) return // a former run has it
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: imageKeys.file(sha256, name) }))
  const half = `${file}.part`
  if ((await saved((Body?.transformToWebStream() ?? []) as AsyncIterable<Uint8Array>, half)) !== sha256) {
    const { size } = await stat(half)
    await rm(half)
    throw untrusted(`${name}: ${size} bytes came, and they are not the ${bytes} that were signed`)
  }
  await rename(half, file)
}

const storeOf = (target: Target) => ({ s3: named(new S3Client(s3Config(target))), Bucket: target.names.stateBucket })

const noneYet = (stage: string, flavour: string) => (error: unknown) => {
  if (error instanceof NoSuchKey) throw new FleetError('IMAGE_MISSING', `stage ${stage} has no image of flavour ${flavour} yet`, `Build one: fleet image build --stage ${stage} --flavour ${flavour}, or start the workflow image.yml.`)
  throw error
}

const untrusted = (what: string, cause?: unknown) => new FleetError('IMAGE_UNTRUSTED', `the image must not be used: ${what}`, 'Do not flash it. Download it again; if it stays, build the image anew and find out who writes to the bucket.', { cause })

