// sandbox/src/cloud/logs/event-operations.ts: CloudWatch Logs' operations on events: put, get, filter.
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import { atLeast, atMost, notLongerThan } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import { keyOfToken, tokenOf } from '../wire/paging.ts'
import { compileFilterPattern, type Matches, PatternMalformed } from './filter-pattern.ts'
import type { EventRecord, GroupRecord, LogRecords, PlacedEvent } from './log-records.ts'
import { groupNamed, invalidParameter, refuseViolations } from './log-checks.ts'

type Logs = typeof import('@aws-sdk/client-cloudwatch-logs')

/** Limits of PutLogEvents (its API reference). */
const MOST_EVENTS = 10_000
const MOST_BYTES = 1_048_576
const OVERHEAD_BYTES = 26
const DAY_MS = 86_400_000
const OLDEST_MS = 14 * DAY_MS
const NEWEST_MS = 2 * 3_600_000

export function eventOperations({ records, clock }: { readonly records: LogRecords; readonly clock: Clock }) {
  return {
    PutLogEvents({ logGroupName = '', logStreamName = '', logEvents = [] }) {
      const group = records.group(logGroupName)
      records.stream(logGroupName, logStreamName)
      const events = logEvents.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }))
      refuseBatch(events)
      const now = clock.now().getTime()
      const expiredMs = group.retentionDays === undefined ? -Infinity : now - group.retentionDays * DAY_MS
      const count = (test: (timestamp: number) => boolean) => events.filter(({ timestamp }) => test(timestamp)).length
      const expired = count((timestamp) => timestamp < expiredMs)
      const tooOld = count((timestamp) => timestamp < now - OLDEST_MS)
      const tooNew = events.findIndex(({ timestamp }) => timestamp > now + NEWEST_MS)
      const accepted = events.slice(Math.max(expired, tooOld), tooNew < 0 ? undefined : tooNew)
      if (accepted.length > 0) records.append(logGroupName, logStreamName, accepted)
      const rejected = { ...(tooNew < 0 ? {} : { tooNewLogEventStartIndex: tooNew }), ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}), ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}) }
      return { nextSequenceToken: String(records.stream(logGroupName, logStreamName).sequence), ...(accepted.length < events.length ? { rejectedLogEventsInfo: rejected } : {}) }
    },
    GetLogEvents(input) {
      refuseViolations(['limit', input.limit, atLeast(1), atMost(MOST_EVENTS)])
      const group = groupNamed(records, input)
      const { logStreamName = '', startTime = 0, endTime = Infinity, limit = MOST_EVENTS, startFromHead = false, nextToken } = input
      records.stream(group.name, logStreamName)
      const inRange = allEvents(records, group, logStreamName, startTime).filter(({ timestamp }) => timestamp < endTime)
      return pageInStream(inRange, { limit, startFromHead, nextToken })
    },
    FilterLogEvents(input) {
      refuseViolations(['limit', input.limit, atLeast(1), atMost(MOST_EVENTS)], ['filterPattern', input.filterPattern, notLongerThan(1024)])
      const group = groupNamed(records, input)
      if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
      const matches = readPattern(input.filterPattern)
      const { startTime = 0, endTime = Infinity, limit = MOST_EVENTS, logStreamNames, logStreamNamePrefix = '' } = input
      const streams = records.streams(group.name).map(({ name }) => name).filter((name) => (logStreamNames ? logStreamNames.includes(name) : name.startsWith(logStreamNamePrefix)))
      const after = placeOfToken(input.nextToken)
      const found = streams.flatMap((stream) => matching(records, group, { stream, startTime, endTime, matches, after, most: limit + 1 })).sort(inOrder)
      const events = found.slice(0, limit)
      const last = events.at(-1)
      return {
        events: events.map((event) => ({ logStreamName: event.stream, timestamp: event.timestamp, message: event.message, ingestionTime: event.ingestedMs, eventId: eventId(event) })),
        searchedLogStreams: [],
        ...(found.length > events.length && last ? { nextToken: tokenOf(JSON.stringify([last.timestamp, last.stream, last.sequence])) } : {}),
      }
    },
  } satisfies OperationsOf<Logs>
}

