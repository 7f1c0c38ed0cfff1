// sandbox/src/site/docker/registry.testing.ts: a tiny OCI registry in memory, and images to put into it, for the tests of the docker stand-in.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

export interface TestRegistry extends AsyncDisposable {
  readonly address: string
  /** Requests so far: `GET /v2/…`. */
  readonly asked: string[]
  /** Adds an image; answers its digest. */
  push(repository: string, tag: string, image: TestImage): Promise<string>
  /** A blob or manifest that shall be answered with other bytes. */
  corrupt(digest: string): void
  /** Calls this when half of that blob was sent; the rest never is. */
  stallAt(digest: string, onStall: () => void): void
  digestOfLayer(repository: string, tag: string, index: number): string
}

export interface TestImage {
  readonly architecture?: string
  readonly config: Record<string, unknown>
  /** Per layer: path → text, or a symlink's target, or null for a folder. */
  readonly layers: readonly Readonly<Record<string, string | { readonly link: string } | { readonly hardlink: string } | null>>[]
  /** In an index, with this one for linux/arm64 and another for linux/amd64. */
  readonly inIndex?: boolean
}

const sha256 = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** `login`: `user:password` that is asked for, in the way of Docker's registries (bearer) or of ECR (basic). */
export async function testRegistry(login?: { readonly scheme: 'basic' | 'bearer'; readonly auth: string }): Promise<TestRegistry> {
  const blobs = new Map<string, Uint8Array>()
  const manifests = new Map<string, { readonly type: string; readonly bytes: Uint8Array }>()
  const asked: string[] = []
  let stalling: { readonly digest: string; readonly onStall: () => void } | undefined
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const token = 'a-token'
  const mayEnter = ({ headers: { authorization } }: IncomingMessage) =>
    login === undefined || authorization === (login.scheme === 'bearer' ? `Bearer ${token}` : `Basic ${Buffer.from(login.auth).toString('base64')}`)
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const fail = (status: number, code: string, message: string, headers = {}) => void response.writeHead(status, headers).end(JSON.stringify({ errors: [{ code, message }] }))
    const url = new URL(request.url ?? '', `http://${address}`)
    if (url.pathname === '/token') {
      const isRight = request.headers.authorization === `Basic ${Buffer.from(login?.auth ?? '').toString('base64')}`
      return void response.writeHead(isRight ? 200 : 401).end(isRight ? JSON.stringify({ token }) : '{}')
    }
    if (!mayEnter(request)) {
      const challenge = login?.scheme === 'bearer' ? `Bearer realm="http://${address}/token",service="test"` : `Basic realm="http://${address}/"`
      return fail(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge })
    }
    if (url.pathname === '/v2/') return void response.end('{}')
    const [, repository = '', kind, wanted = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? []
    if (![...manifests.keys()].some((key) => key.startsWith(`${repository} `))) return fail(404, 'NAME_UNKNOWN', `The repository with name '${repository}' does not exist`)
    const manifest = manifests.get(`${repository} ${wanted}`)
    if (kind === 'manifests') return manifest ? void response.writeHead(200, { 'content-type': manifest.type }).end(manifest.bytes) : fail(404, 'MANIFEST_UNKNOWN', 'Requested image not found')
    if (url.searchParams.has('redirected')) {
      const bytes = blobs.get(wanted) ?? new Uint8Array()
      if (stalling?.digest !== wanted) return void response.end(bytes)
      response.setHeader('content-length', bytes.length)
      return void response.write(bytes.subarray(0, bytes.length / 2), stalling.onStall)
    }
    return blobs.has(wanted) ? void response.writeHead(307, { location: `${url.pathname}?redirected=1` }).end() : fail(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
  }
  const addManifest = (repository: string, content: unknown, type: string, tag?: string) => {
    const bytes = Buffer.from(JSON.stringify(content))
    const digest = sha256(bytes)
    for (const name of tag === undefined ? [digest] : [digest, tag]) manifests.set(`${repository} ${name}`, { type, bytes })
    return { mediaType: type, digest, size: bytes.length }
  }
  const addBlob = (bytes: Uint8Array, mediaType: string) => {
    blobs.set(sha256(bytes), bytes)
    return { mediaType, digest: sha256(bytes), size: bytes.length }
  }
  return {
    address,
    asked,
    async push(repository, tag, { architecture = 'arm64', config, layers, inIndex = false }) {
      const tars = await Promise.all(layers.map(tarOf))
      const image = { architecture, os: 'linux', config, rootfs: { type: 'layers', diff_ids: tars.map(sha256) } }
      const manifest = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: addBlob(Buffer.from(JSON.stringify(image)), 'application/vnd.oci.image.config.v1+json'),
        layers: tars.map((tar) => addBlob(gzipSync(tar), 'application/vnd.oci.image.layer.v1.tar+gzip')),
      }
      if (!inIndex) return addManifest(repository, manifest, manifest.mediaType, tag).digest
      const own = { ...addManifest(repository, manifest, manifest.mediaType), platform: { os: 'linux', architecture } }
      const other = { ...own, digest: sha256('other'), platform: { os: 'linux', architecture: 'amd64' } }
      return addManifest(repository, { schemaVersion: 2, manifests: [other, own] }, 'application/vnd.oci.image.index.v1+json', tag).digest
    },
    corrupt(digest) {
      const bytes = blobs.get(digest) ?? new Uint8Array()
      blobs.set(digest, Buffer.concat([bytes, Buffer.of(0)]))
    },
    stallAt: (digest, onStall) => void (stalling = { digest, onStall }),
    digestOfLayer(repository, tag, index) {
      const { layers } = JSON.parse(Buffer.from(manifests.get(`${repository} ${tag}`)?.bytes ?? []).toString()) as { layers: { digest: string }[] }
      return layers[index]?.digest ?? ''
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function tarOf(layer: TestImage['layers'][number]): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(layer)) {
    if (content === null) tar.entry({ name, type: 'directory' })
    else if (typeof content === 'string') tar.entry({ name, mode: 0o644 }, content)
    else if ('link' in content) tar.entry({ name, type: 'symlink', linkname: content.link })
    else tar.entry({ name, type: 'link', linkname: content.hardlink })
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
