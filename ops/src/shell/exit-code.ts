// ops/src/shell/exit-code.ts: what the exit code of `fleet` says.
import type { ErrorCode } from '@fleet/contract/errors'

export const EXIT = {
  done: 0,
  failed: 1,
  /** An unknown option, a malformed argument or setting: nothing was asked of the cloud. */
  wrongUse: 2,
  /** What was asked is recorded, but the device has not confirmed it in time. */
  unconfirmed: 3,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const

const WRONG_USE: readonly ErrorCode[] = ['ALLOWLIST_MALFORMED', 'ALLOWLIST_UNREADABLE', 'DESTROY_UNCONFIRMED', 'SERIAL_NUMBER_MALFORMED', 'STAGE_INVALID', 'USAGE']

export const exitCodeOf = (code: ErrorCode): number => (code === 'INTERRUPTED' ? EXIT.interrupted : WRONG_USE.includes(code) ? EXIT.wrongUse : EXIT.failed)
