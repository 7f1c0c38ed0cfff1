// sandbox/src/site/log-manager/log-manager.test.ts: log files arrive in CloudWatch Logs once, over restarts, rotations and outages.
import { appendFile, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@fleet/log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { networkCable, type NetworkCable } from '../network.ts'
import type { Uploaded } from './log-files.ts'
import { runLogManager } from './log-manager.ts'

let folder: string
let cloud: ReturnType<typeof cloudWatch>
let cable: NetworkCable
let kept: Readonly<Record<string, Uploaded>>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-logs-'))
  cloud = cloudWatch()
  await new Promise<void>((resolve) => cloud.server.listen(0, '127.0.0.1', resolve))
  cable = networkCable({ now: () => new Date() })
  kept = {}
})
afterEach(async () => {
  cloud.server.close()
  await rm(folder, { recursive: true })
})

/** As much of CloudWatch Logs as is asked here; the twin's own is tested with the AWS SDK. */
function cloudWatch() {
  const streams = new Map<string, string[]>()
  const groups = new Set<string>()
  const authorizations: string[] = []
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const input = JSON.parse(Buffer.concat(chunks).toString()) as { logGroupName: string; logStreamName: string; logEvents: { message: string }[] }
      authorizations.push(request.headers.authorization ?? '')
      const operation = String(request.headers['x-amz-target']).split('.')[1]
      const key = `${input.logGroupName}${input.logStreamName}`
      const stream = streams.get(key)
      if (operation === 'CreateLogGroup') groups.add(input.logGroupName)
      else if (operation === 'CreateLogStream') streams.set(key, [])
      else if (stream === undefined) return response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }))
      else stream.push(...input.logEvents.map(({ message }) => message))
      return response.end('{}')
    })()
  })
  return { server, streams, groups, authorizations }
}

const line = (text: string) => `${new Date().toISOString()} [INFO] ${text}\n`
const write = (name: string, text: string) => appendFile(join(folder, `${name}.log`), line(text))
const texts = () => [...cloud.streams.values()].flat().map((message) => message.replace(/^.*\] /, ''))

async function during(work: () => Promise<void>): Promise<void> {
  const ending = new AbortController()
  const running = runLogManager(
    {
      thingName: '10000000a1b2c3d4',
      logs: folder,
      cloud: {
        access: { network: cable, signal: ending.signal, tls: () => Promise.reject(new Error('plain here')) },
        region: () => 'eu-central-1',
        environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${(cloud.server.address() as AddressInfo).port}` },
        credentials: async () => ({ accessKeyId: 'ASIAX', secretAccessKey: 'secret', sessionToken: 'token' }),
        now: () => new Date(),
      },
      configuration: () => ({ periodicUploadIntervalSec: '0.02', logsUploaderConfiguration: { componentLogsConfigurationMap: { 'fleetwright.led': {} }, systemLogsConfiguration: { uploadToCloudWatch: true } } }),
      uploaded: { read: async () => kept, save: async (next) => void (kept = next) },
      log: silentLog,
    },
    ending.signal,
  )
  try {
    await work()
  } finally {
    ending.abort(new Error('stopped'))
    await running
  }
}

test('under the log manager’s groups and streams', async () => {
  await write('fleetwright.led', 'blinking')
  await write('greengrass', 'launched')
  await during(async () => await expect.poll(() => texts().sort()).toEqual(['blinking', 'launched']))
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  expect([...cloud.streams.keys()].sort()).toEqual([
    `/aws/greengrass/GreengrassSystemComponent/eu-central-1/System/${date}/thing/10000000a1b2c3d4`,
    `/aws/greengrass/UserComponent/eu-central-1/fleetwright.led/${date}/thing/10000000a1b2c3d4`,
  ])
  expect(cloud.authorizations[0]).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAX\/\d{8}\/eu-central-1\/logs\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/)
})

test('nothing is lost or repeated over a restart and a rotation', async () => {
  await write('greengrass', 'one')
  await during(async () => await expect.poll(texts).toEqual(['one']))
  await write('greengrass', 'two')
  await rename(join(folder, 'greengrass.log'), join(folder, 'greengrass_2026_11_21_03_0.log'))
  await write('greengrass', 'three')
  await during(async () => await expect.poll(texts).toEqual(['one', 'two', 'three']))
  await during(async () => {
    await write('greengrass', 'four')
    await expect.poll(texts).toEqual(['one', 'two', 'three', 'four'])
  })
})

test('what was written while the network was cut comes afterwards', async () => {
  cable.cut()
  await write('greengrass', 'offline')
  await during(async () => {
    await write('greengrass', 'still offline')
    cable.restore()
    await expect.poll(texts).toEqual(['offline', 'still offline'])
  })
})
