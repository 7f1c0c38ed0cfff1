// sandbox/src/cloud/greengrass/greengrass-error.ts: the refusals of AWS IoT Greengrass V2.
import { AwsError } from '../aws-error.ts'

/** `fields` name the members of the request that are at fault. */
export function invalid(message: string, fields: readonly string[] = []): AwsError {
  const reason = fields.length > 0 ? { reason: 'FIELD_VALIDATION_FAILED', fields: fields.map((name) => ({ name, message })) } : { reason: 'OTHER' }
  return new AwsError('ValidationException', message, { members: reason })
}

export const notFound = (resourceType: ResourceType, resourceId: string) =>
  new AwsError('ResourceNotFoundException', `The ${resourceType} ${resourceId} does not exist.`, { members: { resourceId, resourceType } })

export const conflict = (resourceType: ResourceType, resourceId: string, message: string) =>
  new AwsError('ConflictException', message, { members: { resourceId, resourceType } })

export type ResourceType = 'component' | 'component version' | 'core device' | 'deployment' | 'thing' | 'thing group'
