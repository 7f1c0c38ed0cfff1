// sandbox/src/cloud/cloud-control/types/lambda-function.ts: AWS::Lambda::Function.
import type { Architecture, FunctionConfiguration, Runtime } from '@aws-sdk/client-lambda'
import { z } from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { inlinePackage } from './inline-code.ts'
import { asList, asMap, tagChange, TagList } from './tags.ts'

const arn = z.string().max(10_000)
/** Members of what the sandbox does not offer are not checked here: Lambda itself says that it has no layers, no VPC … */
const opaque = z.record(z.string(), z.unknown())

const LambdaFunction = z.strictObject({
  FunctionName: z
    .string()
    .min(1)
    .regex(/^([a-zA-Z0-9_-]{1,64}|arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]{1,64})$/)
    .optional(),
  Code: z.strictObject({
    ZipFile: z.string().optional(),
    S3Bucket: z.string().min(3).max(63).optional(),
    S3Key: z.string().min(1).max(1024).optional(),
    S3ObjectVersion: z.string().min(1).max(1024).optional(),
    S3ObjectStorageMode: z.enum(['COPY', 'REFERENCE']).optional(),
    ImageUri: z.string().optional(),
    SourceKMSKeyArn: arn.optional(),
  }),
  Role: z.string().regex(/^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/),
  Runtime: z.string().optional(),
  Handler: z
    .string()
    .max(128)
    .regex(/^[^\s]+$/)
    .optional(),
  Description: z.string().max(256).optional(),
  Timeout: z.number().int().min(1).optional(),
  MemorySize: z.number().int().min(128).max(32_768).optional(),
  Architectures: z
    .array(z.enum(['x86_64', 'arm64']))
    .length(1)
    .optional(),
  Environment: z.strictObject({ Variables: z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]+$/), z.string()).optional() }).optional(),
  EphemeralStorage: z.strictObject({ Size: z.number().int().min(512).max(10_240) }).optional(),
  LoggingConfig: z
    .strictObject({
      LogFormat: z.enum(['Text', 'JSON']).optional(),
      LogGroup: z
        .string()
        .min(1)
        .max(512)
        .regex(/^[.\-_/#A-Za-z0-9]+$/)
        .optional(),
      ApplicationLogLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']).optional(),
      SystemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).optional(),
    })
    .optional(),
  ReservedConcurrentExecutions: z.number().int().min(0).optional(),
  TracingConfig: z.strictObject({ Mode: z.enum(['Active', 'PassThrough']).optional() }).optional(),
  KmsKeyArn: arn.optional(),
  PackageType: z.enum(['Image', 'Zip']).optional(),
  SnapStart: z.strictObject({ ApplyOn: z.enum(['PublishedVersions', 'None']) }).optional(),
  Tags: TagList.optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: arn.optional() }).optional(),
  VpcConfig: opaque.optional(),
  Layers: z.array(z.string()).optional(),
  FileSystemConfigs: z.array(opaque).optional(),
  ImageConfig: opaque.optional(),
  CodeSigningConfigArn: z.string().optional(),
  Arn: z.string().optional(),
  SnapStartResponse: opaque.optional(),
})
type LambdaFunction = z.infer<typeof LambdaFunction>

