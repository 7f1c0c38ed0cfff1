// packages/contract/src/alarm.ts: the alarms of a device: what raises them, and how they are kept, shown and acknowledged.
import * as z from 'zod'

/** `offline`: AWS IoT has lost its connection. The others are raised and cleared by the device itself. */
export const ALARMS = ['offline', 'too-hot', 'disk-full', 'led-fault'] as const
export type AlarmName = (typeof ALARMS)[number]
export const DEVICE_ALARMS = ['too-hot', 'disk-full', 'led-fault'] as const satisfies readonly AlarmName[]
export type DeviceAlarmName = (typeof DEVICE_ALARMS)[number]

/** Payload of `alarm.<name>`, at each change. It is cleared well below the limit only: `hysteresis`, so that it does not flap. */
export const AlarmChange = z.object({
  state: z.enum(['raised', 'cleared']),
  /** When it changed, by the device's clock. */
  at: z.iso.datetime(),
  /** What was measured and the limit, in the measurement's unit (°C, %). */
  value: z.number().nullish(),
  limit: z.number().nullish(),
  /** For a person. */
  why: z.string(),
})
export type AlarmChange = z.infer<typeof AlarmChange>

/** It is cleared when the measurement is so much below its limit. */
export const ALARM_HYSTERESIS = { 'too-hot': 5, 'disk-full': 2 } as const

/**
 * Table `alarmsTable`: one item per device and alarm. Keys: `thing` (S, hash), `alarm` (S, range). A new change replaces it whole, so whoever
 * acknowledged the last one has not acknowledged this one. It is open while `state` is `raised`, acknowledged when it has `acknowledgedAt`.
 */
export const AlarmItem = AlarmChange.extend({
  thing: z.string(),
  alarm: z.enum(ALARMS),
  /** ms since 1970, by the cloud's clock. */
  receivedAt: z.int(),
  acknowledgedAt: z.iso.datetime().nullish(),
  acknowledgedBy: z.string().nullish(),
})
export type AlarmItem = z.infer<typeof AlarmItem>

export const ALARM_KEYS = { hash: 'thing', range: 'alarm' } as const
/** The only attributes that whoever acknowledges may touch: keys, what the condition compares, and what is written. */
export const ACKNOWLEDGING_ATTRIBUTES = ['thing', 'alarm', 'state', 'receivedAt', 'acknowledgedAt', 'acknowledgedBy'] as const
/** UpdateItem: acknowledges this change and no later one (ConditionalCheckFailedException: it has changed meanwhile). */
export const ACKNOWLEDGE = {
  UpdateExpression: 'SET acknowledgedAt = :at, acknowledgedBy = :by',
  ConditionExpression: '#state = :raised AND receivedAt = :receivedAt',
  ExpressionAttributeNames: { '#state': 'state' },
} as const
