// sandbox/src/cloud/ecr/registry.test.ts: pushing to and pulling from the registry by the OCI distribution spec.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../store/store.ts'
import { PIECE_BYTES } from './layers.ts'
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from './manifest.ts'
import { ACCOUNT, DEVICE, ecrBench, OWNER, sha256 } from './testing.ts'

const REPOSITORY = 'fleet-dev/led'
async function bench(options: Parameters<typeof ecrBench>[0] = {}) {
  const bench = await ecrBench(options)
  await bench.call('CreateRepository', { repositoryName: REPOSITORY, imageTagMutability: 'IMMUTABLE' })
  return bench
}
const errorOf = async (response: Response) => ((await response.json()) as { errors: { code: string; message: string }[] }).errors[0]

test('an image is pushed, and pulled by tag and by digest', async () => {
  const b = await bench()
  const { digest, status } = await b.push(REPOSITORY, { tag: '1.0.0', layers: ['one', 'two'], config: { architecture: 'arm64' } })
  expect(status).toBe(201)
  for (const reference of ['1.0.0', digest]) {
    const pulled = await b.fetch(`/v2/${REPOSITORY}/manifests/${reference}`)
    expect(pulled.headers.get('docker-content-digest')).toBe(digest)
    expect(pulled.headers.get('content-type')).toBe(OCI_MANIFEST)
    const text = await pulled.text()
    expect(sha256(text)).toBe(digest)
    const { layers } = JSON.parse(text) as { layers: { digest: string }[] }
    expect(await (await b.fetch(`/v2/${REPOSITORY}/blobs/${layers[1]?.digest ?? ''}`)).text()).toBe('two')
  }
  const head = await b.fetch(`/v2/${REPOSITORY}/manifests/1.0.0`, { method: 'HEAD' })
  expect([head.status, head.headers.get('docker-content-digest'), await head.text()]).toEqual([200, digest, ''])
  expect((await b.call('DescribeImages', { repositoryName: REPOSITORY })).imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['1.0.0'], imageManifestMediaType: OCI_MANIFEST, lastRecordedPullTime: expect.any(Date) }])
})

