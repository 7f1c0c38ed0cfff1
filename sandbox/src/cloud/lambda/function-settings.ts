// sandbox/src/cloud/lambda/function-settings.ts: turns what a caller asks for into a function's settings, refusing what Lambda refuses.
import type { CreateFunctionRequest, LoggingConfig, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda'
import { AwsError } from '../aws-error.ts'
import { atLeast, atMost, matching, notLongerThan, notShorterThan, oneOf, violations } from '../constraint.ts'
import type { FunctionSettings } from './function-record.ts'

type Asked = Omit<CreateFunctionRequest, 'FunctionName' | 'Code'> | UpdateFunctionConfigurationRequest

const RUNTIMES = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x']
const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/
const MAX_ENVIRONMENT_BYTES = 4096

/** Defaults of CreateFunction (API reference). */
const defaults = (name: string): Omit<FunctionSettings, 'role' | 'runtime' | 'handler'> => ({
  description: '',
  memoryMb: 128,
  timeoutSeconds: 3,
  environment: {},
  architecture: 'x86_64',
  ephemeralStorageMb: 512,
  tracing: 'PassThrough',
  logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
})

/** `before` is absent for a new function. Members that are not given stay as they are. */
export function settingsOf(name: string, asked: Asked, before?: FunctionSettings): FunctionSettings {
  refuseMalformed(asked)
  refuseNotOffered(asked)
  const base = before ?? defaults(name)
  const { role = asked.Role, runtime = asked.Runtime, handler = asked.Handler } = before ?? {}
  if (!role || !runtime || !handler) throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.')
  return {
    description: asked.Description ?? base.description,
    role: asked.Role ?? role,
    runtime: asked.Runtime ?? runtime,
    handler: asked.Handler ?? handler,
    memoryMb: asked.MemorySize ?? base.memoryMb,
    timeoutSeconds: asked.Timeout ?? base.timeoutSeconds,
    environment: asked.Environment ? checkedEnvironment(asked.Environment.Variables ?? {}) : base.environment,
    architecture: ('Architectures' in asked && asked.Architectures?.[0]) || base.architecture,
    ephemeralStorageMb: asked.EphemeralStorage?.Size ?? base.ephemeralStorageMb,
    tracing: asked.TracingConfig?.Mode ?? base.tracing,
    logging: asked.LoggingConfig ? loggingOf(name, asked.LoggingConfig) : base.logging,
    ...deadLetterOf(asked.DeadLetterConfig?.TargetArn ?? base.deadLetterTargetArn),
    ...(asked.KMSKeyArn ? { kmsKeyArn: asked.KMSKeyArn } : base.kmsKeyArn && asked.KMSKeyArn !== '' ? { kmsKeyArn: base.kmsKeyArn } : {}),
  }
}

function refuseMalformed(asked: Asked): void {
  const message = violations(
    ['role', asked.Role, matching(ROLE)],
    ['handler', asked.Handler, matching(/^[^\s]+$/), notLongerThan(128)],
    ['description', asked.Description, notLongerThan(256)],
    ['timeout', asked.Timeout, atLeast(1), atMost(900)],
    ['memorySize', asked.MemorySize, atLeast(128), atMost(10_240)],
    ['ephemeralStorage.size', asked.EphemeralStorage?.Size, atLeast(512), atMost(10_240)],
    ['architectures', 'Architectures' in asked ? asked.Architectures : undefined, notShorterThan(1), notLongerThan(1)],
    ['architectures.1.member', 'Architectures' in asked ? asked.Architectures?.[0] : undefined, oneOf('x86_64', 'arm64')],
    ['deadLetterConfig.targetArn', asked.DeadLetterConfig?.TargetArn, matching(/^(arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*))?$/)],
    ['tracingConfig.mode', asked.TracingConfig?.Mode, oneOf('Active', 'PassThrough')],
    ['loggingConfig.logFormat', asked.LoggingConfig?.LogFormat, oneOf('JSON', 'Text')],
    ['loggingConfig.logGroup', asked.LoggingConfig?.LogGroup, matching(/^[.\-_/#A-Za-z0-9]{1,512}$/)],
    ['loggingConfig.applicationLogLevel', asked.LoggingConfig?.ApplicationLogLevel, oneOf('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL')],
    ['loggingConfig.systemLogLevel', asked.LoggingConfig?.SystemLogLevel, oneOf('DEBUG', 'INFO', 'WARN')],
  )
  if (message) throw new AwsError('ValidationException', message, { status: 400 }) // of the front end: not in Lambda's model
}

/** An empty text takes it away. */
const deadLetterOf = (deadLetterTargetArn: string | undefined) => (deadLetterTargetArn ? { deadLetterTargetArn } : {})

/** Loudly: a function that silently ran without what it asks for would be worse than none. */
function refuseNotOffered(asked: Asked): void {
  const given: [string, boolean][] = [
    [`the runtime ${asked.Runtime ?? ''} (it runs ${RUNTIMES.join(', ')})`, asked.Runtime !== undefined && !RUNTIMES.includes(asked.Runtime)],
    ['PackageType Image', 'PackageType' in asked && asked.PackageType === 'Image'],
    ['ImageConfig', asked.ImageConfig !== undefined],
    ['Layers', (asked.Layers ?? []).length > 0],
    ['VpcConfig', (asked.VpcConfig?.SubnetIds ?? []).length > 0],
    ['FileSystemConfigs', (asked.FileSystemConfigs ?? []).length > 0],
    ['SnapStart', asked.SnapStart?.ApplyOn === 'PublishedVersions'],
    ['Publish (there is only $LATEST)', 'Publish' in asked && asked.Publish === true],
    ['CodeSigningConfigArn', 'CodeSigningConfigArn' in asked && asked.CodeSigningConfigArn !== undefined],
    ['DurableConfig', asked.DurableConfig !== undefined],
    ['CapacityProviderConfig', asked.CapacityProviderConfig !== undefined],
    ['TenancyConfig', 'TenancyConfig' in asked && asked.TenancyConfig !== undefined],
  ]
  const missing = given.filter(([, is]) => is).map(([what]) => what)
  if (missing.length > 0) throw invalid(`Not offered by the sandbox: ${missing.join(', ')}.`)
}

/** Lambda developer guide, «Defined runtime environment variables»: these are the runtime's own. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['_HANDLER', '_X_AMZN_TRACE_ID', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV'],
  ...['FUNCTION_NAME', 'FUNCTION_MEMORY_SIZE', 'FUNCTION_VERSION', 'INITIALIZATION_TYPE', 'LOG_GROUP_NAME', 'LOG_STREAM_NAME', 'RUNTIME_API'].map((name) => `AWS_LAMBDA_${name}`),
  ...['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR'],
])
/** How Lambda begins both of its refusals. */
const REFUSED_ENVIRONMENT = 'Lambda was unable to configure your environment variables because the environment variables you have provided'

function checkedEnvironment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(variables)
  const reserved = names.filter((name) => RESERVED.has(name))
  if (reserved.length > 0)
    throw invalid(
      `${REFUSED_ENVIRONMENT} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  const malformed = violations(...names.map((name) => ['environment.variables.key', name, matching(/^[a-zA-Z]([a-zA-Z0-9_])+$/)] as const))
  if (malformed) throw new AwsError('ValidationException', malformed, { status: 400 })
  const bytes = Buffer.byteLength(JSON.stringify(variables))
  if (bytes > MAX_ENVIRONMENT_BYTES)
    throw invalid(`${REFUSED_ENVIRONMENT} exceeded the 4KB limit. They measure ${bytes} bytes.`)
  return variables
}

function loggingOf(name: string, asked: LoggingConfig): FunctionSettings['logging'] {
  const json = asked.LogFormat === 'JSON'
  if (!json && (asked.ApplicationLogLevel ?? asked.SystemLogLevel)) throw invalid('ApplicationLogLevel and SystemLogLevel can be set only when LogFormat is JSON.')
  const levels = json ? { ApplicationLogLevel: asked.ApplicationLogLevel ?? 'INFO', SystemLogLevel: asked.SystemLogLevel ?? 'INFO' } : {}
  return { LogFormat: json ? 'JSON' : 'Text', LogGroup: asked.LogGroup ?? `/aws/lambda/${name}`, ...levels }
}

export const invalid = (message: string) => new AwsError('InvalidParameterValueException', message, { members: { Type: 'User' } })
