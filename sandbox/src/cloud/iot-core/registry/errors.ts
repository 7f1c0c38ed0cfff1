// sandbox/src/cloud/iot-core/registry/errors.ts: the errors of IoT's control plane (API reference, «Errors» of each operation).
import { AwsError } from '../../aws-error.ts'

export const invalidRequest = (message: string, cause?: unknown) => new AwsError('InvalidRequestException', message, cause === undefined ? {} : { cause })
export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message)
export const deleteConflict = (message: string) => new AwsError('DeleteConflictException', message)
export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)
export const versionConflict = (message: string) => new AwsError('VersionConflictException', message)

export const alreadyExists = (message: string, resourceId: string, resourceArn: string) =>
  new AwsError('ResourceAlreadyExistsException', message, { members: { resourceId, resourceArn } })

/** The value of a member that the API requires. @throws AwsError in the words of AWS's front end */
export function required<T>(value: T | undefined | null, member: string): T {
  if (value !== undefined && value !== null) return value
  throw invalidRequest(`1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`)
}

/** What was found, or else «not found». */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw notFound(`${what} not found`)
  return value
}
