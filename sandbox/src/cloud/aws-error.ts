// sandbox/src/cloud/aws-error.ts: an error that a client of this cloud shall see, in AWS's own words.

/**
 * `code` is the shape's name in the service's model (`ResourceNotFoundException`); the wire layer finds status and encoding by it.
 * `members` are further members of that shape. `status` is only for codes that the model does not know (S3 `NotFound`).
 */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly members: Readonly<Record<string, unknown>>
  readonly status: number | undefined

  constructor(code: string, message: string, options: { members?: Record<string, unknown>; status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.members = options.members ?? {}
    this.status = options.status
  }
}
