// sandbox/src/cloud/logs/log-records.ts: log groups, streams and events as they are kept.
import { type Account, arn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { keyOf, prefixOf, type Store } from '../store/store.ts'

export interface GroupRecord {
  readonly name: string
  readonly createdMs: number
  readonly retentionDays: number | undefined
  readonly kmsKeyId: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

export interface StreamRecord {
  readonly name: string
  readonly createdMs: number
  readonly firstEventMs: number | undefined
  readonly lastEventMs: number | undefined
  readonly lastIngestionMs: number | undefined
  /** Of the last event, so that events of one millisecond keep their order. */
  readonly sequence: number
}

export interface EventRecord {
  readonly timestamp: number
  readonly ingestedMs: number
  readonly message: string
}

/** An event and its place among all of its group: by time, then stream, then arrival. */
export interface PlacedEvent extends EventRecord {
  readonly stream: string
  readonly sequence: number
}

export interface NewEvent {
  readonly timestamp: number
  readonly message: string
}

export interface LogRecords {
  findGroup(name: string): GroupRecord | undefined
  /** @throws AwsError ResourceNotFoundException */
  group(name: string): GroupRecord
  /** @throws AwsError ResourceNotFoundException */
  stream(group: string, name: string): StreamRecord
  findStream(group: string, name: string): StreamRecord | undefined
  groups(): readonly GroupRecord[]
  streams(group: string): readonly StreamRecord[]
  putGroup(group: GroupRecord): void
  deleteGroup(name: string): void
  putStream(group: string, stream: StreamRecord): void
  deleteStream(group: string, name: string): void
  append(group: string, stream: string, events: readonly NewEvent[]): void
  /** In order, from `fromMs` on, after the place `after`; what outlived its retention is gone. */
  events(group: GroupRecord, stream: string, options: { readonly fromMs?: number; readonly after?: EventPlace; readonly limit: number }): readonly PlacedEvent[]
}

export interface EventPlace {
  readonly timestamp: number
  readonly sequence: number
}

export const groupArn = (account: Account, name: string) => arn('logs', account, `log-group:${name}`)

const DAY_MS = 86_400_000
const BETWEEN_CLEANINGS_MS = 3_600_000
const padded = (value: number) => String(value).padStart(15, '0')
const LAST = '\u{10FFFF}'

export function logRecords(store: Store, clock: Clock): LogRecords {
  const groups = store.table<GroupRecord>('logs_groups')
  const streams = store.table<StreamRecord>('logs_streams')
  const events = store.table<EventRecord & { readonly sequence: number }>('logs_events')
  const eventKey = (group: string, stream: string, { timestamp, sequence }: EventPlace) => keyOf(group, stream, padded(timestamp), padded(sequence))
  const nowMs = () => clock.now().getTime()
  const oldestMs = ({ retentionDays }: GroupRecord) => (retentionDays === undefined ? 0 : Math.max(nowMs() - retentionDays * DAY_MS, 0))

  const group = (name: string): GroupRecord => groups.get(name) ?? missing('The specified log group does not exist.')
  const stream = (groupName: string, name: string): StreamRecord => {
    group(groupName)
    return streams.get(keyOf(groupName, name)) ?? missing('The specified log stream does not exist.')
  }
  const deleteEvents = (groupName: string, streamName: string, beforeMs = Infinity) => {
    for (const [key, { timestamp }] of events.all(prefixOf(groupName, streamName))) {
      if (timestamp >= beforeMs) break
      events.delete(key)
    }
  }
  const deleteStream = (groupName: string, name: string) => {
    deleteEvents(groupName, name)
    streams.delete(keyOf(groupName, name))
  }
  let cleanedMs = -Infinity
  const clean = () => {
    if (nowMs() - cleanedMs < BETWEEN_CLEANINGS_MS) return
    cleanedMs = nowMs()
    const held = groups.all().filter(([, { retentionDays }]) => retentionDays !== undefined)
    for (const [name, record] of held) for (const [, { name: streamName }] of streams.all(prefixOf(name))) deleteEvents(name, streamName, oldestMs(record))
  }
  return {
    findGroup: (name) => groups.get(name),
    group,
    stream,
    findStream: (groupName, name) => streams.get(keyOf(groupName, name)),
    groups: () => groups.all().map(([, each]) => each),
    streams: (groupName) => streams.all(prefixOf(groupName)).map(([, each]) => each),
    putGroup: (record) => groups.put(record.name, record),
    deleteGroup(name) {
      store.transaction(() => {
        for (const [, { name: streamName }] of streams.all(prefixOf(name))) deleteStream(name, streamName)
        groups.delete(name)
      })
    },
    putStream: (groupName, record) => streams.put(keyOf(groupName, record.name), record),
    deleteStream: (groupName, name) => store.transaction(() => deleteStream(groupName, name)),
    append(groupName, streamName, added) {
      store.transaction(() => {
        clean()
        const known = stream(groupName, streamName)
        added.forEach(({ timestamp, message }, index) => {
          const sequence = known.sequence + 1 + index
          events.put(eventKey(groupName, streamName, { timestamp, sequence }), { timestamp, ingestedMs: nowMs(), message, sequence })
        })
        streams.put(keyOf(groupName, streamName), { ...known, ...spanWith(known, added), sequence: known.sequence + added.length, lastIngestionMs: nowMs() })
      })
    },
    events(record, streamName, { fromMs = 0, after, limit }) {
      const begin = Math.max(fromMs, oldestMs(record))
      const place = after && after.timestamp >= begin ? after : undefined
      const position = place ? eventKey(record.name, streamName, place) : keyOf(record.name, streamName, begin === 0 ? '' : padded(begin - 1) + LAST)
      return events.page({ prefix: prefixOf(record.name, streamName), after: position, limit }).items.map(([, event]) => ({ ...event, stream: streamName }))
    },
  }
}

function missing(message: string): never {
  throw new AwsError('ResourceNotFoundException', message)
}

function spanWith({ firstEventMs, lastEventMs }: StreamRecord, added: readonly NewEvent[]): Pick<StreamRecord, 'firstEventMs' | 'lastEventMs'> {
  const times = added.map(({ timestamp }) => timestamp)
  return { firstEventMs: Math.min(firstEventMs ?? Infinity, ...times), lastEventMs: Math.max(lastEventMs ?? -Infinity, ...times) }
}
