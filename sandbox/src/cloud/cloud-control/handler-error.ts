// sandbox/src/cloud/cloud-control/handler-error.ts: what a service refused, as the resource handlers of CloudFormation class it.
import type { HandlerErrorCode } from '@aws-sdk/client-cloudcontrol'
import { AwsError } from '../aws-error.ts'

export interface HandlerFailure {
  readonly code: HandlerErrorCode
  readonly message: string
}

/** The first that fits. */
const CLASSES: readonly (readonly [RegExp, HandlerErrorCode])[] = [
  [/^(ResourceAlreadyExists|EntityAlreadyExists|RepositoryAlreadyExists|BucketAlready|QueueNameExists)/, 'AlreadyExists'],
  [/(NotFound|NotConfigured|NoSuch|DoesNotExist)/, 'NotFound'],
  [/(AccessDenied|Unauthorized|Forbidden)/, 'AccessDenied'],
  [/(Throttling|TooManyRequests|SlowDown)/, 'Throttling'],
  [/(LimitExceeded|TooManyTags|TooManyBuckets)/, 'ServiceLimitExceeded'],
  [/(DeleteConflict|ConflictingResourceUpdate|ResourceInUse|OperationAborted)/, 'ResourceConflict'],
  [/^(Invalid|Validation|Malformed|Sql|MissingParameter)/, 'InvalidRequest'],
]

/** Lambda and Greengrass have one error for a name that is taken and for other conflicts: in a create it is the former. */
const CONFLICTS = new Set(['ResourceConflictException', 'ConflictException'])

export type HandlerOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'READ' | 'LIST'

export function handlerFailure(error: unknown, operation: HandlerOperation): HandlerFailure {
  if (!(error instanceof AwsError)) return { code: 'InternalFailure', message: error instanceof Error ? error.message : String(error) }
  const message = `${error.message} (Error Code: ${error.code})`
  if (CONFLICTS.has(error.code)) return { code: operation === 'CREATE' ? 'AlreadyExists' : 'ResourceConflict', message }
  return { code: CLASSES.find(([pattern]) => pattern.test(error.code))?.[1] ?? 'GeneralServiceException', message }
}

/** How a failure of a handler that must answer at once (read, list) is told. */
const EXCEPTIONS: Readonly<Partial<Record<HandlerErrorCode, string>>> = {
  AlreadyExists: 'AlreadyExistsException',
  NotFound: 'ResourceNotFoundException',
  AccessDenied: 'InvalidCredentialsException',
  Throttling: 'ThrottlingException',
  ServiceLimitExceeded: 'ServiceLimitExceededException',
  ResourceConflict: 'ResourceConflictException',
  InvalidRequest: 'InvalidRequestException',
  InternalFailure: 'HandlerInternalFailureException',
}

export function asException(typeName: string, { code, message }: HandlerFailure, requestToken: string): AwsError {
  return new AwsError(EXCEPTIONS[code] ?? 'GeneralServiceException', `${typeName} Handler returned status FAILED: ${message} (HandlerErrorCode: ${code}, RequestToken: ${requestToken})`)
}
