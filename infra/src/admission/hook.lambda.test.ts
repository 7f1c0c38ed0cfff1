// infra/src/admission/hook.lambda.test.ts: the bundle as it is shipped: small, the same each time, and fast with a million serials.
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runInNewContext } from 'node:vm'
import { silentLog } from '@fleet/log'
import { expect, test } from 'vitest'
import { bundle } from '../bundle.ts'
import { keptFile } from '../bundle-cache.ts'
import { allowlistSource } from './allowlist-source.ts'
import { preProvisioningHook } from './hook.ts'
import { allowlistBucket, certificateWith } from './testing.ts'

const code = bundle('admission/hook.lambda.ts')

test('the bundle is under 100 kB and knows nothing of the machine that made it', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(100_000)
  expect(code).not.toContain(process.cwd())
  rmSync(keptFile('admission/hook.lambda.ts'))
  expect(bundle('admission/hook.lambda.ts')).toBe(code)
})

test('the bundle runs as Lambda runs it, and refuses when S3 does', async () => {
  const written: string[] = []
  const process = { env: { ALLOWLIST_BUCKET: 'b', ALLOWLIST_KEY: 'allowlist.txt', METRICS: 'Fleetwright/dev', TEMPLATE_ARN: 'arn:t' }, stdout: { write: (line: string) => written.push(line) } }
  const sdk = {
    S3Client: function () {
      return { send: () => Promise.reject(new Error('no network')) }
    },
    GetObjectCommand: Object,
    IoTClient: Object,
  }
  const builtIn = createRequire(import.meta.url)
  const module = { exports: {} as { handler?: (event: unknown) => Promise<unknown> } }
  runInNewContext(code, { module, exports: module.exports, process, require: (id: string): unknown => (id.startsWith('@aws-sdk/client-') ? sdk : builtIn(id)) })
  const event = { certificateId: 'c', certificatePem: await certificateWith({ CN: ['abcd'] }), templateArn: 'arn:t', parameters: { SerialNumber: 'abcd' } }
  expect(await module.exports.handler?.(event)).toEqual({ allowProvisioning: false })
  expect(written.join('')).toContain('ALLOWLIST_UNREADABLE')
})

test('a million serials: cold under 1 s, warm p99 under 5 ms', async () => {
  const serials = Array.from({ length: 1_000_000 }, (_, i) => (0x1000000000000000n + BigInt(i) * 7919n).toString(16))
  const last = serials.at(-1) ?? ''
  const bucket = allowlistBucket(`${serials.join('\n')}\n`)
  const hook = preProvisioningHook({ templateArn: 'arn:t', readAllowlist: allowlistSource(bucket as never, { bucket: 'b', key: 'k' }), supersede: async () => {}, log: silentLog, metrics: 'Fleetwright/dev' })
  const event = { certificateId: 'c', certificatePem: await certificateWith({ CN: [last] }), templateArn: 'arn:t', parameters: { SerialNumber: last } }
  // Of this thread's own CPU: the figure is the hook's, not that of a machine on which other tests run meanwhile.
  const timed = async () => {
    const before = process.threadCpuUsage()
    expect(await hook(event)).toEqual({ allowProvisioning: true })
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  }
  const coldMs = await timed()
  const warmMs: number[] = []
  for (let i = 0; i < 500; i++) warmMs.push(await timed())
  warmMs.sort((a, b) => a - b)
  const p99 = warmMs[Math.floor(warmMs.length * 0.99)] ?? Infinity
  expect(coldMs).toBeLessThan(1000)
  expect(p99).toBeLessThan(5)
})
