// sandbox/src/cloud/iam/checks.ts: what IAM and STS refuse in names, documents and tags, in their words.
import { AwsError } from '../aws-error.ts'
import { type Check, matching, notLongerThan, notShorterThan, violations } from '../constraint.ts'
import { compile, PolicyMalformed } from './policy-evaluation.ts'
import type { PolicyKind } from './policy-document.ts'
import type { TagRecord } from './iam-records.ts'

/** @throws AwsError ValidationError */
export function refuseViolations(...checks: readonly Check[]): void {
  const found = violations(...checks)
  if (found !== undefined) throw new AwsError('ValidationError', found, { status: 400 })
}

export const IS_NAME = matching(/^[\w+=,.@-]+$/)
export const IS_PATH = matching(/^\/$|^\/[\u0021-\u007e]+\/$/)

export const roleNameCheck = (roleName: string | undefined): Check => ['roleName', roleName, notShorterThan(1), notLongerThan(64), IS_NAME]
export const policyNameCheck = (policyName: string | undefined): Check => ['policyName', policyName, notShorterThan(1), notLongerThan(128), IS_NAME]
export const pathCheck = (path: string | undefined): Check => ['path', path, notLongerThan(512), IS_PATH]

/** @returns the document. @throws AwsError MalformedPolicyDocumentException */
export function readDocument(document: string | undefined, kind: PolicyKind): string {
  try {
    compile(document ?? '', { kind })
    return document ?? ''
  } catch (error) {
    if (error instanceof PolicyMalformed) throw new AwsError('MalformedPolicyDocumentException', error.message, { cause: error })
    throw error
  }
}

export function readTags(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): TagRecord[] {
  const read = (tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }))
  if (new Set(read.map(({ Key }) => Key.toLowerCase())).size < read.length) throw new AwsError('InvalidInputException', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  if (read.length > 50) throw new AwsError('LimitExceededException', 'The number of tags has reached the maximum limit.')
  return read
}

export const withTags = (known: readonly TagRecord[], more: readonly TagRecord[]): TagRecord[] => [...known.filter(({ Key }) => !more.some((tag) => tag.Key === Key)), ...more]
export const withoutTags = (known: readonly TagRecord[], keys: readonly string[] | undefined): TagRecord[] => known.filter(({ Key }) => !keys?.includes(Key))
