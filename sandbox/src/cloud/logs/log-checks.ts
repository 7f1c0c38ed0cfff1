// sandbox/src/cloud/logs/log-checks.ts: what CloudWatch Logs refuses in names and numbers, and how groups are named.
import { AwsError } from '../aws-error.ts'
import { type Check, violations } from '../constraint.ts'
import type { GroupRecord, LogRecords } from './log-records.ts'

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)

/** @throws AwsError InvalidParameterException */
export function refuseViolations(...checks: readonly Check[]): void {
  const found = violations(...checks)
  if (found !== undefined) throw invalidParameter(found)
}

/** By name, or by identifier: a name or an ARN. @throws AwsError */
export function groupNamed(records: LogRecords, { logGroupName, logGroupIdentifier }: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined }): GroupRecord {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) throw invalidParameter('LogGroupName and LogGroupIdentifier cannot both be specified.')
  const name = logGroupName ?? nameInArn(logGroupIdentifier ?? '')
  if (name === '') throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.')
  return records.group(name)
}

/** `arn:aws:logs:…:log-group:<name>[:*]` → the name; a name stays as it is. */
export const nameInArn = (arnOrName: string): string => /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(arnOrName)?.[1] ?? arnOrName