export const lambdaFunction = resourceType<LambdaFunction>({
  typeName: 'AWS::Lambda::Function',
  schema: LambdaFunction,
  identifier: ['FunctionName'],
  createOnly: ['FunctionName', 'PackageType'],
  readOnly: ['Arn', 'SnapStartResponse'],
  writeOnly: ['Code', 'SnapStart'],
  async create(model, { lambda, generatedName }) {
    const FunctionName = model.FunctionName ?? generatedName()
    await lambda.CreateFunction({
      ...settingsOf(model),
      FunctionName,
      Role: model.Role,
      Code: codeOf(model),
      Architectures: model.Architectures,
      PackageType: model.PackageType,
      CodeSigningConfigArn: model.CodeSigningConfigArn,
      Tags: asMap(model.Tags),
    })
    if (model.ReservedConcurrentExecutions !== undefined) await lambda.PutFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: model.ReservedConcurrentExecutions })
    return [FunctionName]
  },
  read: async ([FunctionName], handling) => describe(FunctionName, handling),
  async update([FunctionName], { before, after }, { lambda }) {
    await lambda.UpdateFunctionCode({ FunctionName, ...codeOf(after), Architectures: after.Architectures })
    await lambda.UpdateFunctionConfiguration({ FunctionName, ...settingsOf({ ...DEFAULTS, ...after }), Role: after.Role })
    if (before.ReservedConcurrentExecutions !== after.ReservedConcurrentExecutions) {
      if (after.ReservedConcurrentExecutions === undefined) await lambda.DeleteFunctionConcurrency({ FunctionName })
      else await lambda.PutFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: after.ReservedConcurrentExecutions })
    }
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await lambda.TagResource({ Resource: before.Arn, Tags: asMap(set) })
    if (remove.length > 0) await lambda.UntagResource({ Resource: before.Arn, TagKeys: remove })
  },
  async delete([FunctionName], { lambda }) {
    await lambda.DeleteFunction({ FunctionName })
  },
  async list({ lambda }) {
    const functions = await allPages(async (Marker) => {
      const { Functions, NextMarker: next } = await lambda.ListFunctions({ Marker })
      return { items: Functions, next }
    })
    return functions.map(({ FunctionName = '' }) => [FunctionName])
  },
})

/** What a property that was taken out of the template goes back to. */
const DEFAULTS = {
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: 'PassThrough' },
  LoggingConfig: { LogFormat: 'Text' },
  KmsKeyArn: '',
  DeadLetterConfig: { TargetArn: '' },
} as const

const settingsOf = (model: LambdaFunction) => ({
  Runtime: model.Runtime as Runtime | undefined, // Lambda says itself which it knows
  Handler: model.Handler,
  Description: model.Description,
  Timeout: model.Timeout,
  MemorySize: model.MemorySize,
  Environment: model.Environment,
  EphemeralStorage: model.EphemeralStorage,
  LoggingConfig: model.LoggingConfig, // the same names
  TracingConfig: model.TracingConfig,
  KMSKeyArn: model.KmsKeyArn,
  SnapStart: model.SnapStart,
  DeadLetterConfig: model.DeadLetterConfig,
  VpcConfig: model.VpcConfig,
  Layers: model.Layers,
  FileSystemConfigs: model.FileSystemConfigs as never, // refused by Lambda, whatever is in them
  ImageConfig: model.ImageConfig,
})

function codeOf({ Code }: LambdaFunction) {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri } = Code
  return { S3Bucket, S3Key, S3ObjectVersion, ImageUri, ...(ZipFile === undefined ? {} : { ZipFile: inlinePackage(ZipFile) }) }
}

async function describe(FunctionName: string | undefined, { lambda }: Handling): Promise<LambdaFunction> {
  const { Configuration: found = {}, Tags, Concurrency } = await lambda.GetFunction({ FunctionName })
  return {
    ...shownSettings(found),
    ReservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions,
    Tags: asList(Tags),
    Code: {}, // write-only: never shown
  }
}

const shownSettings = (found: FunctionConfiguration) => ({
  FunctionName: found.FunctionName,
  Arn: found.FunctionArn,
  Role: found.Role ?? '',
  Runtime: found.Runtime,
  Handler: found.Handler,
  Description: found.Description || undefined,
  Timeout: found.Timeout,
  MemorySize: found.MemorySize,
  Architectures: found.Architectures as Architecture[] as ['x86_64' | 'arm64'], // Lambda gives one
  EphemeralStorage: { Size: found.EphemeralStorage?.Size ?? 512 },
  TracingConfig: { Mode: found.TracingConfig?.Mode },
  LoggingConfig: found.LoggingConfig,
  KmsKeyArn: found.KMSKeyArn,
  PackageType: found.PackageType,
  SnapStartResponse: { ApplyOn: found.SnapStart?.ApplyOn, OptimizationStatus: found.SnapStart?.OptimizationStatus },
  ...(found.DeadLetterConfig?.TargetArn ? { DeadLetterConfig: { TargetArn: found.DeadLetterConfig.TargetArn } } : {}),
  ...(found.Environment ? { Environment: { Variables: found.Environment.Variables } } : {}),
})
