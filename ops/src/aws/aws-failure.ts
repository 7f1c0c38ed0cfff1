// ops/src/aws/aws-failure.ts: an error of the AWS SDK as one that tells the operator what to do.
import { FleetError, type ErrorCode } from '@fleet/contract/errors'
import type { Target } from '../target/target.ts'
import { operationOf } from './client-config.ts'

/** Runs `work`; whatever the cloud refuses comes out as a FleetError. @throws FleetError */
export async function explaining<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explained(error, target)
  }
}

/** The error itself when it is none of the SDK's. */
export function explained(error: unknown, target: Target): unknown {
  if (!(error instanceof Error) || error instanceof FleetError) return error
  const kind = KINDS.find(({ matches }) => matches(error))
  if (kind) return failure(kind.code, error, target, kind)
  return isOfSdk(error) ? failure('CLOUD_REFUSED', error, target, REFUSED) : error
}

interface Wording {
  readonly what: (operation: string, target: Target) => string
  readonly remedy: (target: Target) => string
}

interface Kind extends Wording {
  readonly code: ErrorCode
  readonly matches: (error: Error) => boolean
}

const failure = (code: ErrorCode, error: Error, target: Target, { what, remedy }: Wording) => new FleetError(code, what(operationOf(error), target), remedy(target), { cause: error })

const REFUSED: Wording = {
  what: (operation) => `the cloud refused ${operation || 'a request'}`,
  remedy: () => 'The reason above is its own. If the stack is out of date, run `fleet deploy`; otherwise report this.',
}

const IS_SANDBOX = ({ kind }: Target) => kind === 'sandbox'

/** By name: SDK clients, their credential providers and Node each have their own classes. The first that fits counts. */
const KINDS: readonly Kind[] = [
  {
    code: 'CREDENTIALS_EXPIRED',
    matches: (error) => is(error, ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired']) || /(session|token|credentials?).{0,60} (has|have|is) expired/i.test(error.message),
    what: () => 'your AWS credentials have expired',
    remedy: () => 'Sign in again (aws sso login, or renew the keys in your environment), then repeat the command: it goes on where it stopped.',
  },
  {
    code: 'CREDENTIALS_MISSING',
    matches: (error) => is(error, ['CredentialsProviderError', 'TokenProviderError']),
    what: () => 'there are no AWS credentials',
    remedy: ({ stage }) => `Sign in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for account ${stage.accountId}. To try fleet without AWS: npm start.`,
  },
  {
    code: 'CREDENTIALS_REFUSED',
    matches: (error) => is(error, ['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature', 'RequestTimeTooSkewed', 'MissingAuthenticationToken']),
    what: (operation) => `the cloud does not accept your credentials${operation && ` for ${operation}`}`,
    remedy: (target) => (IS_SANDBOX(target) ? 'Start the sandbox anew (npm start): its endpoints file is not its own.' : 'Look which keys are used (aws sts get-caller-identity), and whether this machine\'s clock is right.'),
  },
  {
    code: 'ACCESS_DENIED',
    matches: (error) => is(error, ['AccessDenied', 'AccessDeniedException', 'UnauthorizedException', 'UnauthorizedOperation', 'NotAuthorizedException', 'ForbiddenException', 'Forbidden']) || statusOf(error) === 403,
    what: (operation) => `your credentials may not call ${operation || 'this operation'}`,
    remedy: ({ stage }) => `Use a role of account ${stage.accountId} that may, or have it granted (the reason above names action and resource).`,
  },
  {
    code: 'THROTTLED',
    matches: (error) => is(error, ['Throttling', 'ThrottlingException', 'ThrottledException', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown', 'RequestThrottled']) || statusOf(error) === 429,
    what: (operation) => `AWS went on throttling ${operation || 'our calls'}`,
    remedy: () => 'Something else in this account makes many calls: wait a minute and repeat the command, it goes on where it stopped.',
  },
  {
    code: 'STACK_MISSING',
    matches: (error) => is(error, ['NoSuchBucket', 'RepositoryNotFoundException']),
    what: (operation, { stage, names }) => `the stack of stage ${stage.stage} is not there: ${operation || 'the cloud'} found no ${names.provisioningBucket} or image repository`,
    remedy: ({ stage }) => `Run \`fleet deploy --stage ${stage.stage}\` first.`,
  },
  {
    code: 'ENDPOINT_UNREACHABLE',
    matches: (error) => codes(error).some((code) => UNREACHABLE.includes(code)) || is(error, ['TimeoutError', 'NetworkingError']),
    what: (operation, { describe }) => `no answer from ${describe}${operation && ` (${operation})`}`,
    remedy: (target) => (IS_SANDBOX(target) ? 'Look whether the sandbox still runs (npm start).' : target.kind === 'endpoint' ? 'Look whether AWS_ENDPOINT_URL is right, and whether something listens there.' : 'Look at this machine\'s network (proxy, DNS), then repeat the command.'),
  },
]

const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE']

const is = ({ name }: Error, names: readonly string[]) => names.includes(name)

interface SdkError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number }
}

const isOfSdk = (error: Error): error is SdkError => '$metadata' in error && typeof error.$metadata === 'object' && error.$metadata !== null

/** A refusal of S3's HEAD has no body, so no name either. */
export const statusOf = (error: unknown): number | undefined => (error instanceof Error && isOfSdk(error) ? error.$metadata.httpStatusCode : undefined)

/** Node's codes, also of the errors that an AggregateError (one per address of a name) or a cause holds. */
function codes(error: Error): string[] {
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const inner = [error.cause, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])]
  return [...own, ...inner.flatMap((each) => (each instanceof Error ? codes(each) : []))]
}
