// sandbox/src/cloud/lambda/testing.ts: a Lambda on a store of its own, whose neighbours are as small as can be, for the tests of this folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { onTestFinished } from 'vitest'
import { cloudClock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { OperationsOf, Call } from '../service.ts'
import { signedDownloads } from '../signed-downloads.ts'
import { openStore, type Store } from '../store/store.ts'
import { lambdaService, type Lambda, type LambdaOptions } from './lambda.ts'

export const ACCOUNT = { accountId: '000000000000', region: 'eu-central-1' }
export const ROLE = 'arn:aws:iam::000000000000:role/hook'

type Operations = OperationsOf<typeof import('@aws-sdk/client-lambda')>

export interface LambdaBench extends AsyncDisposable {
  readonly lambda: Lambda
  readonly store: Store
  /** Operations as the gateway would call them. */
  readonly call: <K extends keyof Operations>(operation: K, input: Parameters<NonNullable<Operations[K]>>[0]) => ReturnType<NonNullable<Operations[K]>>
  /** What was logged, by group. */
  readonly logged: (group: string) => readonly string[]
  /** Creates a function with one CommonJS file. */
  readonly create: (name: string, code: string, settings?: object) => Promise<void>
  readonly invoke: (name: string, event?: unknown) => Promise<{ readonly payload: unknown; readonly error: boolean; readonly tail: string }>
}

const silent: CloudLog = { debug() {}, info() {}, warn() {}, error() {} }

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}') // as in a checkout, where the sandbox's state is by default
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function lambdaBench({ folder = temporaryFolder(), store = openStore(':memory:'), ...options }: Partial<LambdaOptions> = {}): LambdaBench {
  const entries: (readonly [group: string, message: string])[] = []
  const clock = cloudClock(store)
  const lambda = lambdaService({
    account: ACCOUNT,
    store,
    clock,
    log: silent,
    logs: { append: (group, _stream, messages) => void entries.push(...messages.map((message) => [group, message] as const)) },
    roles: { permits: () => true, assume: () => ({ accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token', expiration: new Date(clock.now().getTime() + 3_600_000) }) },
    objects: { get: () => undefined, put: () => undefined },
    downloads: signedDownloads(store, clock),
    deadLetters: { refusal: () => undefined, send: () => undefined },
    endpoint: () => 'http://127.0.0.1:1',
    folder: join(folder, 'functions'),
    ...options,
  })
  const operations = lambda.service.operations as Operations
  const call: LambdaBench['call'] = (operation, input) => {
    const run = operations[operation] as ((input: unknown, call: Call) => unknown) | undefined
    if (!run) throw new Error(`no operation ${operation}`)
    return run(input, { requestId: crypto.randomUUID(), principal: { kind: 'anonymous' }, account: ACCOUNT, origin: 'http://127.0.0.1:1', headers: {} }) as never // typed by the operation's name
  }
  return {
    lambda,
    store,
    call,
    logged: (group) => entries.filter(([of]) => of === group).map(([, message]) => message),
    async create(name, code, settings = {}) {
      await call('CreateFunction', { FunctionName: name, Role: ROLE, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: zipped({ 'index.js': code }) }, ...settings })
    },
    async invoke(name, event = {}) {
      const { Payload, FunctionError, LogResult } = await call('Invoke', { FunctionName: name, Payload: strToU8(JSON.stringify(event)), LogType: 'Tail' })
      return { payload: JSON.parse(Payload as string), error: FunctionError !== undefined, tail: Buffer.from(LogResult ?? '', 'base64').toString('utf8') }
    },
    [Symbol.asyncDispose]: () => lambda[Symbol.asyncDispose](),
  }
}

export const zipped = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { mtime: '1980-01-01T00:00:00' })
