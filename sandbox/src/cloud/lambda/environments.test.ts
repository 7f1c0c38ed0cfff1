// sandbox/src/cloud/lambda/environments.test.ts: warm reuse, concurrency, limits and what is kept when the cloud is killed.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openStore } from '../store/store.ts'
import { lambdaBench, temporaryFolder, zipped } from './testing.ts'

const COUNTING = 'let n = 0; exports.handler = async () => ++n'
/** Holds its environment until `others` of them are in it at once: proves that they run side by side. */
const MEETING = `
  const fs = require('node:fs')
  exports.handler = async ({ folder, me, others }) => {
    fs.writeFileSync(folder + '/' + me, '')
    while (fs.readdirSync(folder).length < others) await new Promise((resolve) => setTimeout(resolve, 2))
    return me
  }`

test('an environment is warm for the next invocation and not for changed code or settings', async () => {
  await using bench = lambdaBench()
  await bench.create('f', COUNTING)
  expect([(await bench.invoke('f')).payload, (await bench.invoke('f')).payload]).toEqual([1, 2])
  expect(bench.lambda.environments).toBe(1)
  await bench.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 9 })
  expect(bench.lambda.environments).toBe(0)
  expect((await bench.invoke('f')).payload).toBe(1)
  await bench.call('UpdateFunctionCode', { FunctionName: 'f', ZipFile: zipped({ 'index.js': 'exports.handler = async () => "new"' }) })
  expect((await bench.invoke('f')).payload).toBe('new')
})

test('invocations at the same time have an environment each', async () => {
  await using bench = lambdaBench()
  await bench.create('f', MEETING, { Timeout: 20 })
  const folder = temporaryFolder()
  const invoked = await Promise.all([0, 1, 2, 3].map((me) => bench.invoke('f', { folder, me, others: 4 })))
  expect(invoked.map(({ payload }) => payload)).toEqual([0, 1, 2, 3])
  expect(bench.lambda.environments).toBe(4)
})

test('a function of short runs takes no more environments than there are cores, however many ask at once', async () => {
  await using bench = lambdaBench({ environmentLimit: 1000 })
  await bench.create('f', COUNTING)
  await bench.invoke('f')
  const invoked = await Promise.all(Array.from({ length: 40 }, () => bench.invoke('f')))
  expect(invoked.every(({ error }) => !error)).toBe(true)
  expect(bench.lambda.environments).toBeLessThanOrEqual(availableParallelism())
})

test('above the limit they wait, and idle environments of other functions make room', async () => {
  await using bench = lambdaBench({ environmentLimit: 2 })
  await bench.create('a', COUNTING)
  await bench.create('b', COUNTING)
  await Promise.all([bench.invoke('a'), bench.invoke('a')])
  const counts = await Promise.all(Array.from({ length: 6 }, () => bench.invoke('b')))
  expect(bench.lambda.environments).toBe(2)
  expect(counts.every(({ error }) => !error)).toBe(true)
})

test('idle environments end', async () => {
  await using bench = lambdaBench({ idleMs: 10 })
  await bench.create('f', COUNTING)
  await bench.invoke('f')
  await vi.waitFor(() => expect(bench.lambda.environments).toBe(0))
})

test('an environment whose credentials run out is replaced', async () => {
  const expiration = new Date(Date.now() + 60_000)
  await using bench = lambdaBench({ roles: { permits: () => true, assume: () => ({ accessKeyId: 'ASIATEST', secretAccessKey: 's', sessionToken: 't', expiration }) } })
  await bench.create('f', COUNTING)
  expect([(await bench.invoke('f')).payload, (await bench.invoke('f')).payload]).toEqual([1, 1])
})

