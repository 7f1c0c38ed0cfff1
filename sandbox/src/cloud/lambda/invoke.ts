// sandbox/src/cloud/lambda/invoke.ts: runs a function once, whoever asked for it.
import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import type { LogSink, RoleSessions } from '../ports.ts'
import { unpacked } from './code-package.ts'
import { environmentPool, type EnvironmentPool, type PooledEnvironment } from './environment-pool.ts'
import { startEnvironment, type Outcome } from './execution-environment.ts'
import { functionArn, LATEST } from './function-name.ts'
import type { FunctionRecord, Functions } from './function-record.ts'
import { invocationLog } from './invocation-log.ts'
import { runtimeEntry } from './runtime-files.ts'

/** Lambda quotas, «Function configuration, deployment, and execution»: 6 MB each way. */
const MAX_ANSWER_BYTES = 6_291_556
/** Roles give sessions of at least an hour; environments end well before their credentials do. */
const CREDENTIALS_SECONDS = 3600
const CREDENTIALS_MARGIN_MS = 16 * 60_000 // the longest function (15 min) still has valid ones at its end

export interface RunOptions {
  readonly account: Account
  readonly clock: Clock
  readonly functions: Functions
  readonly log: CloudLog
  readonly logs: LogSink
  readonly roles: RoleSessions
  /** URL of the gateway, for AWS_ENDPOINT_URL. */
  readonly endpoint: () => string
  /** Packages are unpacked here; may be emptied while nothing runs. */
  readonly folder: string
  readonly idleMs: number
  readonly environmentLimit: number
}

export interface RunRequest {
  /** JSON text. */
  readonly event: string
  readonly requestId?: string
  /** JSON text. */
  readonly clientContext?: string
}

export interface Invoked extends Outcome {
  readonly requestId: string
  /** Base64. */
  readonly logTail: string
}

export interface Runner extends AsyncDisposable {
  /** @throws AwsError TooManyRequestsException when the function's reserved concurrency is used up */
  run(record: FunctionRecord, request: RunRequest): Promise<Invoked>
  readonly environments: Pick<EnvironmentPool<PooledEnvironment>, 'retire' | 'size'>
}

export function runner(options: RunOptions): Runner {
  let entry: Promise<URL> | undefined
  const { account, functions, logs, clock } = options
  const environments = environmentPool<LoggingEnvironment>({
    start: async (record) => launch(record, await (entry ??= runtimeEntry(join(options.folder, 'runtime'))), options),
    now: () => clock.now(),
    idleMs: options.idleMs,
    limit: options.environmentLimit,
  })
  const running = new Map<string, number>()

  const run = async (asked: FunctionRecord, { event, requestId = randomUUID(), clientContext }: RunRequest): Promise<Invoked> => {
    let logTail = ''
    const outcome = await environments.use(
      () => functions.get(asked.name),
      async (environment, record) => {
        const log = invocationLog(record, { sink: environment.mayLog ? logs : NO_LOGS, stream: environment.logStream, requestId })
        const invocation = { requestId, event, functionArn: functionArn(account, record.name), ...(clientContext === undefined ? {} : { clientContext }) }
        const outcome = refuseTooLarge(await environment.run(invocation, log.write))
        log.end(outcome)
        logTail = log.tail()
        return outcome
      },
    )
    return { ...outcome, requestId, logTail }
  }
  return {
    environments,
    async run(record, request) {
      const others = running.get(record.name) ?? 0
      if (record.reservedConcurrency !== undefined && others >= record.reservedConcurrency) throw throttled()
      running.set(record.name, others + 1)
      try {
        return await run(record, request)
      } finally {
        running.set(record.name, (running.get(record.name) ?? 1) - 1)
      }
    },
    [Symbol.asyncDispose]: () => environments[Symbol.asyncDispose](),
  }
}

/** AWS writes the log with the function's role: one that may not gets no log. */
const NO_LOGS: LogSink = { append: () => undefined }

const throttled = () =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', { members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User', retryAfterSeconds: '1' } })

interface LoggingEnvironment extends PooledEnvironment {
  readonly mayLog: boolean
}

function launch(record: FunctionRecord, entry: URL, { account, clock, endpoint, folder, functions, log, roles }: RunOptions): LoggingEnvironment {
  const taskRoot = unpacked(folder, record.code, () => {
    const zip = functions.packages.get(record.code.sha256)
    if (!zip) throw new Error(`the package of function ${record.name} is not in the store`)
    return zip
  })
  const credentials = roles.assume({ roleArn: record.role, service: 'lambda.amazonaws.com', sessionName: record.name, durationSeconds: CREDENTIALS_SECONDS })
  const logStream = `${clock.now().toISOString().slice(0, 10).replaceAll('-', '/')}/[${LATEST}]${randomBytes(16).toString('hex')}`
  const environment = startEnvironment({
    entry,
    sdkBeside: import.meta.url,
    taskRoot,
    handler: record.handler,
    nodeMajor: Number(/\d+/.exec(record.runtime)?.[0]),
    memoryMb: record.memoryMb,
    timeoutMs: record.timeoutSeconds * 1000,
    env: {
      AWS_ENDPOINT_URL: endpoint(),
      ...record.environment,
      ...runtimeEnvironment(record, { account, taskRoot, logStream }),
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  const stream = arn('logs', account, `log-group:${record.logging.LogGroup}:log-stream:${logStream}`)
  const mayLog = ['logs:CreateLogStream', 'logs:PutLogEvents'].every((action) => roles.permits(record.role, action, stream))
  if (!mayLog) log.warn('function has no log: its role may not write one', { functionName: record.name, role: record.role })
  return Object.assign(environment, { logStream, mayLog, usableUntil: new Date(credentials.expiration.getTime() - CREDENTIALS_MARGIN_MS) })
}

/** Lambda developer guide, «Defined runtime environment variables». */
function runtimeEnvironment(record: FunctionRecord, { account, taskRoot, logStream }: { account: Account; taskRoot: string; logStream: string }): Record<string, string> {
  return {
    _HANDLER: record.handler,
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_VERSION: LATEST,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: record.logging.LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: record.logging.LogFormat,
    ...(record.logging.ApplicationLogLevel ? { AWS_LAMBDA_LOG_LEVEL: record.logging.ApplicationLogLevel } : {}),
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
  }
}

function refuseTooLarge(outcome: Outcome): Outcome {
  const { result } = outcome
  const bytes = result.kind === 'answered' ? Buffer.byteLength(result.payload) : 0
  if (bytes <= MAX_ANSWER_BYTES) return outcome
  const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`
  return { ...outcome, status: 'error', result: { kind: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } } }
}
