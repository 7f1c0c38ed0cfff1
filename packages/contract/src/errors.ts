// packages/contract/src/errors.ts: the error that an operator reads; docs/ERRORS.md lists every code (a test compares them).

/** Every code that a FleetError can carry. */
export const ERROR_CODES = [
  'ACCESS_DENIED',
  'ACCOUNT_WRONG',
  'ALLOWLIST_CHANGED_MEANWHILE',
  'ALLOWLIST_EMPTY',
  'ALLOWLIST_MALFORMED',
  'ALLOWLIST_REMOVES_TOO_MANY',
  'ALLOWLIST_UNREADABLE',
  'AUDIT_OFF',
  'AUDIT_UNFINISHED',
  'BOUNDARY_OUTDATED',
  'BUCKET_TAKEN',
  'CLAIM_BROKEN',
  'CLAIM_MISSING',
  'CLOUD_FAILED',
  'CLOUD_REFUSED',
  'CONSOLE_USER_UNKNOWN',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_MISSING',
  'CREDENTIALS_REFUSED',
  'DESTROY_UNCONFIRMED',
  'DEVICE_NOT_OF_FLEET',
  'DEVICE_UNKNOWN',
  'DOCKER_FAILED',
  'DOCKER_MISSING',
  'ENDPOINT_UNREACHABLE',
  'GITHUB_REFUSED',
  'GPIO_LINE_UNAVAILABLE',
  'GPIO_UNAVAILABLE',
  'IMAGE_BUILD_FAILED',
  'IMAGE_KEY_MISSING',
  'IMAGE_MISSING',
  'IMAGE_PUSH_FAILED',
  'IMAGE_SOURCE_INVALID',
  'IMAGE_SOURCE_UNREACHABLE',
  'IMAGE_SOURCE_WRONG',
  'IMAGE_UNPINNED',
  'IMAGE_UNTRUSTED',
  'INTERRUPTED',
  'NUCLEUS_MISSING',
  'NUCLEUS_UNREACHABLE',
  'PI_OFF',
  'PI_UNKNOWN',
  'PORT_IN_USE',
  'PULUMI_FAILED',
  'PULUMI_MISSING',
  'RECIPE_INVALID',
  'REGISTRY_UNUSABLE',
  'RELEASE_CHANGED_MEANWHILE',
  'RELEASE_MANIFEST_INVALID',
  'RELEASE_MISSING',
  'RELEASE_UNKNOWN',
  'RELEASE_VERSION_TAKEN',
  'ROLLOUT_NOT_ACTIVE',
  'SANDBOX_ENDPOINTS_INVALID',
  'SANDBOX_FOLDER_FOREIGN',
  'SANDBOX_LOCKED',
  'SANDBOX_NOT_RUNNING',
  'SANDBOX_REFUSED',
  'SANDBOX_STAGE_OTHER',
  'SANDBOX_STATE_UNREADABLE',
  'SECRETS_KEY_MISSING',
  'SECRETS_KEY_TAKEN',
  'SECRETS_KEY_UNUSABLE',
  'SERIAL_NUMBER_MALFORMED',
  'SETTINGS_INVALID',
  'STACK_FAILED',
  'STACK_INTERRUPTED',
  'STACK_LOCKED',
  'STACK_MISSING',
  'STACK_PROGRAM_FAILED',
  'STACK_PROTECTED',
  'STACK_SECRET_UNREADABLE',
  'STACK_STATE_UNREADABLE',
  'STAGE_INVALID',
  'THROTTLED',
  'UNEXPECTED',
  'USAGE',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** What happened (`message`), and what to do about it (`remedy`). Bad input names file and line in the message. */
export class FleetError extends Error {
  override readonly name = 'FleetError'
  readonly code: ErrorCode
  readonly remedy: string

  constructor(code: ErrorCode, what: string, remedy: string, options?: { cause: unknown }) {
    super(what, options)
    this.code = code
    this.remedy = remedy
  }
}
