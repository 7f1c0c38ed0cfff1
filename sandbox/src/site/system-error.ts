// sandbox/src/site/system-error.ts: tells which error of the operating system it is.

/** `hasCode(error, 'ENOENT')`: Node gives system errors their errno's name. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
