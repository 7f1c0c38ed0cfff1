// sandbox/src/cloud/lambda/invocations.ts: the ways to a function: the Invoke operation, and the calls of other services.
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { FunctionCall, FunctionInvoker, InvocationResult } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import type { AsynchronousInvocations } from './asynchronous-invocations.ts'
import { bareFunctionName, functionArn, LATEST } from './function-name.ts'
import type { Functions } from './function-record.ts'
import type { Runner } from './invoke.ts'

/** Lambda quotas: 6 MB for a call that waits, 1 MB for one that does not. */
const MAX_EVENT_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const

export interface InvocationOptions {
  readonly account: Account
  readonly functions: Functions
  readonly runner: Runner
  readonly later: AsynchronousInvocations
  /** Whether the function's resource policy lets this service, for this source, invoke it. */
  readonly lets: (request: ServiceCall) => boolean
}

export interface ServiceCall {
  readonly functionName: string
  readonly functionArn: string
  readonly service: string
  readonly sourceArn: string
  readonly sourceAccount: string
}

export function invokeOperation({ account, functions, runner, later }: InvocationOptions): Pick<OperationsOf<typeof import('@aws-sdk/client-lambda')>, 'Invoke'> {
  return {
    async Invoke({ FunctionName, Qualifier, InvocationType: type = 'RequestResponse', Payload, ClientContext, LogType }, call) {
      const record = functions.get(bareFunctionName(FunctionName, account, Qualifier))
      const event = checkedEvent(Payload, type)
      if (type === 'DryRun') return { StatusCode: 204, ExecutedVersion: LATEST }
      if (type === 'Event') {
        later.accept(record.name, event)
        return { StatusCode: 202 }
      }
      const context = ClientContext === undefined ? {} : { clientContext: Buffer.from(ClientContext, 'base64').toString('utf8') }
      const { result, logTail } = await runner.run(record, { event, requestId: call.requestId, ...context })
      const answered = result.kind === 'answered'
      return {
        StatusCode: 200,
        ExecutedVersion: LATEST,
        Payload: answered ? result.payload : JSON.stringify(result.error),
        ...(answered ? {} : { FunctionError: 'Unhandled' }),
        ...(LogType === 'Tail' ? { LogResult: logTail } : {}),
      }
    },
  }
}

function checkedEvent(payload: Uint8Array | undefined, type: keyof typeof MAX_EVENT_BYTES): string {
  const bytes = payload?.byteLength ?? 0
  if (bytes > MAX_EVENT_BYTES[type])
    throw new AwsError('RequestTooLargeException', `${bytes} byte payload is too large for the ${type} invocation type (limit ${MAX_EVENT_BYTES[type]} bytes)`, {
      members: { Type: 'User' },
    })
  if (!payload || bytes === 0) return '{}'
  const text = Buffer.from(payload).toString('utf8')
  try {
    JSON.parse(text)
    return text
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${why}`, { members: { Type: 'User' }, cause })
  }
}

/** The port by which IoT, SNS … call functions. */
export function functionInvoker(options: InvocationOptions): FunctionInvoker {
  const { functions, runner, later } = options
  return {
    async invoke({ waitMs, ...call }) {
      const refusal = refusalOf(call, options)
      if (refusal !== undefined) return { kind: 'refused', why: refusal }
      const record = functions.get(bareFunctionName(call.functionArn, options.account))
      const run = runner.run(record, { event: JSON.stringify(call.payload) }).then(({ result }) => told(result), refused)
      return waitMs === undefined ? run : Promise.race([run, elapsed(waitMs, run)])
    },
    invokeLater(call) {
      const why = refusalOf(call, options)
      if (why !== undefined) return { kind: 'refused', why }
      later.accept(bareFunctionName(call.functionArn, options.account), JSON.stringify(call.payload))
      return { kind: 'accepted' }
    },
  }
}

function refusalOf({ functionArn: given, caller }: FunctionCall, { account, functions, lets }: InvocationOptions): string | undefined {
  try {
    const { name } = functions.get(bareFunctionName(given, account))
    const sourceAccount = caller.sourceArn.split(':')[4] || account.accountId // S3 bucket ARNs name no account
    const request = { functionName: name, functionArn: functionArn(account, name), service: caller.service, sourceArn: caller.sourceArn, sourceAccount }
    return lets(request) ? undefined : `the resource policy of ${request.functionArn} does not let ${caller.service} invoke it for ${caller.sourceArn}`
  } catch (error) {
    if (error instanceof AwsError) return error.message
    throw error
  }
}

function told(result: Awaited<ReturnType<Runner['run']>>['result']): InvocationResult {
  if (result.kind === 'answered') return { kind: 'answered', payload: JSON.parse(result.payload) as unknown }
  return { kind: 'failed', errorType: result.error.errorType, errorMessage: result.error.errorMessage }
}

/** A throttled function, or one whose role can no longer be assumed. */
function refused(error: unknown): InvocationResult {
  if (error instanceof AwsError) return { kind: 'refused', why: `${error.code}: ${error.message}` }
  throw error
}

async function elapsed(waitMs: number, unless: Promise<unknown>): Promise<InvocationResult> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'timed-out' }), waitMs)
    void unless.finally(() => clearTimeout(timer))
  })
}
