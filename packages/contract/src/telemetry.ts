// packages/contract/src/telemetry.ts: what a device's reports look like on their way (a batch) and where they are kept (items of two tables).
import * as z from 'zod'
import { ButtonPressed } from './button.ts'
import { HealthMinute } from './health.ts'
import { LedEvent } from './led.ts'
import { OsUpdateEvent } from './os-update.ts'

/** What is reported: the last level of the telemetry topic, and the first word of an item's key. */
export const TELEMETRY_KINDS = ['led', 'button', 'osUpdate', 'health'] as const
export type TelemetryKind = (typeof TELEMETRY_KINDS)[number]

/** AWS IoT meters messages, rules and actions by 5 kB begun; a batch stays under it, together with what the rule adds to it. */
export const MOST_BATCH_BYTES = 4_600

const envelope = {
  /** Time of the first entry, by the device's clock. */
  firstAt: z.iso.datetime(),
  /** Entries of one kind are numbered from 1, over restarts: what comes twice is known by its number. */
  firstSequence: z.int().positive(),
  lastSequence: z.int().positive(),
  /** When it was sent, by the device's clock: against `receivedAt` it tells how wrong that clock is. */
  sentAt: z.iso.datetime(),
  /** Entries that had to make room before the cloud could be reached, since the device was made. */
  lost: z.int().nonnegative(),
}
const batchOf = <Entry extends z.ZodType>(entry: Entry) => z.object({ ...envelope, entries: z.array(entry).min(1) })

/** Payload of `telemetry.<kind>`: entries, oldest first, with the times at which they happened. */
export const TelemetryBatch = {
  led: batchOf(LedEvent),
  button: batchOf(ButtonPressed),
  osUpdate: batchOf(OsUpdateEvent),
  health: batchOf(HealthMinute),
} as const
export type TelemetryBatch<Kind extends TelemetryKind = TelemetryKind> = z.infer<(typeof TelemetryBatch)[Kind]>

/** What the rule adds, over whatever the payload claims: from topic, connection and its own clock. */
const received = {
  thing: z.string(),
  kind: z.enum(TELEMETRY_KINDS),
  certificateId: z.string(),
  /** ms since 1970, by the cloud's clock. */
  receivedAt: z.int(),
}

/** Sort key of the history: kind, then time, so that a period of one kind is one query. The sequence tells two of the same instant apart. */
export const historyKey = (kind: TelemetryKind, firstAt: string, firstSequence: number) => `${historyKeyFrom(kind, firstAt)}#${firstSequence}`
/** For `BETWEEN`: the first key of a kind at or after this instant. */
export const historyKeyFrom = (kind: TelemetryKind, at: string) => `${kind}#${at}`

/**
 * Table `telemetryTable`: one item per batch. Keys: `thing` (S, hash), `entry` (S, range; historyKey). A batch that was delivered twice is one
 * item. `expiresAt` (s since 1970) is the table's TTL: by the cloud's clock, so that a device's wrong clock neither keeps nor loses anything.
 */
export const HistoryItem = z.object({ ...envelope, ...received, entry: z.string(), entries: z.array(z.record(z.string(), z.unknown())), expiresAt: z.int() })
export type HistoryItem = z.infer<typeof HistoryItem>

/** Table `lastStateTable`: the latest batch of each kind of each device. Keys: `thing` (S, hash), `kind` (S, range). `batch` is the item of the history. */
export const LastStateItem = z.object({ thing: z.string(), kind: z.enum(TELEMETRY_KINDS), batch: HistoryItem })
export type LastStateItem = z.infer<typeof LastStateItem>

/** Names of the keys, for the tables, their rules and whoever asks. */
export const TELEMETRY_KEYS = {
  history: { hash: 'thing', range: 'entry', expires: 'expiresAt' },
  lastState: { hash: 'thing', range: 'kind', payload: 'batch' },
} as const

/** Folders of the archive, in Firehose's language: one a day, as Athena's partition projection reads them (docs/runbooks/telemetry.md). */
export const ARCHIVE_PREFIX = {
  delivered: 'telemetry/date=!{timestamp:yyyy-MM-dd}/',
  failed: 'failed/!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/',
} as const
