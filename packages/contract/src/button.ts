// packages/contract/src/button.ts: what a press of the button says, locally and to the cloud.
import * as z from 'zod'

/** Edges closer together than this are one press: mechanical contacts bounce for 1 to 20 ms. */
export const DEBOUNCE_MS = 50

/**
 * Local message on `local.buttonPressed`, and one telemetry event. `presses` counts since the device was made and is the
 * event's identity; `on` is what the LED shall be, so that a repeated or a missed message does no harm.
 */
export const ButtonPressed = z.object({ presses: z.number().int().positive(), on: z.boolean(), at: z.iso.datetime() })

/** Shadow `button`, state.reported: all presses up to this one have been sent, but for `lostEvents` (as in led.ts). */
export const ButtonReported = z.object({
  presses: z.number().int().nonnegative(),
  lastPressedAt: z.iso.datetime().nullish(),
  lostEvents: z.number().int().nonnegative(),
})

export type ButtonPressed = z.infer<typeof ButtonPressed>
export type ButtonReported = z.infer<typeof ButtonReported>
