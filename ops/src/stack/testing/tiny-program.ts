// ops/src/stack/testing/tiny-program.ts: tests only: a small Pulumi program in a folder of its own, the engine that runs it, and the cloud it is run against.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { inProcessEngine, type Give } from '../in-process.ts'
import type { StackProgress, StackRun } from '../stack-engine.ts'
import type { StackOrder } from '../stack-run.ts'
import { cloudFake } from './cloud-fake.ts'
import type { ResidentOrder } from './resident-process.ts'

export const ACCOUNT = '111122223333'

/** What every program begins with. `$` marks values that a test changes between two runs. */
export const PRELUDE = `
import * as pulumi from '@pulumi/pulumi'
import { Provider } from '@pulumi/aws-native/provider.js'
import { Role } from '@pulumi/aws-native/iam/role.js'
import { Policy } from '@pulumi/aws-native/iot/policy.js'
import { ThingGroup } from '@pulumi/aws-native/iot/thingGroup.js'
import { Function } from '@pulumi/aws-native/lambda/function.js'
import { LogGroup } from '@pulumi/aws-native/logs/logGroup.js'
const provider = new Provider('native', { region: 'eu-central-1', allowedAccountIds: ['${ACCOUNT}'] })
const document = { Version: '2012-10-17', Statement: [] }
`

/** Shared by all processes here: each loads Pulumi's SDK. */
const COMPILED = mkdtempSync(join(tmpdir(), 'stack-compiled-'))
let resident: ChildProcess | undefined
afterAll(() => {
  resident?.disconnect()
  rmSync(COMPILED, { recursive: true, force: true })
})

/** Loading the SDK takes ten times as long as running a tiny program: this process has it loaded. */
const toResident: Give = (order, environment) => {
  resident ??= fork(join(import.meta.dirname, 'resident-process.ts'), { env: environment, execPath: process.execPath, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }).setMaxListeners(0)
  resident.send({ order, environment } satisfies ResidentOrder)
  return resident
}

export interface TinyProgramOptions {
  /** Runs it as the product does: each order in a process of its own. */
  readonly inOwnProcess?: true
}

export async function tinyProgram(program: string, { inOwnProcess }: TinyProgramOptions = {}) {
  const fake = await cloudFake()
  fake.accountId = ACCOUNT
  const folder = mkdtempSync(join(tmpdir(), 'stack-'))
  symlinkSync(resolve(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'), 'dir')
  writeFileSync(join(folder, 'package.json'), '{"type":"module","main":"index.ts"}')
  const setProgram = (text: string, prelude = PRELUDE) => writeFileSync(join(folder, 'index.ts'), prelude + text)
  setProgram(program)
  onTestFinished(async () => {
    await fake[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  const progress: StackProgress[] = []
  const environment = { AWS_ENDPOINT_URL: fake.endpoint, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', AWS_MAX_ATTEMPTS: '1', NODE_COMPILE_CACHE: COMPILED }
  const run: StackRun = { stage: 'dev', config: { 'aws-native:region': 'eu-central-1' }, environment, onProgress: (each) => progress.push(each) }
  const engine = inProcessEngine({ programFolder: folder, project: 'tiny', stateFolder: folder }, ...(inOwnProcess ? [] : [toResident]))
  const stateFile = join(folder, 'dev.stack.json')
  return {
    fake,
    progress,
    engine,
    run,
    setProgram,
    stateFile,
    state: () => readFileSync(stateFile, 'utf8'),
    /** Runs `up` in a process that a test can kill. */
    start: (): ChildProcess => {
      const order: StackOrder = { command: 'up', programFolder: folder, project: 'tiny', stage: 'dev', config: run.config, stateFile }
      const child = fork(join(import.meta.dirname, '../stack-process.ts'), { env: { ...process.env, ...environment }, execPath: process.execPath, execArgv: [], stdio: 'ignore' })
      child.send(order)
      return child
    },
    names: () => [...fake.resources.keys()].map((key) => key.replace(/^AWS::\w+::/, '')).sort(),
    done: () => progress.filter(({ state }) => state === 'done').map(({ operation, name }) => `${operation} ${name}`),
  }
}

export const gone = (child: ChildProcess) => new Promise((done) => child.once('exit', done))

/** One resource. */
export const GROUP = `new ThingGroup('group', { thingGroupName: 'g' }, { provider })`
/** Four, of which one needs two others. */
export const FLEET = `
const group = new ThingGroup('group', { thingGroupName: 'g' }, { provider })
const role = new Role('role', { assumeRolePolicyDocument: document }, { provider })
const log = new LogGroup('log', { logGroupName: 'l', retentionInDays: 7 }, { provider })
const hook = new Function('hook', { functionName: 'h', code: { zipFile: 'x' }, role: role.arn, timeout: 3 }, { provider, dependsOn: log })
export const groupArn = group.arn
export const hookName = hook.id
`

