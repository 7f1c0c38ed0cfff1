// ops/src/cost/usage.ts: what a fleet uses of AWS in a month, by how it is built.

export interface Fleet {
  readonly devices: number
  /** Of one device. */
  readonly messagesPerMinute: number
  /** Of one message, kB of 1000 bytes. */
  readonly messageKb: number
}

/** How a fleet reports; each is a choice that costs or saves. */
export interface Design {
  /** Publishes to the rule itself, past the broker. */
  readonly basicIngest: boolean
  /** What of a message is sent when only what has changed is reported, kB; a message is never made larger. */
  readonly reportKb: number
  /** Reports that are sent as one message. */
  readonly batch: number
  /** A function that each message invokes. */
  readonly lambda: { readonly memoryGb: number; readonly seconds: number } | undefined
  /** Whether the rule writes each message to CloudWatch Logs, and for how long it is kept there. */
  readonly logsKeptDays: number
  /** GB of images; lifecycle rules keep only the newest. */
  readonly imagesGb: number
  /** GB in buckets. */
  readonly objectsGb: number
  /** Of KMS, of the account's own: AWS's cost nothing. */
  readonly keys: number
  readonly oversight: Oversight
  /** Reports of health and events that are kept in tables and in an archive; none: they are not. */
  readonly kept?: KeptTelemetry
  /** What the fleet index and the alarms of lost connections cost; none: there are none. */
  readonly watched?: Watched
}

/** Assumptions about a day of one device: how often its state is written, and its connection lost and back. */
export interface Watched {
  /** Its shadows, the page's and its own writes together; each is also an update of the index. */
  readonly shadowWritesPerDay: number
  readonly lossesPerDay: number
  /** Hours a day in which somebody has the page of the fleet open. */
  readonly consoleHoursPerDay: number
}

/** A message of a device that is stored: infra/src/telemetry. */
export interface KeptTelemetry {
  /** Of one device. */
  readonly batchesPerHour: number
  readonly batchKb: number
  /** In DynamoDB, and in S3. */
  readonly days: number
  readonly archiveDays: number
}

/** Of CloudWatch: who is told when something goes wrong, and where one looks. */
export interface Oversight {
  readonly alarms: number
  readonly dashboards: number
  /** That the fleet counts itself, with AWS's own metrics free. Each costs only for the hours in which it counts something: these are the most. */
  readonly counters: number
}

/** Units of a month, as AWS meters them. */
export interface Usage {
  readonly connectionMinutes: number
  readonly messages: number
  readonly rulesTriggered: number
  readonly ruleActions: number
  readonly devices: number
  readonly lambdaRequests: number
  readonly lambdaGbSeconds: number
  readonly logsGbTaken: number
  readonly logsGbKept: number
  readonly imagesGb: number
  readonly objectsGb: number
  readonly keys: number
  readonly oversight: Oversight
  /** Each 1 kB begun. */
  readonly tableWrites: number
  /** Each 4 kB begun; half a one where what was written last may be missing. */
  readonly tableReads: number
  readonly tableGb: number
  readonly streamGb: number
  readonly archiveGb: number
  /** Of shadows, each 1 kB begun, and of the registry. */
  readonly shadowOperations: number
  /** Of the fleet index, each 1 kB begun. */
  readonly indexUpdates: number
  readonly indexSearches: number
}

/** 730 hours, as AWS's own calculator counts. */
export const MINUTES_PER_MONTH = 730 * 60
const DAYS_PER_MONTH = 730 / 24

/** Messages and rules are metered by 5 kB (AWS IoT Core, «Additional metering details»), of 1024 bytes each. */
const METERED_KB = 5 * 1.024
/** What CloudWatch Logs adds to each event (Amazon CloudWatch pricing, «26 bytes»). */
const EVENT_KB = 0.026
const KB_PER_GB = 1.024 ** 3 * 1e6

