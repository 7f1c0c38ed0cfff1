// ops/src/image/image.test.ts: nothing that is not pinned gets into an image; pins come from what a server really sends; signatures and SBOM.
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { download, fetched, sha256Of } from './fetch-source.ts'
import { pin } from './pin.ts'
import { installed, spdx } from './sbom.ts'
import { isSignatureOf, KEY_VARIABLE, newSigningKeys, privateKeyOf, signatureOf } from './signing.ts'
import { runTool } from './tool.ts'
import { pinnedSources, readVersions } from './versions.ts'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fleet-image-test-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** A publisher: path → body. */
async function publisher(files: Record<string, string>): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const body = files[url]
    response.writeHead(body === undefined ? 404 : 200).end(body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's address
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function versionsFile(origin: string, sha: string | null = null): Promise<string> {
  const file = join(await folder(), 'versions.json')
  const source = (name: string) => ({ url: `${origin}/${name}`, sha256: sha, digestFrom: sha && 'somebody' })
  await writeFile(file, JSON.stringify({ raspberryPiOs: source('os.img.xz'), nucleus: source('nucleus.zip'), claimPlugin: source('plugin.jar') }))
  return file
}

test('the versions of this repository are pinned, each with who says so, and none is «latest»', () => {
  const versions = readVersions()
  expect(Object.keys(pinnedSources(versions, 'pi'))).toEqual(['raspberryPiOs', 'nucleus', 'claimPlugin'])
  for (const { url, digestFrom } of Object.values(versions)) expect([url, digestFrom]).toEqual([expect.stringMatching(/^https:.*\d+[.-]\d+[.-]\d+/), expect.any(String)])
})

test('an unpinned build is refused, and everything that is not pinned is named', async () => {
  const versions = readVersions(await versionsFile('https://publisher.test'))
  expect(() => pinnedSources(versions, 'pi')).toThrow(/no SHA-256 of raspberryPiOs, nucleus, claimPlugin/)
  expect(() => pinnedSources(versions, 'generic')).toThrow(/no SHA-256 of nucleus, claimPlugin/)
  expect(pinnedSources({ ...versions, nucleus: { url: 'https://a.test', sha256: sha256(''), digestFrom: 'a' }, claimPlugin: { url: 'https://b.test', sha256: sha256(''), digestFrom: 'b' } }, 'generic')).toHaveProperty('nucleus')
})

test.each([['no JSON', '{'], ['a digest that is none', '{"raspberryPiOs":{"url":"https://a.test","sha256":"abc"},"nucleus":null,"claimPlugin":null}']])('%s is refused', async (_case, text) => {
  const file = join(await folder(), 'versions.json')
  await writeFile(file, text)
  expect(() => readVersions(file)).toThrow(expect.objectContaining({ code: 'IMAGE_SOURCE_INVALID' }))
})

test('pinning writes down what came, compared with what the publisher says', async () => {
  const origin = await publisher({ '/os.img.xz': 'os', '/os.img.xz.sha256': `${sha256('os')}  os.img.xz\n`, '/nucleus.zip': 'nucleus', '/plugin.jar': 'plugin' })
  const file = await versionsFile(origin)
  const steps = await pin({ file })
  expect(steps.map(({ name, sha256: now, confirmedBy }) => [name, now, confirmedBy !== undefined])).toEqual([
    ['raspberryPiOs', sha256('os'), true],
    ['nucleus', sha256('nucleus'), false],
    ['claimPlugin', sha256('plugin'), false],
  ])
  expect(Object.keys(pinnedSources(readVersions(file), 'pi'))).toHaveLength(3)
  const { raspberryPiOs, nucleus } = readVersions(file)
  expect([raspberryPiOs.digestFrom, nucleus.digestFrom]).toEqual([`${origin}/os.img.xz.sha256`, 'what came when it was pinned'])
})

test('pinned again, who vouched for a digest is kept while it is the same', async () => {
  const origin = await publisher({ '/os.img.xz': 'n', '/nucleus.zip': 'n', '/plugin.jar': 'p' })
  const file = await versionsFile(origin, sha256('n'))
  await pin({ file })
  const { nucleus, claimPlugin } = readVersions(file)
  expect(nucleus).toMatchObject({ sha256: sha256('n'), digestFrom: 'somebody' })
  expect(claimPlugin).toMatchObject({ sha256: sha256('p'), digestFrom: 'what came when it was pinned' })
})

test.each([
  ['the publisher says another digest', { '/os.img.xz': 'os', '/os.img.xz.sha256': `${sha256('another')}  os.img.xz\n`, '/nucleus.zip': 'n', '/plugin.jar': 'p' }, 'IMAGE_SOURCE_WRONG'],
  ['one of them is not there', { '/os.img.xz': 'os', '/nucleus.zip': 'n' }, 'IMAGE_SOURCE_UNREACHABLE'],
])('when %s, nothing is pinned', async (_case, files, code) => {
  const file = await versionsFile(await publisher(files))
  const before = await readFile(file, 'utf8')
  await expect(pin({ file })).rejects.toMatchObject({ code })
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('what is fetched is what was pinned, also when it comes from the cache', async () => {
  const url = `${await publisher({ '/nucleus.zip': 'nucleus' })}/nucleus.zip`
  const cache = await folder()
  const file = await fetched({ url, sha256: sha256('nucleus') }, cache)
  expect(await sha256Of(file)).toBe(sha256('nucleus'))
  await writeFile(file, 'rotten')
  expect(await fetched({ url, sha256: sha256('nucleus') }, cache)).toBe(file)
  expect(await readFile(file, 'utf8')).toBe('nucleus')
  await expect(fetched({ url, sha256: sha256('of yesterday') }, cache)).rejects.toMatchObject({ code: 'IMAGE_SOURCE_WRONG' })
  expect(await readdir(cache)).toHaveLength(1)
})

test('a download that breaks off leaves nothing', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('half', () => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const into = await folder()
  await expect(download(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a`, join(into, 'a'))).rejects.toMatchObject({ code: 'IMAGE_SOURCE_UNREACHABLE' })
  expect(await readdir(into)).toEqual([])
})

test('only the private half of the key in the repository signs', async () => {
  const [ours, others] = [newSigningKeys(), newSigningKeys()]
  const file = join(await folder(), 'key.pub.pem')
  await writeFile(file, ours.publicPem)
  expect(privateKeyOf({ [KEY_VARIABLE]: ours.privatePem }, file)).toBe(ours.privatePem)
  for (const wrong of [undefined, 'nonsense', others.privatePem]) expect(() => privateKeyOf({ [KEY_VARIABLE]: wrong }, file)).toThrow(expect.objectContaining({ code: 'IMAGE_KEY_MISSING' }))
  const signature = signatureOf('manifest', ours.privatePem)
  expect(isSignatureOf('manifest', signature, ours.publicPem)).toBe(true)
  expect(isSignatureOf('manifesT', signature, ours.publicPem)).toBe(false)
  expect(isSignatureOf('manifest', signature, others.publicPem)).toBe(false)
})

test('the SBOM lists what dpkg has installed, and the pinned sources', () => {
  const dpkgStatus = 'Package: openssl\nStatus: install ok installed\nArchitecture: arm64\nVersion: 3.5.1-1\n\nPackage: gone\nStatus: deinstall ok config-files\nArchitecture: arm64\nVersion: 1\n\nPackage: adduser\nStatus: install ok installed\nArchitecture: all\nVersion: 3.152\n'
  expect(installed(dpkgStatus).map(({ name }) => name)).toEqual(['adduser', 'openssl'])
  expect(spdx({ namespace: 'urn:uuid:1', createdAt: '2026-11-21T00:00:00.000Z', dpkgStatus, sources: { nucleus: { url: 'https://a.test/n.zip', sha256: sha256('n') } } })).toMatchObject({
    spdxVersion: 'SPDX-2.3',
    packages: [{ name: 'nucleus', checksums: [{ checksumValue: sha256('n') }] }, { name: 'adduser' }, { name: 'openssl', externalRefs: [{ referenceLocator: 'pkg:deb/debian/openssl@3.5.1-1?arch=arm64' }] }],
  })
})

test('a tool that fails is told with its last words, one that is missing by its name', async () => {
  await expect(runTool('sh', ['-c', 'echo out of space >&2; exit 3'])).rejects.toMatchObject({ code: 'IMAGE_BUILD_FAILED', message: expect.stringContaining('out of space') as string })
  await expect(runTool('no-such-tool', [])).rejects.toMatchObject({ code: 'IMAGE_BUILD_FAILED', message: expect.stringContaining('no-such-tool') as string })
})
