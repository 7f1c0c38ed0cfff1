// sandbox/src/site/docker/docker-ecr.test.ts: the docker command of a simulated Pi against the cloud's own registry, logged in as the nucleus logs in.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { expect, onTestFinished, test } from 'vitest'
import { ecrBench, sha256, type EcrBench } from '../../cloud/ecr/testing.ts'
import { OCI_MANIFEST } from '../../cloud/ecr/manifest.ts'
import { installStandIns } from '../stand-ins/stand-ins.ts'

const REPOSITORY = 'fleet-dev/led'

async function layer(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function push(cloud: EcrBench): Promise<string> {
  const blob = async (bytes: Uint8Array, mediaType: string) => {
    const answer = await cloud.fetch(`/v2/${REPOSITORY}/blobs/uploads/?digest=${sha256(bytes)}`, { method: 'POST', body: new Uint8Array(bytes) })
    expect(answer.status).toBe(201)
    return { mediaType, digest: sha256(bytes), size: bytes.byteLength }
  }
  const tar = await layer({ 'app/main.js': "console.log('blinking')" })
  const config = { architecture: 'arm64', os: 'linux', config: { Entrypoint: ['node', '/app/main.js'] }, rootfs: { type: 'layers', diff_ids: [sha256(tar)] } }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: await blob(Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json'),
    layers: [await blob(gzipSync(tar), 'application/vnd.oci.image.layer.v1.tar+gzip')],
  })
  await cloud.fetch(`/v2/${REPOSITORY}/manifests/1.0.0`, { method: 'PUT', headers: { 'content-type': OCI_MANIFEST }, body: manifest })
  return sha256(manifest)
}

test('login with the authorization token, pull by digest, run', async () => {
  const cloud = await ecrBench()
  await cloud.call('CreateRepository', { repositoryName: REPOSITORY })
  const image = `${new URL(cloud.origin).host}/${REPOSITORY}@${await push(cloud)}`
  const { authorizationData } = await cloud.call('GetAuthorizationToken', {})
  const [user = '', password = ''] = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString().split(':')

  const card = mkdtempSync(join(tmpdir(), 'fleet-ecr-'))
  onTestFinished(() => rmSync(card, { recursive: true }))
  const env = { PATH: await installStandIns(card, process.env['PATH'] ?? ''), FLEET_ROOT: card, FLEET_BOOT_ID: 'boot' }
  const docker = async (...words: string[]) => {
    const child = spawn('docker', words, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text))
    const [code] = (await once(child, 'close')) as [number]
    return { code, out, err }
  }
  const denied = await docker('pull', image)
  expect(denied.code).toBe(1)
  expect(denied.err).toContain("repository does not exist or may require 'docker login'")
  expect(await docker('login', cloud.origin, '-u', user, '-p', password)).toEqual({ code: 0, out: 'Login Succeeded\n', err: '' })
  expect(await docker('pull', image)).toMatchObject({ code: 0, err: '' })
  expect(await docker('run', '--rm', '--pull', 'never', image)).toEqual({ code: 0, out: 'blinking\n', err: '' })
  expect((await docker('images', '-q', image)).out).toMatch(/^[0-9a-f]{12}\n$/)
})