test('a large layer comes in chunks, goes on after a restart, and is read in ranges', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecr-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const layer = randomBytes(2 * PIECE_BYTES + 17)
  let location: string
  {
    using store = openStore(join(folder, 'state'))
    const b = await bench({ store })
    const begun = await b.fetch(`/v2/${REPOSITORY}/blobs/uploads/`, { method: 'POST' })
    expect([begun.status, begun.headers.get('range')]).toEqual([202, '0-0'])
    const first = layer.subarray(0, PIECE_BYTES + 5)
    const chunk = await b.fetch(begun.headers.get('location') ?? '', { method: 'PATCH', body: new Uint8Array(first), headers: { 'content-range': `0-${first.byteLength - 1}` } })
    location = chunk.headers.get('location') ?? ''
    expect([chunk.status, chunk.headers.get('range')]).toEqual([202, `0-${first.byteLength - 1}`])
  }
  using store = openStore(join(folder, 'state'))
  const b = await ecrBench({ store })
  const status = await b.fetch(location)
  expect([status.status, status.headers.get('range')]).toEqual([204, `0-${PIECE_BYTES + 4}`])
  expect((await b.fetch(location, { method: 'PATCH', body: 'x', headers: { 'content-range': '3-3' } })).status).toBe(416)
  const done = await b.fetch(`${location}?digest=${sha256(layer)}`, { method: 'PUT', body: new Uint8Array(layer.subarray(PIECE_BYTES + 5)) })
  expect([done.status, done.headers.get('docker-content-digest')]).toEqual([201, sha256(layer)])
  const blob = `/v2/${REPOSITORY}/blobs/${sha256(layer)}`
  expect(sha256(new Uint8Array(await (await b.fetch(blob)).arrayBuffer()))).toBe(sha256(layer))
  const part = await b.fetch(blob, { headers: { range: `bytes=${PIECE_BYTES - 3}-${PIECE_BYTES + 2}` } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${PIECE_BYTES - 3}-${PIECE_BYTES + 2}/${layer.byteLength}`])
  expect(Buffer.from(await part.arrayBuffer())).toEqual(layer.subarray(PIECE_BYTES - 3, PIECE_BYTES + 3))
  expect((await b.fetch(blob, { headers: { range: 'bytes=99999999-' } })).status).toBe(416)
})

test('a blob in one request, and one that another repository has, mounted', async () => {
  const b = await bench()
  await b.call('CreateRepository', { repositoryName: 'other' })
  expect((await b.fetch(`/v2/${REPOSITORY}/blobs/uploads/?digest=${sha256('whole')}`, { method: 'POST', body: 'whole' })).status).toBe(201)
  const mounted = await b.fetch(`/v2/other/blobs/uploads/?mount=${sha256('whole')}&from=${REPOSITORY}`, { method: 'POST' })
  expect(mounted.status).toBe(201)
  expect((await b.fetch(`/v2/other/blobs/uploads/?mount=${sha256('absent')}&from=${REPOSITORY}`, { method: 'POST' })).status).toBe(202)
  await b.call('DeleteRepository', { repositoryName: REPOSITORY, force: true })
  expect(await (await b.fetch(`/v2/other/blobs/${sha256('whole')}`)).text()).toBe('whole')
  await b.call('DeleteRepository', { repositoryName: 'other' })
  expect(b.store.table('ecr_layer_contents').count()).toBe(0)
})

test('an index needs its manifests, and keeps them', async () => {
  const b = await bench()
  const { digest } = await b.push(REPOSITORY, {})
  const indexOf = (child: string) => JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, digest: child, size: 7, platform: { architecture: 'arm64', os: 'linux' } }] })
  const put = (child: string) => b.fetch(`/v2/${REPOSITORY}/manifests/1`, { method: 'PUT', body: indexOf(child), headers: { 'content-type': OCI_INDEX } })
  expect(await errorOf(await put(sha256('absent')))).toMatchObject({ code: 'MANIFEST_BLOB_UNKNOWN' })
  expect((await put(digest)).status).toBe(201)
  expect((await b.call('BatchDeleteImage', { repositoryName: REPOSITORY, imageIds: [{ imageDigest: digest }] })).failures).toMatchObject([{ failureCode: 'ImageReferencedByManifestList' }])
  expect((await b.call('BatchDeleteImage', { repositoryName: REPOSITORY, imageIds: [{ imageTag: '1' }, { imageDigest: digest }] })).failures).toEqual([])
})

test.each<[string, string | object, string, string]>([
  ['is not JSON', 'x', OCI_MANIFEST, 'MANIFEST_INVALID'],
  ['is not what it says', { schemaVersion: 2, mediaType: OCI_MANIFEST, config: {}, layers: [] }, OCI_MANIFEST, 'MANIFEST_INVALID'],
  ['says two things', { schemaVersion: 2, mediaType: OCI_MANIFEST, config: { digest: sha256(''), size: 0 }, layers: [] }, DOCKER_MANIFEST, 'MANIFEST_INVALID'],
  ['is of an old kind', { schemaVersion: 1 }, 'application/vnd.docker.distribution.manifest.v1+json', 'MANIFEST_INVALID'],
  ['lacks its layers', { schemaVersion: 2, config: { digest: sha256('absent'), size: 6 }, layers: [] }, OCI_MANIFEST, 'MANIFEST_BLOB_UNKNOWN'],
])('a manifest that %s is refused', async (_case, manifest, contentType, code) => {
  const b = await bench()
  const body = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  expect(await errorOf(await b.fetch(`/v2/${REPOSITORY}/manifests/1`, { method: 'PUT', body, headers: { 'content-type': contentType } }))).toMatchObject({ code })
  expect((await b.fetch(`/v2/${REPOSITORY}/manifests/1`)).status).toBe(404)
})

test('a tag is taken once in an immutable repository, even for the same image', async () => {
  const b = await bench()
  await b.push(REPOSITORY, { tag: '1.0.0' })
  for (const layers of [['layer'], ['other']]) {
    const again = await b.push(REPOSITORY, { tag: '1.0.0', layers })
    expect(again.status).toBe(400)
    expect(again.body).toContain("The image tag '1.0.0' already exists in the 'fleet-dev/led' repository and cannot be overwritten because the tag is immutable.")
  }
  await b.call('PutImageTagMutability', { repositoryName: REPOSITORY, imageTagMutability: 'MUTABLE' })
  const moved = await b.push(REPOSITORY, { tag: '1.0.0', layers: ['other'] })
  expect((await b.fetch(`/v2/${REPOSITORY}/manifests/1.0.0`)).headers.get('docker-content-digest')).toBe(moved.digest)
  expect((await b.call('ListImages', { repositoryName: REPOSITORY, filter: { tagStatus: 'UNTAGGED' } })).imageIds).toHaveLength(1)
})

test('bytes that do not fit their digest are thrown away', async () => {
  const b = await bench()
  const wrong = await b.fetch(`/v2/${REPOSITORY}/blobs/uploads/?digest=${sha256('what was promised')}`, { method: 'POST', body: 'what came' })
  expect([wrong.status, (await errorOf(wrong))?.code]).toEqual([400, 'DIGEST_INVALID'])
  expect((await b.fetch(`/v2/${REPOSITORY}/blobs/${sha256('what was promised')}`)).status).toBe(404)
  expect(b.store.table('ecr_uploads').count()).toBe(0)
  const { digest } = await b.push(REPOSITORY, {})
  const manifest = await (await b.fetch(`/v2/${REPOSITORY}/manifests/${digest}`)).text()
  expect(await errorOf(await b.fetch(`/v2/${REPOSITORY}/manifests/${sha256('x')}`, { method: 'PUT', body: manifest, headers: { 'content-type': OCI_MANIFEST } }))).toMatchObject({ code: 'DIGEST_INVALID' })
})

test('who is nobody, forged or late is told so', async () => {
  const b = await bench()
  const nobody = await b.fetch('/v2/', { as: 'nobody' })
  expect([nobody.status, nobody.headers.get('www-authenticate'), nobody.headers.get('docker-distribution-api-version')]).toEqual([401, `Basic realm="${b.origin}/",service="ecr.amazonaws.com"`, 'registry/2.0'])
  expect(await errorOf(nobody)).toMatchObject({ code: 'UNAUTHORIZED' })
  const { authorizationData } = await b.call('GetAuthorizationToken', {})
  const token = authorizationData?.[0]?.authorizationToken ?? ''
  const [, password = ''] = Buffer.from(token, 'base64').toString().split(':')
  const [payload = '', seal = ''] = password.split('.')
  const forged = Buffer.from(payload, 'base64url').toString().replace('AKIATEST', 'AKIAELSE')
  const basic = (user: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` })
  expect((await b.fetch('/v2/', { as: 'nobody', headers: basic('AWS', password) })).status).toBe(200)
  expect((await b.fetch('/v2/', { as: 'nobody', headers: basic('AWS', `${Buffer.from(forged).toString('base64url')}.${seal}`) })).status).toBe(401)
  expect((await b.fetch('/v2/', { as: 'nobody', headers: basic('root', password) })).status).toBe(401)
  b.clock.advance(12 * 60 * 60_000 + 1000)
  const late = await b.fetch('/v2/', { as: 'nobody', headers: basic('AWS', password) })
  expect([late.status, await errorOf(late)]).toEqual([403, { code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.' }])
})

test('a role session does only what its policies, or the repository\'s, allow', async () => {
  const pull = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
  const arn = `arn:aws:ecr:eu-central-1:${ACCOUNT.accountId}:repository/${REPOSITORY}`
  const b = await bench({ permits: (principal, action, resource) => principal.kind === 'account' || (pull.includes(action) && resource === arn) })
  const { digest } = await b.push(REPOSITORY, {})
  await b.call('CreateRepository', { repositoryName: 'secret' })
  const as = (path: string, method = 'GET') => b.fetch(path, { as: DEVICE, method })
  expect((await as(`/v2/${REPOSITORY}/manifests/${digest}`)).status).toBe(200)
  expect((await as(`/v2/${REPOSITORY}/blobs/${sha256('layer')}`)).status).toBe(200)
  const refused = await as(`/v2/${REPOSITORY}/blobs/uploads/`, 'POST')
  expect([refused.status, (await errorOf(refused))?.message]).toEqual([403, `User: ${DEVICE.arn} is not authorized to perform: ecr:InitiateLayerUpload on resource: ${arn} because no identity-based policy allows the ecr:InitiateLayerUpload action`])
  expect((await as('/v2/secret/manifests/1')).status).toBe(403)
  expect((await as('/v2/absent/manifests/1')).status).toBe(403) // not 404: nothing is told
  await b.call('SetRepositoryPolicy', { repositoryName: 'secret', policyText: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT.accountId}:role/device` }, Action: 'ecr:BatchGetImage' }] }) })
  expect((await as('/v2/secret/manifests/1')).status).toBe(404)
  expect((await as(`/v2/secret/blobs/${digest}`)).status).toBe(403)
})

test('tags are listed page by page', async () => {
  const b = await bench()
  for (const tag of ['c', 'a', 'b']) await b.push(REPOSITORY, { tag })
  const first = await b.fetch(`/v2/${REPOSITORY}/tags/list?n=2`)
  expect(await first.json()).toEqual({ name: REPOSITORY, tags: ['a', 'b'] })
  const next = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await b.fetch(next)
  expect([await second.json(), second.headers.get('link')]).toEqual([{ name: REPOSITORY, tags: ['c'] }, null])
})

test('what the registry does not do says so', async () => {
  const b = await bench()
  expect(await errorOf(await b.fetch(`/v2/${REPOSITORY}/manifests/1`, { method: 'DELETE' }))).toMatchObject({ code: 'UNSUPPORTED' })
  expect(await errorOf(await b.fetch('/v2/absent/manifests/1', { as: OWNER }))).toMatchObject({ code: 'NAME_UNKNOWN' })
  expect(await errorOf(await b.fetch(`/v2/${REPOSITORY}/manifests/absent`))).toMatchObject({ code: 'MANIFEST_UNKNOWN' })
})
