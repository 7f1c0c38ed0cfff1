// ops/src/release/oci-push.test.ts: what a registry refuses is told in its words.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ociImage } from './oci-image.ts'
import { pushImage } from './oci-push.ts'

const image = await ociImage({ files: [{ name: 'main.cjs', bytes: Buffer.from('x') }], settings: { environment: [], user: '1:1', entryPoint: ['node'] }, annotations: {} })

async function registryThat(answers: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url?.replace(/sha256:\w+/, 'DIGEST') ?? ''}`)
    request.resume().on('end', () => {
      answers(request, response)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { asked, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, repository: 'r', authorization: 'Basic x' } // a TCP server has this kind of address
}

test('what is there is not pushed again', async () => {
  const registry = await registryThat((request, response) => (response.statusCode = request.method === 'HEAD' ? 200 : 201))
  await pushImage(image, '1', registry)
  expect(registry.asked).toEqual(['HEAD /v2/r/blobs/DIGEST', 'HEAD /v2/r/blobs/DIGEST', 'PUT /v2/r/manifests/1'])
})

test('layers below the own ones come first, in the image as in its configuration', async () => {
  const files = [{ name: 'main.cjs', bytes: Buffer.from('x') }]
  const settings = { environment: [], user: '1:1', entryPoint: ['node'] }
  const base = Buffer.from('a tar')
  const digest = `sha256:${createHash('sha256').update(base).digest('hex')}`
  const { manifest, blobs } = await ociImage({ base: [base], files, settings, annotations: {} })
  const { layers, config } = JSON.parse(Buffer.from(manifest).toString()) as { layers: { digest: string }[]; config: { digest: string } }
  expect(layers.map((layer) => layer.digest)).toEqual([digest, image.blobs[0]?.digest])
  const { rootfs } = JSON.parse(Buffer.from(blobs.find((blob) => blob.digest === config.digest)?.bytes ?? '').toString()) as { rootfs: { diff_ids: string[] } }
  expect(rootfs.diff_ids).toEqual([digest, image.blobs[0]?.digest])
})

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
  ['a refusal', (_, response) => response.writeHead(403).write('{"errors":[{"code":"DENIED","message":"not you"}]}'), 'the registry refused a look for sha256:'],
  [
    'a tag that is taken',
    (request, response) => {
      response.statusCode = request.method === 'HEAD' ? 200 : 400
      if (request.method === 'PUT') response.write('{"errors":[{"code":"TAG_INVALID","message":"immutable"}]}')
    },
    'the registry refused the manifest of r:1: 400 TAG_INVALID: immutable',
  ],
  ['an upload without a place', (request, response) => (response.statusCode = request.method === 'HEAD' ? 404 : 500), 'the registry refused an upload to r: 500'],
  [
    'another digest than ours',
    (request, response) => {
      response.statusCode = request.method === 'HEAD' ? 200 : 201
      if (request.method === 'PUT') response.setHeader('docker-content-digest', 'sha256:other')
    },
    'stored r:1 as sha256:other',
  ],
])('%s', async (_case, answers, message) => {
  await expect(pushImage(image, '1', await registryThat(answers))).rejects.toMatchObject({ code: 'IMAGE_PUSH_FAILED', message: expect.stringContaining(message) })
})