export function usageOf({ devices, messagesPerMinute, messageKb }: Fleet, design: Design): Usage {
  const { basicIngest, batch, lambda, logsKeptDays, imagesGb, objectsGb, keys, oversight } = design
  const sentKb = Math.min(messageKb, design.reportKb) * batch
  const sent = (devices * messagesPerMinute * MINUTES_PER_MONTH) / batch
  const metered = sent * Math.max(1, Math.ceil(sentKb / METERED_KB))
  const requests = lambda ? sent : 0
  const kept = keptUsage(devices, design.kept)
  const watched = watchedUsage(devices, design.watched)
  const logsGbTaken = logsKeptDays > 0 ? (sent * (sentKb + EVENT_KB)) / KB_PER_GB : 0
  return {
    connectionMinutes: devices * MINUTES_PER_MONTH,
    messages: basicIngest ? 0 : metered,
    rulesTriggered: metered + kept.batches + watched.rulesTriggered,
    ruleActions: metered + kept.batches * ACTIONS + watched.ruleActions,
    devices,
    lambdaRequests: requests,
    lambdaGbSeconds: requests * (lambda ? lambda.memoryGb * lambda.seconds : 0),
    logsGbTaken: logsGbTaken + kept.logsGb,
    logsGbKept: ((logsGbTaken + kept.logsGb) * logsKeptDays) / DAYS_PER_MONTH,
    imagesGb,
    objectsGb,
    keys,
    oversight,
    tableWrites: kept.tableWrites + watched.tableWrites,
    tableReads: watched.tableReads,
    tableGb: kept.tableGb,
    streamGb: kept.streamGb,
    archiveGb: kept.archiveGb,
    shadowOperations: watched.shadowOperations,
    indexUpdates: watched.indexUpdates,
    indexSearches: watched.indexSearches,
  }
}

/** History, last state, archive, log. */
const ACTIONS = 4
/** Firehose meters each record by 5 kB begun (Amazon Data Firehose pricing). */
const RECORD_KB = 5 * 1.024
/** JSON lines of one shape are some ten times as small by GZIP; counted as a fifth. */
const COMPRESSED = 0.2

function keptUsage(devices: number, kept: KeptTelemetry | undefined) {
  if (!kept) return { batches: 0, tableWrites: 0, tableGb: 0, streamGb: 0, archiveGb: 0, logsGb: 0 }
  const { batchesPerHour, batchKb, days, archiveDays } = kept
  const batches = devices * batchesPerHour * 730
  const gb = (batches * batchKb) / KB_PER_GB
  return {
    batches,
    tableWrites: batches * 2 * Math.ceil(batchKb),
    tableGb: (gb * days) / DAYS_PER_MONTH,
    streamGb: (batches * RECORD_KB * Math.ceil(batchKb / RECORD_KB)) / KB_PER_GB,
    archiveGb: (gb * COMPRESSED * archiveDays) / DAYS_PER_MONTH,
    logsGb: gb,
  }
}

/** Lost and back: each is an event that triggers one rule. */
const EVENTS_PER_LOSS = 2
/** The rules of presence: each asks the registry and writes the alarm; of a loss somebody is told, too. */
const ACTIONS_PER_LOSS = 5
/** The alarm and its entry in the index of what is open, raised and cleared. */
const WRITES_PER_LOSS = 4
/** The page asks for open alarms every 15 s with 16 queries of half a unit, and once a minute for the fleet, 100 devices an answer. */
const READS_PER_HOUR = 240 * 16 * 0.5
const SEARCHES_PER_HOUR = 60
const DEVICES_PER_ANSWER = 100

function watchedUsage(devices: number, watched: Watched | undefined) {
  if (!watched) return { rulesTriggered: 0, ruleActions: 0, tableWrites: 0, tableReads: 0, shadowOperations: 0, indexUpdates: 0, indexSearches: 0 }
  const losses = devices * watched.lossesPerDay * DAYS_PER_MONTH
  const shadowWrites = devices * watched.shadowWritesPerDay * DAYS_PER_MONTH
  const hours = watched.consoleHoursPerDay * DAYS_PER_MONTH
  return {
    rulesTriggered: losses * EVENTS_PER_LOSS,
    ruleActions: losses * ACTIONS_PER_LOSS,
    tableWrites: losses * WRITES_PER_LOSS,
    tableReads: hours * READS_PER_HOUR,
    shadowOperations: shadowWrites + losses * EVENTS_PER_LOSS,
    indexUpdates: shadowWrites + losses * EVENTS_PER_LOSS,
    indexSearches: hours * SEARCHES_PER_HOUR * Math.ceil(devices / DEVICES_PER_ANSWER),
  }
}
