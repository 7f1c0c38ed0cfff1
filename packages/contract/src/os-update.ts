// packages/contract/src/os-update.ts: an update of the operating system: what the stage wishes, and what a device says of it.
import * as z from 'zod'

const ID = 'must be 1 to 64 letters, digits, dots, dashes and underscores, in quotes, and begin with a letter or digit'
/** Names one update: whoever has done it does not do it again. No character that a shell, a file name or a topic would read otherwise. */
export const OsUpdateId = z.string({ error: ID }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: ID })

/** `when-needed`: by itself, when a changed package asks for it. `never`: what needs it waits for the next time somebody reboots. */
export const Reboot = z.enum(['when-needed', 'never'], { error: 'must be when-needed or never' })

/** The setting `osUpdate` of a stage. */
export const OsUpdateWish = z.strictObject({ id: OsUpdateId, reboot: Reboot.default('when-needed') })

/**
 * `asked`: the host unit has not answered yet. `waiting`: for a deployment or a rotation to end. `updating`, `rebooting`: under way. `failed`: it
 * is repeated by itself. `done`: packages upgraded and, where that was needed and allowed, rebooted.
 */
export const OsUpdateState = z.enum(['asked', 'waiting', 'updating', 'rebooting', 'failed', 'done'])

/** How one update stands on a device. */
export const OsUpdateStanding = z.object({
  id: OsUpdateId,
  state: OsUpdateState,
  /** 1 for the first try. */
  attempt: z.int().nonnegative(),
  /** What it waits for, or why it failed. */
  why: z.string().nullish(),
  /** How many packages have changed. */
  changed: z.int().nonnegative().nullish(),
  /** Some of them: `openssl 3.0.15-1 → 3.0.16-1`. */
  packages: z.array(z.string()).nullish(),
  /** It is done, but some of it takes effect with the next reboot only. */
  rebootPending: z.boolean().nullish(),
})

/** Shadow `osUpdate`, state.reported. `sequence` and `lostEvents` as in led.ts. */
export const OsUpdateReported = OsUpdateStanding.extend({ at: z.iso.datetime(), sequence: z.int().nonnegative(), lostEvents: z.int().nonnegative() })

/** Telemetry: one event per change of state. */
export const OsUpdateEvent = OsUpdateStanding.omit({ packages: true }).extend({ sequence: z.int().positive(), at: z.iso.datetime() })

export type OsUpdateWish = z.infer<typeof OsUpdateWish>
export type OsUpdateStanding = z.infer<typeof OsUpdateStanding>
export type OsUpdateReported = z.infer<typeof OsUpdateReported>
export type OsUpdateEvent = z.infer<typeof OsUpdateEvent>
