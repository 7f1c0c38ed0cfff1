// e2e/00-image.test.ts: the image of an SD card: in its store, fetched and checked; and the folder of the boot partition by which its devices find their cloud.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { imageKeys } from '@fleet/contract/names'
import { s3Config } from '@fleet/ops/aws/client-config'
import { layBaseImage } from '@fleet/ops/image/base-image'
import { bootFolder } from '@fleet/ops/image/boot-folder'
import { releasedImages } from '@fleet/ops/image/released-images'
import { newSigningKeys, signatureOf } from '@fleet/ops/image/signing'
import { downloadImage, fileOf, upload, type ImageManifest } from '@fleet/ops/image/stored-image'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

let sandbox: RunningSandbox
let s3: S3Client
let folder: string
const keys = newSigningKeys()

beforeAll(async () => {
  sandbox = await runningSandbox({ allowed: [serial(1)] })
  s3 = new S3Client(s3Config(sandbox.target))
  folder = await mkdtemp(join(tmpdir(), 'fleet-image-e2e-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await sandbox[Symbol.asyncDispose]()
})

async function manifest(): Promise<ImageManifest> {
  await writeFile(join(folder, 'a.img.xz'), Buffer.alloc(9 * 1024 * 1024, 'x'))
  await writeFile(join(folder, 'a.spdx.json'), '{}')
  return { stage: 'dev', flavour: 'pi', builtAt: '2026-11-21T10:00:00.000Z', image: await fileOf(folder, 'a.img.xz'), sbom: await fileOf(folder, 'a.spdx.json'), sources: {} }
}
let uploaded: ImageManifest
beforeEach(async () => {
  uploaded = await manifest()
  await upload(sandbox.target, { folder, manifest: uploaded }, keys.privatePem)
})

const Bucket = () => sandbox.target.names.stateBucket
const fetchIt = (into: string, publicPem = keys.publicPem, flavour: 'pi' | 'generic' = 'pi') => downloadImage(sandbox.target, { flavour, folder: into, publicPem })
const signedBy = (what: ImageManifest, privatePem: string) => {
  const text = JSON.stringify(what)
  return JSON.stringify({ manifest: text, signature: signatureOf(text, privatePem) })
}
const store = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body }))

test('what was built is fetched and is the same, byte for byte', async () => {
  const into = join(folder, 'good')
  expect((await fetchIt(into)).manifest).toEqual(uploaded)
  expect(await readdir(into)).toEqual(['a.img.xz', 'a.spdx.json'])
  expect((await readFile(join(into, 'a.img.xz'))).equals(await readFile(join(folder, 'a.img.xz')))).toBe(true)
})

test('the card carries what the components of the current release share, as their registry has it', async () => {
  const images = await releasedImages(sandbox.target, join(folder, 'cache'))
  expect(images).toHaveLength(5)
  const { layers } = await layBaseImage(images, join(folder, 'base-image'))
  expect(layers).toEqual(images[0]?.layers.slice(0, 1)) // the sandbox's Pis bring their Node with them: it is the addon
  expect(await fileOf(join(folder, 'base-image/blobs/sha256'), layers[0]?.digest.slice('sha256:'.length) ?? '')).toMatchObject({ sha256: layers[0]?.digest.slice('sha256:'.length) })
})

test('a download that was cut off is done anew', async () => {
  const into = join(folder, 'cut')
  await fetchIt(into)
  await writeFile(join(into, 'a.img.xz'), 'half')
  await writeFile(join(into, 'a.spdx.json.part'), 'h')
  await fetchIt(into)
  expect((await fileOf(into, 'a.img.xz')).sha256).toBe(uploaded.image.sha256)
})

test.each<[string, () => Promise<unknown>]>([
  ['an image that somebody has changed', () => store(imageKeys.file(uploaded.image.sha256, 'a.img.xz'), 'another image')],
  ['a manifest that somebody else has signed', () => store(imageKeys.current('pi'), signedBy(uploaded, newSigningKeys().privatePem))],
  ['the manifest of another stage', () => store(imageKeys.current('pi'), signedBy({ ...uploaded, stage: 'prod' }, keys.privatePem))],
  ['a manifest whose file would lie elsewhere', () => store(imageKeys.current('pi'), signedBy({ ...uploaded, image: { ...uploaded.image, name: '../a' } }, keys.privatePem))],
  ['no manifest at all', () => store(imageKeys.current('pi'), 'nonsense')],
])('%s is refused, and nothing of it is kept', async (what, tamper) => {
  await tamper()
  const into = join(folder, what)
  await expect(fetchIt(into)).rejects.toMatchObject({ code: 'IMAGE_UNTRUSTED' })
  expect((await readdir(into).catch(() => [])).filter((name) => name.includes('img'))).toEqual([])
})

test('a flavour that was never built is missing, and the message says how to build it', async () => {
  await expect(fetchIt(join(folder, 'none'), keys.publicPem, 'generic')).rejects.toMatchObject({ code: 'IMAGE_MISSING', remedy: expect.stringContaining('fleet image build') as string })
})

test('the signed manifest names the digests that the objects have', async () => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: Bucket(), Key: imageKeys.file(uploaded.sbom.sha256, 'a.spdx.json') }))
  expect(await Body?.transformToString()).toBe('{}')
})

test('the boot folder leads a virtual machine to this sandbox', async () => {
  const files = await bootFolder(sandbox.target, { sandboxHost: 'host.containers.internal' })
  expect(Object.keys(files).sort()).toEqual(['certificate.pem', 'private.key', 'root-ca.pem', 'settings.env'])
  expect(files['settings.env']).toMatch(/^IOT_DATA_ENDPOINT=host\.containers\.internal$/m)
  expect(files['settings.env']).toMatch(/^GREENGRASS_DATA_PLANE_ENDPOINT=https:\/\/host\.containers\.internal:\d+$/m)
})
