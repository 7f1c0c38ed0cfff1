// ops/src/image/base-image.test.ts: the components' base image comes from a registry as anybody reads it: by token, for arm64, each blob what its digest says.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { baseImageReference, layBaseImage } from './base-image.ts'
import { imageReference } from './registry-client.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const described = (text: string, mediaType: string) => ({ mediaType, digest: `sha256:${sha256(text)}`, size: Buffer.byteLength(text) })

const config = '{"architecture":"arm64","os":"linux"}'
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: described(config, 'config'), layers: [described('layer one', 'layer'), described('layer two', 'layer')] })
const other = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: described('{}', 'config'), layers: [described('of another machine', 'layer')] })
const index = (architecture: string) =>
  JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [{ ...described(other, MANIFEST), platform: { os: 'linux', architecture: 'amd64' } }, { ...described(manifest, MANIFEST), platform: { os: 'linux', architecture } }] })

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fleet-base-image-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** A registry that hands out tokens; `spoilt`: a digest behind which something else lies. */
async function registry(texts: readonly string[], { spoilt, hasTokens = true }: { readonly spoilt?: string; readonly hasTokens?: boolean } = {}): Promise<string> {
  const contents = new Map(texts.map((text) => [`sha256:${sha256(text)}`, text]))
  const server = createServer(({ url = '', headers: { authorization } }, response) => {
    const digest = url.split('/').at(-1) ?? ''
    const challenge = { 'www-authenticate': `Bearer realm="http://${address}/token",service="test",scope="repository:node:pull"` }
    if (url === '/token?service=test&scope=repository%3Anode%3Apull') response.writeHead(hasTokens ? 200 : 403).end('{"token":"for anybody"}')
    else if (authorization !== 'Bearer for anybody') response.writeHead(401, challenge).end()
    else response.writeHead(contents.has(digest) ? 200 : 404).end(digest === spoilt ? 'something else' : contents.get(digest))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address
  return address
}

const ALL = [index('arm64'), manifest, config, 'layer one', 'layer two']
const reference = (at: string, text: string) => ({ registry: at, repository: 'node', sha256: sha256(text) })

test('the components name a base image that can be had by digest', async () => {
  expect(await baseImageReference()).toEqual({ registry: 'docker.io', repository: 'library/node', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
  expect(imageReference('node:24')).toBeUndefined()
})

test('it is laid as an OCI image layout: what arm64 needs, and nothing else; a second time without the network', async () => {
  const options = { cache: await folder(), folder: join(await folder(), 'layout') }
  const at = await registry(ALL)
  const bytes = [manifest, config, 'layer one', 'layer two'].reduce((sum, text) => sum + text.length, 0)
  expect(await layBaseImage(reference(at, index('arm64')), options)).toBe(bytes)
  expect((await readdir(join(options.folder, 'blobs/sha256'))).sort()).toEqual([manifest, config, 'layer one', 'layer two'].map(sha256).sort())
  expect(JSON.parse(await readFile(join(options.folder, 'index.json'), 'utf8'))).toEqual({ schemaVersion: 2, manifests: [described(manifest, MANIFEST)] })
  const emptied = await registry([index('arm64')]) // all that it has is the name
  expect(await layBaseImage(reference(emptied, index('arm64')), options)).toBe(bytes)
})

test('a reference to the manifest of one machine is as good', async () => {
  const at = await registry(ALL)
  expect(await layBaseImage(reference(at, manifest), { cache: await folder(), folder: join(await folder(), 'layout') })).toBeGreaterThan(0)
})

test.each([
  ['a layer that is something else', () => registry(ALL, { spoilt: `sha256:${sha256('layer two')}` }), index('arm64'), 'IMAGE_SOURCE_WRONG'],
  ['an image that has nothing for arm64', () => registry([index('riscv64')]), index('riscv64'), 'IMAGE_SOURCE_WRONG'],
  ['a layer that is gone', () => registry(ALL.slice(0, -1)), index('arm64'), 'IMAGE_SOURCE_UNREACHABLE'],
  ['a registry that gives no token', () => registry(ALL, { hasTokens: false }), index('arm64'), 'IMAGE_SOURCE_UNREACHABLE'],
])('%s is refused', async (_case, begin, named, code) => {
  const options = { cache: await folder(), folder: join(await folder(), 'layout') }
  await expect(layBaseImage(reference(await begin(), named), options)).rejects.toMatchObject({ code })
})
