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
  measured: z.number().nullish(),
  limit: z.number().nullish(),
  /** For a person. */
  why: z.string(),
})
export type AlarmChange = z.infer<typeof AlarmChange>

/** It is cleared when the measurement is so much below its limit. */
export const ALARM_HYSTERESIS = { 'too-hot': 5, 'disk-full': 2 } as const

/**
 * Table `alarmsTable`: one item per device and alarm. Keys: `thing` (S, hash), `alarm` (S, range). A new change replaces it whole, so whoever
 * acknowledged the last one has not acknowledged this one. It is open while `state` is `raised`, and then has `open`, too: the last digit of the
 * serial number. Who has acknowledged it is in the name of an attribute, `acknowledgedBy:<name>`, its value is when.
 */
const AlarmItem = AlarmChange.extend({
  thing: z.string(),
  alarm: z.enum(ALARMS),
  /** ms since 1970, by the cloud's clock. */
  receivedAt: z.int(),
})
export interface Alarm extends z.infer<typeof AlarmItem> {
  /** Undefined: by nobody. Of several the first. */
  readonly acknowledged?: { readonly by: string; readonly at: string } | undefined
}

export const ALARM_KEYS = { hash: 'thing', range: 'alarm' } as const
/**
 * The index that has what is open alone, the newest last. When a whole fleet loses its connection, its writes spread over as many partitions as
 * serial numbers have last digits: one takes 1,000 a second (DynamoDB guide, «Using write sharding»).
 */
export const OPEN_ALARMS = { index: 'open', hash: 'open', range: 'receivedAt', digitAt: 15, shards: Array.from('0123456789abcdef') } as const

/** Query, of one shard: its open alarms, the newest first. */
export const openAlarmsOf = (shard: string) => ({ IndexName: OPEN_ALARMS.index, KeyConditionExpression: '#open = :shard', ExpressionAttributeNames: { '#open': OPEN_ALARMS.hash }, ExpressionAttributeValues: { ':shard': { S: shard } }, ScanIndexForward: false }) as const

/** An item of the table (item.ts); undefined when a device has made of its own what is none. */
export function alarmIn(item: Readonly<Record<string, unknown>>): Alarm | undefined {
  const { data } = AlarmItem.safeParse(item)
  const [acknowledged] = Object.entries(item)
    .flatMap(([name, at]) => (name.startsWith(acknowledgedBy('')) && typeof at === 'string' ? [{ by: name.slice(acknowledgedBy('').length), at }] : []))
    .sort((one, other) => one.at.localeCompare(other.at))
  return data && { ...data, acknowledged }
}

/** An attribute's name, because that, and no value, can be granted (DynamoDB guide, condition key `dynamodb:Attributes`). */
export const acknowledgedBy = (name: string) => `acknowledgedBy:${name}`
/** The only attributes that whoever acknowledges may touch: keys, what the condition compares, and her own. */
export const acknowledgingAttributes = (name: string): readonly string[] => ['thing', 'alarm', 'state', 'receivedAt', acknowledgedBy(name)]

/** UpdateItem: acknowledges this change and no later one (ConditionalCheckFailedException: it has changed meanwhile). */
export const acknowledging = ({ thing, alarm, receivedAt }: Pick<Alarm, 'thing' | 'alarm' | 'receivedAt'>, { by, at }: { readonly by: string; readonly at: Date }) => ({
  Key: { [ALARM_KEYS.hash]: { S: thing }, [ALARM_KEYS.range]: { S: alarm } },
  UpdateExpression: 'SET #mine = :at',
  ConditionExpression: '#state = :raised AND receivedAt = :receivedAt',
  ExpressionAttributeNames: { '#state': 'state', '#mine': acknowledgedBy(by) },
  ExpressionAttributeValues: { ':at': { S: at.toISOString() }, ':raised': { S: 'raised' }, ':receivedAt': { N: String(receivedAt) } },
})
