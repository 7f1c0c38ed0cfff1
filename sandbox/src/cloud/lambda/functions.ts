// sandbox/src/cloud/lambda/functions.ts: the operations that make, change, describe and delete functions.
import { randomUUID } from 'node:crypto'
import type { FunctionCode as AskedCode } from '@aws-sdk/client-lambda'
import type { Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { ObjectStore, RoleSessions } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import { type SignedDownloads, wholeContent } from '../signed-downloads.ts'
import type { Store } from '../store/store.ts'
import { checkedPackage } from './code-package.ts'
import type { DeadLetters } from './dead-letters.ts'
import { bareFunctionName } from './function-name.ts'
import { configurationOf, type FunctionCode, type FunctionRecord, type Functions, type FunctionSettings } from './function-record.ts'
import { invalid, settingsOf } from './function-settings.ts'

type Lambda = OperationsOf<typeof import('@aws-sdk/client-lambda')>

export interface FunctionOperationsOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly functions: Functions
  readonly objects: ObjectStore
  readonly roles: RoleSessions
  readonly downloads: SignedDownloads
  readonly deadLetters: DeadLetters
  /** Ends the environments of a function that was changed or deleted. */
  readonly retire: (functionName: string) => Promise<void>
}

/** Where GetFunction's link leads, for 10 minutes (API reference). */
const DOWNLOAD = { kind: 'lambda-code', seconds: 600 } as const

export function functionOperations(options: FunctionOperationsOptions): Lambda {
  const { account, store, clock, functions, downloads, retire } = options
  const describe = (record: FunctionRecord) => configurationOf(record, account)
  const keep = (record: Omit<FunctionRecord, 'revisionId' | 'lastModified'>): FunctionRecord => {
    const kept = { ...record, revisionId: randomUUID(), lastModified: clock.now() }
    functions.records.put(record.name, kept)
    return kept
  }
  const named = (input: { readonly FunctionName?: string | undefined; readonly Qualifier?: string | undefined }) => functions.get(bareFunctionName(input.FunctionName, account, input.Qualifier))
  downloads.register(DOWNLOAD.kind, (sha256) => {
    const zip = functions.packages.get(sha256)
    return zip && wholeContent(zip)
  })

  return {
    CreateFunction(input) {
      const name = bareFunctionName(input.FunctionName, account)
      const settings = settingsOf(name, input)
      if (functions.records.get(name)) throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, { members: { Type: 'User' } })
      const zip = packageFrom(input.Code ?? {}, options)
      const code = checkedPackage(zip)
      refuseUnassumable(settings.role, name, options)
      refuseDeadLetters(settings, options)
      return store.transaction(() => {
        functions.packages.put(code.sha256, zip)
        return describe(keep({ ...settings, name, code, tags: input.Tags ?? {} }))
      })
    },
    GetFunction(input, call) {
      const record = named(input)
      return {
        Configuration: describe(record),
        Code: { RepositoryType: 'S3', Location: downloads.url(call.origin, { ...DOWNLOAD, key: record.code.sha256 }) },
        ...(Object.keys(record.tags).length > 0 ? { Tags: record.tags } : {}),
        ...(record.reservedConcurrency === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency } }),
      }
    },
    GetFunctionConfiguration: (input) => describe(named(input)),
    async UpdateFunctionCode(input) {
      const before = named(input)
      requireRevision(before, input.RevisionId)
      if (input.Publish) throw invalid('Not offered by the sandbox: Publish (there is only $LATEST).')
      const zip = packageFrom(input, options)
      const code = checkedPackage(zip)
      const architecture = input.Architectures?.[0] ?? before.architecture
      if (input.DryRun) return describe({ ...before, code, architecture })
      const after = store.transaction(() => {
        functions.packages.put(code.sha256, zip)
        const kept = keep({ ...before, code, architecture })
        dropUnused(functions, before.code)
        return kept
      })
      await retire(after.name)
      return describe(after)
    },
    async UpdateFunctionConfiguration(input) {
      const before = named(input)
      requireRevision(before, input.RevisionId)
      const settings = settingsOf(before.name, input, before)
      if (settings.role !== before.role) refuseUnassumable(settings.role, before.name, options)
      refuseDeadLetters(settings, options)
      const { kmsKeyArn: _key, deadLetterTargetArn: _target, ...kept } = before // gone unless they are in the new settings
      const after = keep({ ...kept, ...settings })
      await retire(after.name)
      return describe(after)
    },
    async DeleteFunction(input) {
      const { name, code } = named(input)
      if (input.Qualifier !== undefined) throw invalid('$LATEST version cannot be deleted without deleting the function.')
      store.transaction(() => {
        functions.records.delete(name)
        store.table('lambda_policies').delete(name)
        dropUnused(functions, code)
      })
      await retire(name)
      return { StatusCode: 204 }
    },
    ListFunctions({ Marker, MaxItems }) {
      const { items, next } = functions.records.page({ ...(Marker ? { after: Marker } : {}), limit: Math.min(MaxItems ?? 50, 50) })
      return { Functions: items.map(([, record]) => describe(record)), ...(next === undefined ? {} : { NextMarker: next }) }
    },
    ListVersionsByFunction: (input) => ({ Versions: [describe(named(input))] }),
  }
}

type PackageSource = Pick<AskedCode, 'S3Bucket' | 'S3Key' | 'S3ObjectVersion' | 'ImageUri'> & { readonly ZipFile?: Uint8Array | undefined }

function packageFrom({ ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri }: PackageSource, { objects }: FunctionOperationsOptions): Uint8Array {
  if (ImageUri) throw invalid('Not offered by the sandbox: container images (ImageUri).')
  if (ZipFile) return ZipFile
  if (!S3Bucket || !S3Key) throw invalid('Please provide a source for function code.')
  if (S3ObjectVersion) throw invalid('Not offered by the sandbox: S3ObjectVersion; the latest version of the object is taken.')
  const zip = objects.get(S3Bucket, S3Key)
  if (!zip) throw invalid('Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.')
  return zip
}

function refuseUnassumable(role: string, functionName: string, { roles }: FunctionOperationsOptions): void {
  try {
    roles.assume({ roleArn: role, service: 'lambda.amazonaws.com', sessionName: functionName, durationSeconds: 900 })
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause
    throw new AwsError('InvalidParameterValueException', 'The role defined for the function cannot be assumed by Lambda.', { members: { Type: 'User' }, cause })
  }
}

function refuseDeadLetters({ deadLetterTargetArn, role }: FunctionSettings, { deadLetters }: FunctionOperationsOptions): void {
  const refusal = deadLetterTargetArn === undefined ? undefined : deadLetters.refusal(deadLetterTargetArn, role)
  if (refusal !== undefined) throw invalid(refusal)
}

function requireRevision({ revisionId }: FunctionRecord, expected: string | undefined): void {
  if (expected === undefined || expected === revisionId) return
  throw new AwsError('PreconditionFailedException', 'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id', { members: { Type: 'User' } })
}

/** Packages are kept by digest: the last function that had it takes it along. */
function dropUnused(functions: Functions, { sha256 }: FunctionCode): void {
  if (!functions.records.all().some(([, { code }]) => code.sha256 === sha256)) functions.packages.delete(sha256)
}
