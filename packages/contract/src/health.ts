// packages/contract/src/health.ts: how a device is: its measurements, rolled up by the minute on the device itself.
import * as z from 'zod'

/** Measured so often; one minute is rolled up from these. */
export const SAMPLE_MS = 10_000
export const MINUTE_MS = 60_000
/** Minutes are kept this long while the cloud is out of reach. */
export const MOST_MINUTES_KEPT = 24 * 60

/**
 * What the firmware of a Raspberry Pi says of its power supply and clock (raspberrypi.com, «vcgencmd get_throttled»). The names with `has-`
 * say that it happened since it was started.
 */
export const THROTTLED_BITS = {
  'under-voltage': 0,
  'frequency-capped': 1,
  throttled: 2,
  'soft-temperature-limit': 3,
  'has-been-under-voltage': 16,
  'has-been-frequency-capped': 17,
  'has-been-throttled': 18,
  'has-been-at-soft-temperature-limit': 19,
} as const
export type ThrottledFlag = keyof typeof THROTTLED_BITS

const rollUp = z.object({ mean: z.number(), max: z.number() })

/**
 * One minute of a device. A measurement that this board or kernel does not give is absent, or null. Minutes in which nothing has changed by
 * more than HEALTH_DELTA are left out: until the next one, what was last said holds.
 */
export const HealthMinute = z.object({
  sequence: z.int().positive(),
  /** When it began. It ends a minute later; the first after a start after SAMPLE_MS already. */
  at: z.iso.datetime(),
  /** % of all cores. */
  cpu: rollUp.nullish(),
  /** % of the memory that is in use: what could not be had without swapping. */
  memory: z.number().nullish(),
  /** % of the card that is in use. */
  disk: z.number().nullish(),
  /** °C of the processor. */
  temperature: rollUp.nullish(),
  throttled: z.array(z.enum(Object.keys(THROTTLED_BITS) as [ThrottledFlag, ...ThrottledFlag[]])).nullish(),
  /** s since the board was started. */
  uptime: z.number().nonnegative(),
})
export type HealthMinute = z.infer<typeof HealthMinute>

/** A minute is reported when a measurement differs by more than this from the last that was reported; flags when they differ at all. */
export const HEALTH_DELTA = { cpu: 5, memory: 2, disk: 0.5, temperature: 1 } as const
/** And after so many minutes in any case. */
export const MOST_MINUTES_UNREPORTED = 15
