// ops/src/image/base-image.test.ts: what the images of a release share is laid for the card: for arm64, as the registry has it, each blob what its digest says.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { layBaseImage, sharedLayers } from './base-image.ts'
import { imageAt } from './released-images.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const described = (text: string, mediaType: string) => ({ mediaType, digest: digestOf(text), size: Buffer.byteLength(text) })

/** The texts of an image, the last one its index. A layer is «compressed» by a bracket. */
function image(layers: readonly string[], architecture = 'arm64'): readonly string[] {
  const config = JSON.stringify({ architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: layers.map(digestOf) } })
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: described(config, 'config'), layers: layers.map((text) => described(`(${text})`, LAYER)) })
  const attestation = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: described('{}', 'config'), layers: [described('how it was built', 'layer')] })
  const index = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [{ ...described(attestation, MANIFEST), platform: { os: 'unknown', architecture: 'unknown' } }, { ...described(manifest, MANIFEST), platform: { os: 'linux', architecture } }] })
  return [...layers.map((text) => `(${text})`), config, attestation, manifest, index]
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fleet-base-image-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** A registry that wants to know who asks; `spoilt`: a digest behind which something else lies. */
async function registry(texts: readonly string[], spoilt?: string) {
  const contents = new Map(texts.map((text) => [digestOf(text), text]))
  const server = createServer(({ url = '', headers: { authorization } }, response) => {
    const digest = url.split('/').at(-1) ?? ''
    if (authorization !== 'Basic x') response.writeHead(401).end()
    else response.writeHead(contents.has(digest) ? 200 : 404).end(digest === spoilt ? 'something else' : contents.get(digest))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, repository: 'fleet-dev/led', authorization: 'Basic x' } // a TCP server's address
}

const LED = image(['node and its libraries', 'addon', 'led'])
const BUTTON = image(['node and its libraries', 'addon', 'button'])
const last = (texts: readonly string[]) => digestOf(texts.at(-1) ?? '')

/** Both components as that registry has them. */
async function released(spoilt?: string, texts: readonly string[] = [...LED, ...BUTTON]) {
  const [at, cache] = [await registry(texts, spoilt), await folder()]
  return { at, cache, images: () => Promise.all([LED, BUTTON].map((one) => imageAt({ ...at, digest: last(one) }, cache))) }
}

test('what two components share is laid as an OCI image layout, and nothing else', async () => {
  const [{ images }, out] = [await released(), join(await folder(), 'layout')]
  const { layers, bytes } = await layBaseImage(await images(), out)
  expect(layers.map(({ digest }) => digest)).toEqual(['(node and its libraries)', '(addon)'].map(digestOf))
  expect(bytes).toBe('(node and its libraries)(addon)'.length)
  const { manifests: [named] } = JSON.parse(await readFile(join(out, 'index.json'), 'utf8')) as { manifests: [{ digest: string }] }
  const blob = async (digest: string) => await readFile(join(out, 'blobs/sha256', digest.slice(7)), 'utf8')
  const manifest = JSON.parse(await blob(named.digest)) as { config: { digest: string }; layers: { digest: string }[] }
  expect(await Promise.all(manifest.layers.map(({ digest }) => blob(digest)))).toEqual(['(node and its libraries)', '(addon)'])
  expect(JSON.parse(await blob(manifest.config.digest))).toMatchObject({ architecture: 'arm64', os: 'linux', rootfs: { diff_ids: ['node and its libraries', 'addon'].map(digestOf) } })
  expect(await readdir(join(out, 'blobs/sha256'))).toHaveLength(4)
})

test('an image without an index is as good', async () => {
  const { at, cache } = await released()
  expect((await imageAt({ ...at, digest: digestOf(LED.at(-2) ?? '') }, cache)).layers).toHaveLength(3)
})

const layer = (digest: string, size = 1) => ({ mediaType: LAYER, digest, size, diffId: digest })
const named = (images: readonly string[]) => sharedLayers(images.map((text) => Array.from(text, (name) => layer(name, name === 'N' ? 40 : 5)))).map(({ digest }) => digest).join('')

test.each([
  ['all layers that all begin with', ['Nal', 'Nab', 'Nar'], 'Na'],
  ['what most stand on, after some were published on another base', ['Nal', 'Nab', 'Xar'], 'Na'],
  ['not what lies at another place: Docker knows a layer by all below it', ['lNa', 'bNa'], ''],
  ['the large part of all before a bit more of a few', ['Nal', 'Nab', 'Ncx', 'Ncy', 'Ndz'], 'N'],
  ['nothing of a single one', ['Na'], ''],
])('%s', (_case, images, expected) => {
  expect(named(images)).toBe(expected)
})

test.each([
  ['a layer that is something else', digestOf('(addon)'), [...LED, ...BUTTON], 'IMAGE_SOURCE_WRONG'],
  ['a layer that is gone', undefined, [...LED, ...BUTTON].filter((text) => text !== '(addon)'), 'IMAGE_SOURCE_UNREACHABLE'],
])('%s is refused', async (_case, spoilt, texts, code) => {
  const { images } = await released(spoilt, texts)
  await expect(layBaseImage(await images(), join(await folder(), 'layout'))).rejects.toMatchObject({ code })
})

test('images that share nothing, and one that has nothing for arm64, are refused', async () => {
  const other = image(['of another machine'], 'riscv64')
  const at = await registry([...LED, ...other])
  const led = await imageAt({ ...at, digest: last(LED) }, await folder())
  await expect(layBaseImage([led], join(await folder(), 'layout'))).rejects.toMatchObject({ code: 'IMAGE_SOURCE_WRONG' })
  await expect(imageAt({ ...at, digest: last(other) }, await folder())).rejects.toMatchObject({ code: 'IMAGE_SOURCE_WRONG' })
})