function refuseBatch(events: readonly { readonly timestamp: number; readonly message: string }[]): void {
  refuseViolations(['logEvents', events, notLongerThan(MOST_EVENTS)])
  if (events.length === 0) throw invalidParameter("1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1")
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + OVERHEAD_BYTES, 0)
  if (bytes > MOST_BYTES) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`)
  if (events.some(({ message }) => message === '')) throw invalidParameter("1 validation error detected: Value '' at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1")
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
  const span = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0)
  if (span > DAY_MS) throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

function allEvents(records: LogRecords, group: GroupRecord, stream: string, fromMs: number): PlacedEvent[] {
  const all: PlacedEvent[] = []
  for (;;) {
    const last = all.at(-1)
    const page = records.events(group, stream, { fromMs, ...(last ? { after: last } : {}), limit: MOST_EVENTS })
    all.push(...page)
    if (page.length < MOST_EVENTS) return all
  }
}

interface StreamPage {
  readonly limit: number
  readonly startFromHead: boolean
  readonly nextToken: string | undefined
}

/** Tokens are `f/` or `b/` and a place; at either end the same token comes back. */
function pageInStream(events: readonly PlacedEvent[], { limit, startFromHead, nextToken }: StreamPage) {
  const [direction, place] = nextToken === undefined ? [startFromHead ? 'f' : 'b', undefined] : streamToken(nextToken)
  const isBefore = (event: PlacedEvent) => place === undefined || comparePlaces(event, place) < 0
  const isAfter = (event: PlacedEvent) => place === undefined || comparePlaces(event, place) > 0
  const page = direction === 'f' ? events.filter(isAfter).slice(0, limit) : events.filter(isBefore).slice(-limit)
  const [first, last] = [page[0] ?? place, page.at(-1) ?? place]
  return { events: page.map(shown), nextForwardToken: `f/${spelled(last)}`, nextBackwardToken: `b/${spelled(first)}` }
}

type Place = Pick<PlacedEvent, 'timestamp' | 'sequence'>

const comparePlaces = (one: Place, other: Place) => one.timestamp - other.timestamp || one.sequence - other.sequence
const spelled = (place: Place | undefined) => (place ? `${place.timestamp}-${place.sequence}` : 'none')
const shown = ({ timestamp, message, ingestedMs }: EventRecord) => ({ timestamp, message, ingestionTime: ingestedMs })

function streamToken(token: string): ['f' | 'b', Place | undefined] {
  const [, direction, place] = /^([fb])\/(none|\d+-\d+)$/.exec(token) ?? []
  if (direction === undefined || place === undefined) throw invalidParameter('The specified nextToken is invalid.')
  const [timestamp = 0, sequence = 0] = place.split('-').map(Number)
  return [direction === 'f' ? 'f' : 'b', place === 'none' ? undefined : { timestamp, sequence }]
}

interface Search {
  readonly stream: string
  readonly startTime: number
  readonly endTime: number
  readonly matches: Matches
  readonly after: (Place & { readonly stream: string }) | undefined
  readonly most: number
}

function matching(records: LogRecords, group: GroupRecord, { stream, startTime, endTime, matches, after, most }: Search): PlacedEvent[] {
  const found: PlacedEvent[] = []
  let place: Place | undefined = after && placeIn(stream, after)
  for (;;) {
    const page = records.events(group, stream, { fromMs: startTime, ...(place ? { after: place } : {}), limit: MOST_EVENTS })
    for (const event of page) {
      if (event.timestamp > endTime || found.length >= most) return found
      if (matches(event.message)) found.push(event)
    }
    if (page.length < MOST_EVENTS) return found
    place = page.at(-1)
  }
}

/** In streams that sort before the one where the last page ended, that millisecond has been shown; in those behind it, it has not. */
function placeIn(stream: string, after: Place & { readonly stream: string }): Place {
  if (stream === after.stream) return after
  return stream < after.stream ? { timestamp: after.timestamp, sequence: Number.MAX_SAFE_INTEGER } : { timestamp: after.timestamp, sequence: 0 }
}

const inOrder = (one: PlacedEvent, other: PlacedEvent) => one.timestamp - other.timestamp || (one.stream < other.stream ? -1 : one.stream > other.stream ? 1 : one.sequence - other.sequence)

/** 56 digits, as AWS's are. */
const eventId = ({ timestamp, sequence }: Place) => `${timestamp}${sequence}`.padStart(56, '3')

function placeOfToken(token: string | undefined): (Place & { stream: string }) | undefined {
  const invalid = () => invalidParameter('The specified nextToken is invalid.')
  const text = keyOfToken(token, invalid)
  if (text === undefined) return undefined
  try {
    const [timestamp, stream, sequence] = JSON.parse(text) as [unknown, unknown, unknown]
    if (typeof timestamp === 'number' && typeof stream === 'string' && typeof sequence === 'number') return { timestamp, stream, sequence }
  } catch {
    // refused below
  }
  throw invalid()
}

function readPattern(pattern: string | undefined): Matches {
  try {
    return compileFilterPattern(pattern)
  } catch (error) {
    if (error instanceof PatternMalformed) throw new AwsError('InvalidParameterException', error.message, { cause: error })
    throw error
  }
}
