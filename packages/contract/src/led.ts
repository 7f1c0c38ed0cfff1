// packages/contract/src/led.ts: what the cloud may ask of the LED, and what the LED says of itself.
import * as z from 'zod'

export const LED_FREQUENCY_HZ = { least: 0.1, most: 50, initial: 1 } as const

/** Blinks per second: one period is one time on and one time off, of equal length. */
export const FrequencyHz = z.number().min(LED_FREQUENCY_HZ.least).max(LED_FREQUENCY_HZ.most)

/** Shadow `led`, state.desired. */
export const LedDesired = z.object({ frequencyHz: FrequencyHz })

/**
 * Shadow `led`, state.reported: what is applied, whatever was asked. `refused` names a wish that cannot be met; null clears it
 * (a shadow drops a key that becomes null, so it is absent when read).
 * `sequence` is the number of the latest event: when it is reported, that event and those before it have been sent; `lostEvents`
 * counts those that were given up because the cloud was out of reach for too long.
 */
export const LedReported = z.object({
  frequencyHz: FrequencyHz,
  on: z.boolean(),
  refused: z.object({ frequencyHz: z.unknown(), why: z.string() }).nullish(),
  sequence: z.number().int().nonnegative(),
  lostEvents: z.number().int().nonnegative(),
})

/** Telemetry: one event per change. `sequence` rises by one per event of this device and survives restarts, so a repeated delivery can be told. */
export const LedEvent = z.object({ sequence: z.number().int().positive(), at: z.iso.datetime(), frequencyHz: FrequencyHz, on: z.boolean() })

export type LedDesired = z.infer<typeof LedDesired>
export type LedReported = z.infer<typeof LedReported>
export type LedEvent = z.infer<typeof LedEvent>
