// sandbox/src/cloud/lambda/lambda.ts: AWS Lambda: functions that really run, each environment in a thread of its own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, arn } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { FunctionInvoker, LogSink, ObjectStore, RoleSessions } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { SignedDownloads } from '../signed-downloads.ts'
import type { Store } from '../store/store.ts'
import { asynchronousInvocations, RETRY_DELAYS_MS } from './asynchronous-invocations.ts'
import type { DeadLetters } from './dead-letters.ts'
import { bareFunctionName, functionArn } from './function-name.ts'
import { functionOperations } from './functions.ts'
import { functionPolicies } from './function-policy.ts'
import { functionsIn } from './function-record.ts'
import { functionInvoker, invokeOperation, type ServiceCall } from './invocations.ts'
import { runner as openRunner } from './invoke.ts'
import { lettingIn } from './letting-in.ts'
import { tagAndConcurrencyOperations } from './tags-and-concurrency.ts'

export interface LambdaOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  readonly logs: LogSink
  readonly roles: RoleSessions
  readonly objects: ObjectStore
  readonly downloads: SignedDownloads
  readonly deadLetters: DeadLetters
  /** URL of the gateway: what functions call as AWS. */
  readonly endpoint: () => string
  /** For unpacked packages; emptied at the start. */
  readonly folder: string
  /** An environment without work is ended after this. */
  readonly idleMs?: number
  /** Environments at a time, over all functions; what is above waits. */
  readonly environmentLimit?: number
  /** Between the runs of an asynchronous invocation that fails. */
  readonly retryDelaysMs?: readonly number[]
}

export interface Lambda extends AsyncDisposable {
  readonly service: Service
  readonly invoker: FunctionInvoker
  /** Takes up asynchronous invocations that an earlier run had accepted. Call it once the gateway listens. */
  resume(): void
  /** Execution environments that are there now. */
  readonly environments: number
}

const IDLE_MS = 60_000
const ENVIRONMENT_LIMIT = 8

export function lambdaService(options: LambdaOptions): Lambda {
  const { account, store, folder } = options
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}') // a function's files are CommonJS unless its own package says otherwise, whatever the folders above say
  const functions = functionsIn(store, account)
  const policies = functionPolicies({ account, store, functions })
  const runner = openRunner({ ...options, functions, idleMs: options.idleMs ?? IDLE_MS, environmentLimit: options.environmentLimit ?? ENVIRONMENT_LIMIT })
  const later = asynchronousInvocations({ ...options, functions, runner, retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS })
  const lets = (call: ServiceCall) => lettingIn(policies.documentOf(call.functionName), call)
  const invocation = { account, functions, runner, later, lets }
  return {
    service: {
      model: 'lambda',
      operations: {
        ...functionOperations({ ...options, functions, retire: (name) => runner.environments.retire(name) }),
        ...policies.operations,
        ...tagAndConcurrencyOperations({ account, functions }),
        ...invokeOperation(invocation),
      },
      grants: {
        Invoke: (input: Named, to) => ({ action: 'lambda:InvokeFunction', resources: [resourceOf(input, to)] }),
        CreateFunction: passingRole('CreateFunction'),
        UpdateFunctionConfiguration: passingRole('UpdateFunctionConfiguration'),
        ...onFunction([
          'GetFunction',
          'GetFunctionConfiguration',
          'UpdateFunctionCode',
          'DeleteFunction',
          'ListVersionsByFunction',
          'AddPermission',
          'RemovePermission',
          'GetPolicy',
          'PutFunctionConcurrency',
          'GetFunctionConcurrency',
          'DeleteFunctionConcurrency',
          'ListTags',
          'TagResource',
          'UntagResource',
        ]),
      },
    },
    invoker: functionInvoker(invocation),
    resume: () => later.resume(),
    get environments() {
      return runner.environments.size
    },
    async [Symbol.asyncDispose]() {
      const closing = later[Symbol.asyncDispose]() // first stops taking up more; its running ones end with their environments
      await runner[Symbol.asyncDispose]()
      await closing
    },
  }
}

interface Named {
  readonly FunctionName?: string
  /** ARN, in the operations on tags. */
  readonly Resource?: string
}

/** Service authorization reference, «Actions, resources, and condition keys for AWS Lambda»: all of these are on the function. */
const onFunction = (operations: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(operations.map((operation) => [operation, (input: Named, to: Account) => ({ action: `lambda:${operation}`, resources: [resourceOf(input, to)] })]))

/** Who gives a function a role must be allowed to hand it to Lambda (Lambda guide, «Execution role permissions»). */
const passingRole =
  (operation: string) =>
  (input: Named & { readonly Role?: string }, to: Account): readonly Grant[] => [
    { action: `lambda:${operation}`, resources: [resourceOf(input, to)] },
    ...(input.Role === undefined ? [] : [{ action: 'iam:PassRole', resources: [input.Role], context: { 'iam:PassedToService': 'lambda.amazonaws.com' } }]),
  ]

function resourceOf({ FunctionName, Resource }: Named, account: Account): string {
  const given = FunctionName ?? Resource
  try {
    return functionArn(account, bareFunctionName(given, account))
  } catch {
    return arn('lambda', account, `function:${given ?? ''}`) // the operation itself will say what is wrong with it
  }
}
