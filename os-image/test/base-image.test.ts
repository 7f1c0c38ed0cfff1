// os-image/test/base-image.test.ts: the base image goes from the card into a real container engine (podman), which then pulls of a component what stands on it alone.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'

const host = join(import.meta.dirname, '../host')
const run = promisify(execFile)
const canRun = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('podman', ['--version']).error === undefined && spawnSync('python3', ['--version']).error === undefined

/** A device with its card and an engine that has nothing yet, called by the name that the script calls. */
async function device() {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-engine-'))
  const path = (name: string) => join(folder, name)
  for (const name of ['bin', 'root/usr/lib/fleet']) await mkdir(path(name), { recursive: true })
  await writeFile(path('storage.conf'), `[storage]\ndriver = "vfs"\ngraphroot = "${path('graph')}"\nrunroot = "${path('state')}"\n`)
  await writeFile(path('bin/docker'), `#!/bin/sh\nexport CONTAINERS_STORAGE_CONF=${path('storage.conf')}\ncase $1 in pull) shift && exec podman pull --tls-verify=false "$@" ;; *) exec podman "$@" ;; esac\n`, { mode: 0o755 })
  const env = { ...process.env, PATH: `${path('bin')}:${process.env['PATH'] ?? ''}`, FLEET_ROOT: path('root'), XDG_CACHE_HOME: path('cache'), HOME: folder, TMPDIR: folder }
  const docker = async (...args: readonly string[]) => (await run(path('bin/docker'), args, { env })).stdout.trim()
  const layout = path('root/usr/lib/fleet/base-image')
  await run('sh', [join(import.meta.dirname, 'small-base-image.sh'), layout])
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { path, docker, layout, env, load: () => run('sh', [join(host, 'load-base-image.sh')], { env }) }
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const described = (bytes: string | Buffer, mediaType: string) => ({ mediaType, digest: `sha256:${sha256(bytes)}`, size: Buffer.byteLength(bytes) })

/** A registry with an image that stands on the one in the layout; `asked` are the digests that were fetched. */
async function componentOn(layout: string) {
  const blobs = new Map<string, string | Buffer>()
  for (const name of await readdir(join(layout, 'blobs/sha256'))) blobs.set(`sha256:${name}`, await readFile(join(layout, 'blobs/sha256', name)))
  const text = (digest: string) => JSON.parse(String(blobs.get(digest))) as unknown
  const base = text((JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: [{ digest: string }] }).manifests[0].digest) as { layers: object[]; config: { digest: string } }
  const settings = text(base.config.digest) as { rootfs: { diff_ids: string[] } }
  const tar = (await run('tar', ['-c', '-f', '-', '-C', host, 'grow-root.sh'], { encoding: 'buffer' })).stdout
  const top = gzipSync(tar)
  const config = JSON.stringify({ ...settings, rootfs: { type: 'layers', diff_ids: [...settings.rootfs.diff_ids, `sha256:${sha256(tar)}`] } })
  const manifest = JSON.stringify({ ...base, config: described(config, 'application/vnd.oci.image.config.v1+json'), layers: [...base.layers, described(top, 'application/vnd.oci.image.layer.v1.tar+gzip')] })
  for (const part of [top, config, manifest]) blobs.set(`sha256:${sha256(part)}`, part)
  const asked: string[] = []
  const server = createServer(({ url = '', method }, response) => {
    const digest = url.split('/').at(-1) ?? ''
    if (method === 'GET' && url.includes('/blobs/')) asked.push(digest)
    const type = url.includes('/manifests/') ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream'
    const body = blobs.get(digest)
    response.writeHead(url === '/v2/' || body !== undefined ? 200 : 404, { 'content-type': type, 'content-length': Buffer.byteLength(body ?? '') }).end(method === 'GET' ? body : undefined)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return { image: `127.0.0.1:${(server.address() as AddressInfo).port}/component@sha256:${sha256(manifest)}`, asked, own: [config, top].map((part) => `sha256:${sha256(part)}`) }
}

test.skipIf(!canRun)('what the engine has from the card it does not download, and the card has room again', async () => {
  const { docker, layout, load } = await device()
  const component = await componentOn(layout)
  await load()
  expect(await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('fleetwright/base:card')
  expect(await readdir(layout)).toEqual([])
  await docker('pull', component.image)
  expect(component.asked.sort()).toEqual([...component.own].sort())
  await load() // the unit would not even start: nothing to do
})

test.skipIf(!canRun)('an engine that has nothing from the card downloads all: the count above does count', async () => {
  const { docker, layout } = await device()
  const component = await componentOn(layout)
  await docker('pull', component.image)
  expect(component.asked).toHaveLength(3)
})

test.skipIf(!canRun)('a card that is broken is said to be; the base image is kept, and taken when the card is whole', async () => {
  const { docker, layout, load } = await device()
  const index = await readFile(join(layout, 'index.json'))
  const { layers: [layer] } = JSON.parse(await readFile(join(layout, 'blobs/sha256', (JSON.parse(String(index)) as { manifests: [{ digest: string }] }).manifests[0].digest.slice(7)), 'utf8')) as { layers: [{ digest: string }] }
  const blob = join(layout, 'blobs/sha256', layer.digest.slice(7))
  await cp(blob, `${layout}.kept`)
  await writeFile(blob, 'rotten')
  await expect(load()).rejects.toMatchObject({ code: expect.not.stringMatching(/^0$/) as unknown })
  expect(await readFile(join(layout, 'index.json'))).toEqual(index)
  await cp(`${layout}.kept`, blob)
  await load()
  expect(await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('fleetwright/base:card')
})

test.skipIf(!canRun)('the power cut before it is emptied: the next start loads it again, or only empties it', async () => {
  const { layout, load, env } = await device()
  const child = spawn('sh', [join(host, 'load-base-image.sh')], { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.once('data', () => process.kill(-(child.pid ?? 0), 'SIGKILL')) // docker has said the id
  await new Promise((ended) => child.once('close', ended))
  await load()
  expect(await readdir(layout)).toEqual([])
  await mkdir(join(layout, 'blobs'))
  await load()
  expect(await readdir(layout)).toEqual([])
})
