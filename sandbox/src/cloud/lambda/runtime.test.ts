// sandbox/src/cloud/lambda/runtime.test.ts: what a function sees, and what its caller gets when it goes wrong.
import { expect, test } from 'vitest'
import { lambdaBench, zipped } from './testing.ts'

test('a promise, a returned value, a callback and a never called callback', async () => {
  await using bench = lambdaBench()
  const runtime = { Runtime: 'nodejs22.x' }
  await bench.create('promise', 'exports.handler = async (event) => ({ got: event.n + 1 })')
  await bench.create('value', 'exports.handler = () => {}', runtime)
  await bench.create('callback', 'exports.handler = (event, context, callback) => { setTimeout(() => { callback(null, "late"); setTimeout(() => console.log("before the answer"), 20) }, 5) }', runtime)
  await bench.create('at-once', 'exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); callback(null, "now") }', runtime)
  expect((await bench.invoke('promise', { n: 1 })).payload).toEqual({ got: 2 })
  expect((await bench.invoke('value')).payload).toBeNull()
  const late = await bench.invoke('callback')
  expect(late.payload).toBe('late')
  expect(late.tail).toContain('before the answer')
  expect((await bench.invoke('at-once')).payload).toBe('now')
})

test('Node.js 24 refuses callback handlers, as AWS does', async () => {
  await using bench = lambdaBench()
  await bench.create('callback', 'exports.handler = (event, context, callback) => callback(null, 1)')
  expect((await bench.invoke('callback')).payload).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' })
})

