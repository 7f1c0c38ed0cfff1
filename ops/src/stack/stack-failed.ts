// ops/src/stack/stack-failed.ts: what an operator reads when some of a run failed.
import { FleetError, type ErrorCode } from '@fleet/contract/errors'
import type { Failure } from './operations.ts'
import { remedyFor } from './resource-provider.ts'

interface Common {
  readonly code: ErrorCode
  /** As the front ends of AWS spell it. */
  readonly names: readonly string[]
  readonly what: string
  readonly remedy: string
}

/** What befalls a whole run, not one resource: told once, the number of resources beside it. */
const COMMON: readonly Common[] = [
  {
    code: 'CREDENTIALS_EXPIRED',
    names: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'],
    what: 'your AWS credentials have expired',
    remedy: 'Sign in again (aws sso login, or renew the keys in your environment), then run the same again: what is done is kept.',
  },
  {
    code: 'THROTTLED',
    names: ['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'],
    what: 'AWS went on throttling our calls',
    remedy: 'Something else in this account makes many calls: wait a minute, then run the same again: what is done is kept.',
  },
]

/** Each resource with the cloud's own words, then what to do. */
export function stackFailed(failures: readonly Failure[]): FleetError {
  const [own] = failures.map(({ error }) => error).filter((error) => error instanceof FleetError)
  if (own) return own
  for (const { code, names, what, remedy } of COMMON) {
    const struck = failures.filter((failure) => names.includes(failure.code))
    if (struck.length === failures.length) return new FleetError(code, `${what}; not done: ${struck.map(({ operation, name }) => `${operation} ${name}`).join(', ')}`, remedy)
  }
  const lines = failures.map(({ type, name, operation, code, message }) => `could not ${operation} ${name} (${type}): ${code}: ${message}`)
  return new FleetError('STACK_FAILED', lines.join('\n'), [...new Set(failures.map(({ code }) => remedyFor(code)))].join(' '))
}
