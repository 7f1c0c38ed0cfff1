// sandbox/src/cloud/lambda/function-record.ts: a function as it is kept, and as its configuration is told.
import type { FunctionConfiguration, LoggingConfig, Runtime } from '@aws-sdk/client-lambda'
import type { Account } from '../account.ts'
import type { BlobTable, Store, Table } from '../store/store.ts'
import { functionArn, functionNotFound, LATEST } from './function-name.ts'

/** What a caller may set. */
export interface FunctionSettings {
  readonly description: string
  readonly role: string
  readonly runtime: Runtime
  readonly handler: string
  readonly memoryMb: number
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  readonly architecture: 'x86_64' | 'arm64'
  readonly ephemeralStorageMb: number
  readonly tracing: 'Active' | 'PassThrough'
  readonly logging: Required<Pick<LoggingConfig, 'LogFormat' | 'LogGroup'>> & LoggingConfig
  readonly kmsKeyArn?: string
  /** Queue or topic that gets the events of asynchronous invocations that were given up. */
  readonly deadLetterTargetArn?: string
}

export interface FunctionCode {
  /** SHA-256 of the package, base64; also the key of its bytes. */
  readonly sha256: string
  readonly sizeBytes: number
}

export interface FunctionRecord extends FunctionSettings {
  readonly name: string
  readonly code: FunctionCode
  readonly revisionId: string
  readonly lastModified: Date
  readonly tags: Readonly<Record<string, string>>
  readonly reservedConcurrency?: number
}

export interface Functions {
  readonly records: Table<FunctionRecord>
  readonly packages: BlobTable
  /** @throws AwsError ResourceNotFoundException */
  get(name: string): FunctionRecord
}

export function functionsIn(store: Store, account: Account): Functions {
  const records = store.table<FunctionRecord>('lambda_functions')
  return {
    records,
    packages: store.blobs('lambda_packages'),
    get(name) {
      const record = records.get(name)
      if (!record) throw functionNotFound(account, name)
      return record
    },
  }
}

export function configurationOf(record: FunctionRecord, account: Account): FunctionConfiguration {
  return {
    FunctionName: record.name,
    FunctionArn: functionArn(account, record.name),
    Runtime: record.runtime,
    Role: record.role,
    Handler: record.handler,
    CodeSize: record.code.sizeBytes,
    CodeSha256: record.code.sha256,
    Description: record.description,
    Timeout: record.timeoutSeconds,
    MemorySize: record.memoryMb,
    LastModified: record.lastModified.toISOString().replace('Z', '+0000'),
    Version: LATEST,
    ...(Object.keys(record.environment).length > 0 ? { Environment: { Variables: record.environment } } : {}),
    ...(record.kmsKeyArn === undefined ? {} : { KMSKeyArn: record.kmsKeyArn }),
    ...(record.deadLetterTargetArn === undefined ? {} : { DeadLetterConfig: { TargetArn: record.deadLetterTargetArn } }),
    TracingConfig: { Mode: record.tracing },
    RevisionId: record.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [record.architecture],
    EphemeralStorage: { Size: record.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: record.logging,
  }
}
