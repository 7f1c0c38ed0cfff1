// sandbox/src/site/nucleus/components/artifacts/download.test.ts: downloads by signed URLs from a real server with faults.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { silentLog } from '@fleet/log'
import { expect, onTestFinished, test } from 'vitest'
import { networkCable } from '../../../network.ts'
import type { DataPlane } from '../../cloud/data-plane.ts'
import type { S3 } from '../../cloud/s3.ts'
import { QUICK, temporaryFolder } from '../../testing.ts'
import type { Artifact } from '../recipe.ts'
import { download } from './download.ts'
import { greengrassSource } from './greengrass-source.ts'

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
const artifact: Artifact = { uri: 'greengrass:tools/file.bin', digest: createHash('sha256').update(CONTENT).digest('base64'), algorithm: 'SHA-256', unarchive: 'NONE', readableBy: 'OWNER', executableBy: 'NONE' }

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

/** Serves CONTENT with ranges; each request meets the next fault first, which says whether it has answered. */
async function server(faults: Fault[]) {
  const ranges: (string | undefined)[] = []
  const http = createServer((request, response) => {
    ranges.push(request.headers.range)
    if (faults.shift()?.(request, response) === true) return
    const [, from = '0', to = String(CONTENT.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const part = CONTENT.subarray(Number(from), Number(to) + 1)
    response.writeHead(request.headers.range === undefined ? 200 : 206, { 'content-length': part.length }).end(part)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/file.bin`, ranges }
}

async function fetched(faults: Fault[], before?: Buffer | 'full card') {
  const { url, ranges } = await server(faults)
  const path = join(temporaryFolder(), 'file.bin')
  if (before === 'full card') symlinkSync('/dev/full', path)
  else if (before !== undefined) writeFileSync(path, before)
  const network = networkCable({ now: () => new Date() })
  const signal = new AbortController().signal
  const dataPlane: DataPlane = { artifactUrl: () => Promise.resolve(url), thingGroups: unused, resolve: unused, deploymentConfiguration: unused }
  const s3: S3 = { location: unused, size: unused, read: unused }
  const common = { log: silentLog, timings: QUICK, signal }
  const source = greengrassSource(artifact.uri, 'arn', 'saying: ', { ...common, dataPlane, s3, downloads: { network, signal, tls: unused } })
  const done = download({ ...common, artifact, source, path, saying: 'saying: ' })
  return { done, ranges, content: () => readFileSync(path), isThere: () => existsSync(path) }
}
const unused = () => Promise.reject(new Error('not used here'))

/** By FIN, not by RST: what was written before arrives. */
const cutAfter = (bytes: number): Fault => ({ socket }, response) => {
  response.writeHead(206, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, bytes), () => socket.end())
  return true
}
const status = (code: number): Fault => (_request, response) => {
  response.writeHead(code).end()
  return true
}
const asIs: Fault = () => false

test('a connection that breaks off is gone on with where it was', async () => {
  const { done, ranges, content } = await fetched([asIs, cutAfter(100_000)])
  await done
  expect(content().equals(CONTENT)).toBe(true)
  expect(ranges[1]).toBe('bytes=0-299999')
  expect(Number(/bytes=(\d+)-299999/.exec(ranges[2] ?? '')?.[1])).toBeGreaterThan(0)
})

test('what an earlier run has brought is not fetched again', async () => {
  const { done, ranges, content } = await fetched([], CONTENT.subarray(0, 200_000))
  await done
  expect(content().equals(CONTENT)).toBe(true)
  expect(ranges).toEqual([undefined, 'bytes=200000-299999'])
})

test('a server that has a fault is asked again', async () => {
  const { done, content } = await fetched([status(503), asIs, status(500), status(429)])
  await done
  expect(content().equals(CONTENT)).toBe(true)
})

test('what was damaged on its way, or on the card, is fetched anew', async () => {
  const { done, content } = await fetched([], Buffer.alloc(200_000))
  await done
  expect(content().equals(CONTENT)).toBe(true)
})

test.each<[string, Fault[], string]>([
  ['a refusal of the size', [status(403)], 'saying: Failed to get download size. HTTP response: 403'],
  ['a refusal of the content', [asIs, status(403)], 'saying: Unable to download Greengrass artifact. HTTP Error: 403'],
])('%s is final', async (_case, faults, message) => {
  const { done } = await fetched(faults)
  await expect(done).rejects.toThrow(message)
})

test('a content that ends before its announced size, and one that does not even begin, are asked for again', async () => {
  const { done, content } = await fetched([asIs, cutAfter(7), status(206), status(206), cutAfter(0)])
  await done
  expect(content().equals(CONTENT)).toBe(true)
})

test.skipIf(!existsSync('/dev/full'))('a card that is full fails the deployment, and keeps no part of it', async () => {
  const { done, ranges, isThere } = await fetched([], 'full card')
  await expect(done).rejects.toMatchObject({ codes: ['ARTIFACT_DOWNLOAD_ERROR', 'IO_WRITE_ERROR'], cause: { code: 'ENOSPC' } })
  expect([ranges.length, isThere()]).toEqual([2, false])
})