test('reserved concurrency throttles, and 0 stops the function', async () => {
  await using bench = lambdaBench()
  await bench.create('f', MEETING, { Timeout: 20 })
  await bench.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 })
  const folder = temporaryFolder()
  const first = bench.invoke('f', { folder, me: 1, others: 2 })
  await expect(bench.invoke('f', { folder, me: 2, others: 2 })).rejects.toMatchObject({ code: 'TooManyRequestsException', members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' } })
  await bench.create('g', `require('node:fs').writeFileSync(${JSON.stringify(join(folder, '3'))}, ''); exports.handler = async () => 1`)
  await bench.invoke('g') // lets the first one go
  expect((await first).payload).toBe(1)
  await bench.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 })
  await expect(bench.invoke('f', { folder, me: 4, others: 1 })).rejects.toMatchObject({ code: 'TooManyRequestsException' })
})

/** Fails as often as it is told, counting its runs in a file. */
const failing = (file: string, failures: number) => `
  const fs = require('node:fs')
  exports.handler = async (event, { awsRequestId }) => {
    fs.appendFileSync(${JSON.stringify(file)}, event.id + ' ' + awsRequestId + '\\n')
    if (fs.readFileSync(${JSON.stringify(file)}, 'utf8').split('\\n').length <= ${failures + 1}) throw new Error('not yet')
  }`
const runs = async (file: string) => (await import('node:fs')).readFileSync(file, 'utf8').trim().split('\n')

test('an asynchronous invocation that fails is tried twice more under the same request id, then given up', async () => {
  await using bench = lambdaBench({ retryDelaysMs: [1, 1] })
  const file = join(temporaryFolder(), 'runs')
  await bench.create('f', failing(file, 99))
  expect(await bench.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{"id":"e"}') })).toEqual({ StatusCode: 202 })
  await vi.waitFor(() => expect(bench.store.table('lambda_events').count()).toBe(0))
  const seen = await runs(file)
  expect(seen).toHaveLength(3)
  expect(new Set(seen).size).toBe(1)
})

test('an accepted event and the function are there after a restart', async () => {
  const file = join(temporaryFolder(), 'runs')
  const state = join(temporaryFolder(), 'state.sqlite')
  const folder = temporaryFolder()
  {
    using store = openStore(state)
    await using bench = lambdaBench({ store, folder, retryDelaysMs: [3_600_000] })
    await bench.create('f', failing(file, 1))
    await bench.call('Invoke', { FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('{"id":"kept"}') })
    await vi.waitFor(async () => expect(await runs(file)).toHaveLength(1))
    await vi.waitFor(() => expect(store.table<{ failures: number }>('lambda_events').all()[0]?.[1].failures).toBe(1))
  }
  using store = openStore(state)
  await using bench = lambdaBench({ store, folder, retryDelaysMs: [1] })
  bench.lambda.resume()
  await vi.waitFor(() => expect(store.table('lambda_events').count()).toBe(0))
  expect(await runs(file)).toHaveLength(2)
  expect((await bench.invoke('f', { id: 'again' })).error).toBe(false)
})

test('ending the service ends functions that run', async () => {
  const bench = lambdaBench()
  await bench.create('f', 'exports.handler = async () => { for (;;); }', { Timeout: 900 })
  const invoked = bench.invoke('f')
  await vi.waitFor(() => expect(bench.logged('/aws/lambda/f')).toHaveLength(1))
  await bench[Symbol.asyncDispose]()
  expect((await invoked).payload).toMatchObject({ errorType: 'Runtime.ExitError' })
})

test('a function whose role may not write logs has none, as in AWS', async () => {
  const credentials = { accessKeyId: 'ASIATEST', secretAccessKey: 's', sessionToken: 't', expiration: new Date(Date.now() + 3_600_000) }
  await using bench = lambdaBench({ roles: { assume: () => credentials, permits: (_role, action) => action !== 'logs:PutLogEvents' } })
  await bench.create('f', 'exports.handler = async () => console.log("unheard")')
  expect((await bench.invoke('f')).tail).toContain('unheard')
  expect(bench.logged('/aws/lambda/f')).toEqual([])
})