test.each<[string, string, object]>([
  ['throws', 'exports.handler = async () => { throw new TypeError("boom") }', { errorType: 'TypeError', errorMessage: 'boom', trace: expect.arrayContaining(['TypeError: boom']) }],
  ['throws no error', 'exports.handler = async () => { throw "words" }', { errorType: 'string', errorMessage: 'words', trace: [] }],
  ['never settles', 'exports.handler = async () => new Promise(() => {})', { errorType: 'Runtime.NodeJsExit' }],
  ['rejects where nobody listens', 'exports.handler = async () => { Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 1000)) }', { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: stray' }],
  ['throws in a timer', 'exports.handler = async () => { setTimeout(() => { throw new RangeError("later") }); await new Promise((r) => setTimeout(r, 1000)) }', { errorType: 'RangeError', errorMessage: 'later' }],
  ['exits', 'exports.handler = async () => process.exit(0)', { errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]+ Error: Runtime exited without providing a reason$/) }],
  ['exits with a code', 'exports.handler = async () => process.exit(3)', { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') }],
  ['kills its process', 'exports.handler = async () => process.kill(process.pid, "SIGKILL")', { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') }],
  ['answers what JSON cannot say', 'exports.handler = async () => ({ n: 1n })', { errorType: 'Runtime.MarshalError' }],
  ['answers too much', 'exports.handler = async () => "x".repeat(6_300_000)', { errorType: 'Function.ResponseSizeTooLarge' }],
  ['has a syntax error', 'exports.handler = async () => {', { errorType: 'Runtime.UserCodeSyntaxError' }],
  ['misses a module', 'require("no-such-module")', { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining("Cannot find module 'no-such-module'") }],
  ['exports nothing', 'exports.other = 1', { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is undefined or not exported' }],
  ['exports no function', 'exports.handler = 1', { errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.handler is not a function' }],
  ['uses up its memory', 'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) }', { errorType: 'Runtime.OutOfMemory' }],
])('a function that %s fails alone', async (name, code, expected) => {
  await using bench = lambdaBench()
  await bench.create('f', code, { Timeout: 20 })
  await bench.create('other', 'exports.handler = async () => "well"')
  const { payload, error } = await bench.invoke('f')
  expect(payload, name).toMatchObject(expected)
  expect(error).toBe(true)
  expect((await bench.invoke('other')).payload).toBe('well')
})

test('a handler that loops for ever is ended at its time-out, and what it printed is there', async () => {
  await using bench = lambdaBench()
  await bench.create('loop', 'exports.handler = async (event) => { if (!event.loop) return "fine"; console.log("looping"); for (;;); }', { Timeout: 1 })
  const { payload, tail } = await bench.invoke('loop', { loop: true })
  expect(payload).toMatchObject({ errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/Error: Task timed out after 1\.00 seconds$/) })
  expect(tail).toMatch(/looping[\s\S]* Task timed out after 1\.00 seconds[\s\S]*END RequestId[\s\S]*Status: timeout/)
  expect((await bench.invoke('loop')).payload).toBe('fine')
})

test('the log has the platform\'s lines around the function\'s, in order', async () => {
  await using bench = lambdaBench()
  await bench.create('f', 'exports.handler = async () => { console.log("one %d", 1); process.stdout.write("raw\\nraw too\\n"); console.error(new Error("x").message); return 1 }')
  await bench.invoke('f')
  const lines = bench.logged('/aws/lambda/f')
  expect(lines.map((line) => line.replace(/[0-9a-f-]{36}/g, '<id>').replace(/^[\d-]+T[\d:.]+Z/, '<time>').replace(/[\d.]+ (ms|MB)/g, 'N $1'))).toEqual([
    'START RequestId: <id> Version: $LATEST\n',
    '<time>\t<id>\tINFO\tone 1\n',
    'raw\n',
    'raw too\n',
    '<time>\t<id>\tERROR\tx\n',
    'END RequestId: <id>\n',
    'REPORT RequestId: <id>\tDuration: N ms\tBilled Duration: N ms\tMemory Size: N MB\tMax Memory Used: N MB\tInit Duration: N ms\t\n',
  ])
  expect((await bench.invoke('f')).tail).not.toContain('Init Duration')
})

test('JSON log format and a log group of its own', async () => {
  await using bench = lambdaBench()
  await bench.create('f', 'exports.handler = async () => { console.debug("quiet"); console.warn({ a: 1 }) }', { LoggingConfig: { LogFormat: 'JSON', LogGroup: '/fleet/hook' } })
  await bench.invoke('f')
  const entries = bench.logged('/fleet/hook').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries.map(({ type, level, message }): unknown => type ?? [level, message])).toEqual(['platform.start', ['WARN', { a: 1 }], 'platform.report'])
})

test('environment and context are those of the Lambda runtime', async () => {
  await using bench = lambdaBench()
  await bench.create('f', 'exports.handler = async (event, context) => ({ env: process.env, context, left: context.getRemainingTimeInMillis(), cwd: require("fs").existsSync(process.env.LAMBDA_TASK_ROOT + "/index.js") })', {
    Environment: { Variables: { ALLOWLIST_URI: 's3://b/k' } },
    MemorySize: 256,
    Timeout: 5,
  })
  const { payload } = await bench.invoke('f')
  expect(payload).toMatchObject({
    cwd: true,
    env: { ALLOWLIST_URI: 's3://b/k', AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'ASIATEST', AWS_SESSION_TOKEN: 'token', AWS_LAMBDA_FUNCTION_NAME: 'f', _HANDLER: 'index.handler' },
    context: { functionName: 'f', functionVersion: '$LATEST', memoryLimitInMB: '256', invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:f', logGroupName: '/aws/lambda/f' },
  })
  const { left, env } = payload as { left: number; env: Record<string, string> }
  expect(left).toBeGreaterThan(3000)
  expect(env['HOME']).toBeUndefined() // nothing of this machine's environment
})

test('ES modules, with and without top-level await, nested handlers and the runtime\'s own AWS SDK', async () => {
  await using bench = lambdaBench()
  const create = (name: string, handler: string, files: Record<string, string>) => bench.create(name, '', { Handler: handler, Code: { ZipFile: zipped(files) }, Timeout: 20 })
  await create('module', 'index.handler', { 'index.mjs': 'export const handler = async () => import.meta.url.endsWith("/index.mjs")' })
  await create('awaits', 'index.handler', { 'index.mjs': 'const n = await Promise.resolve(2); export const handler = async () => n' })
  await create('typed', 'src/app.inner.handler', { 'package.json': '{"type":"module"}', 'src/app.js': 'export const inner = { handler: async () => "inner" }' })
  await create('sdk', 'index.handler', { 'index.js': 'const { S3Client } = require("@aws-sdk/client-s3"); exports.handler = async () => { const c = new S3Client({}); return [await c.config.region(), (await c.config.credentials()).accessKeyId] }' })
  await create('sdk-module', 'index.handler', { 'index.mjs': 'import { IoTClient } from "@aws-sdk/client-iot"; export const handler = async () => typeof IoTClient' })
  await create('not-ours', 'index.handler', { 'index.js': 'require("mqtt-packet")' })
  expect((await bench.invoke('module')).payload).toBe(true)
  expect((await bench.invoke('awaits')).payload).toBe(2)
  expect((await bench.invoke('typed')).payload).toBe('inner')
  expect((await bench.invoke('sdk')).payload).toEqual(['eu-central-1', 'ASIATEST'])
  expect((await bench.invoke('sdk-module')).payload).toBe('function')
  expect((await bench.invoke('not-ours')).payload).toMatchObject({ errorType: 'Runtime.ImportModuleError' })
})
