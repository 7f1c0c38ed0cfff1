// ops/src/cost/prices.ts: AWS's list prices that an estimate is made with: what they were, where and when, and what each of them rests on.

/** USD for one unit; AWS prints most of them for a million. Without free tiers and volume discounts, which this size of fleet does not reach. */
export interface Prices extends Readonly<Record<Price, number>> {
  readonly region: string
  /** When the pages below were looked at, in stored copies. */
  readonly asOf: string
  /** A device connected for a minute. https://aws.amazon.com/iot-core/pricing/ (also the next four) */
  readonly connectionMinute: number
  /** A message through the broker, each 5 kB begun. Basic ingest is free of it (AWS IoT developer guide, «Reducing messaging costs with Basic Ingest»). */
  readonly message: number
  /** A rule that is triggered, each 5 kB begun of the message. */
  readonly ruleTriggered: number
  /** An action of a rule, each 5 kB begun. */
  readonly ruleAction: number
  /** A write or read of a shadow, each 1 kB begun. */
  readonly shadowOperation: number
  /** An update of the fleet index, each 1 kB begun. https://aws.amazon.com/iot-device-management/pricing/ (also the next) */
  readonly indexUpdate: number
  /** A search in it. */
  readonly indexSearch: number
  /** A core device that connected in the month. https://aws.amazon.com/greengrass/pricing/ */
  readonly coreDevice: number
  /** A device that is audited. https://aws.amazon.com/iot-device-defender/pricing/ */
  readonly auditedDevice: number
  /** A GB for a month. https://aws.amazon.com/s3/pricing/ */
  readonly s3Gb: number
  /** A GB for a month. https://aws.amazon.com/ecr/pricing/ */
  readonly ecrGb: number
  /** https://aws.amazon.com/lambda/pricing/ (x86, also the next) */
  readonly lambdaRequest: number
  readonly lambdaGbSecond: number
  /** A GB taken in, standard class. https://aws.amazon.com/cloudwatch/pricing/ (also the next) */
  readonly logsGbTaken: number
  /** A GB kept for a month. */
  readonly logsGbKept: number
  /** A write of an item to a table on demand, each 1 kB begun. https://aws.amazon.com/dynamodb/pricing/on-demand/ (also the next two) */
  readonly tableWrite: number
  /** A read, each 4 kB begun; half a one where what was written last may be missing. */
  readonly tableRead: number
  /** A GB for a month. */
  readonly tableGb: number
  /** A GB into a delivery stream, each record rounded up to 5 kB. https://aws.amazon.com/firehose/pricing/ */
  readonly streamGb: number
  /** A key for a month, in its first year: each of the first two yearly rotations adds as much. Its few requests are within what is free. https://aws.amazon.com/kms/pricing/ */
  readonly kmsKey: number
  /** Of standard resolution, on one metric, for a month. https://aws.amazon.com/cloudwatch/pricing/ (also the next two) */
  readonly alarm: number
  /** For a month. */
  readonly dashboard: number
  /** A metric of one's own that counts in every hour of a month. */
  readonly counter: number
}

export type Price =
  | 'tableWrite'
  | 'tableRead'
  | 'tableGb'
  | 'indexUpdate'
  | 'indexSearch'
  | 'streamGb'
  | 'connectionMinute'
  | 'message'
  | 'ruleTriggered'
  | 'ruleAction'
  | 'shadowOperation'
  | 'coreDevice'
  | 'auditedDevice'
  | 's3Gb'
  | 'ecrGb'
  | 'lambdaRequest'
  | 'lambdaGbSecond'
  | 'logsGbTaken'
  | 'logsGbKept'
  | 'kmsKey'
  | 'alarm'
  | 'dashboard'
  | 'counter'

/**
 * `elsewhere`: a page that was read prints this price, but for another region. `fitted`: the prices that reproduce, together, the sums of a
 * published estimate for this region; each alone is not proven. `unverified`: believed, and found on no page.
 */
export type Evidence = { readonly kind: 'elsewhere'; readonly source: string; readonly region: string; readonly seen: string } | { readonly kind: 'fitted'; readonly to: string } | { readonly kind: 'unverified' }

const MILLION = 1e6

/**
 * Frankfurt. None of them was read on a page of AWS for this region: these pages fill in the prices of a region by script, and their worked
 * examples are of Ireland and Virginia (0.08, 1.00 and 0.15 USD a million of connection minutes, messages, rules; 0.16 a core device).
 * EVIDENCE says what each rests on, and `fleet cost` says it too. Compare with https://calculator.aws before a decision hangs on them.
 */
export const PRICES: Prices = {
  region: 'eu-central-1',
  asOf: '2026-11-21',
  connectionMinute: 0.096 / MILLION,
  message: 1.2 / MILLION,
  ruleTriggered: 0.18 / MILLION,
  ruleAction: 0.18 / MILLION,
  shadowOperation: 1.5 / MILLION,
  coreDevice: 0.1852,
  auditedDevice: 0.0013,
  s3Gb: 0.0245,
  ecrGb: 0.1,
  lambdaRequest: 0.2 / MILLION,
  lambdaGbSecond: 0.0000166667,
  logsGbTaken: 0.63,
  logsGbKept: 0.0324,
  tableWrite: 0.7625 / MILLION,
  tableRead: 0.1525 / MILLION,
  tableGb: 0.306,
  indexUpdate: 2.25 / MILLION,
  indexSearch: 0.05 / 10_000,
  streamGb: 0.033,
  kmsKey: 1,
  alarm: 0.1,
  dashboard: 3,
  counter: 0.3,
}

const ESTIMATE = { kind: 'fitted', to: 'the published estimate of 100 devices that estimate.test.ts reproduces' } as const
const UNVERIFIED = { kind: 'unverified' } as const
const LAMBDA = { kind: 'elsewhere', source: 'https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/lambda.html', region: 'the first tier, no region named; AWS Lambda pricing has it for us-east-1', seen: '2026-11-21' } as const
const FLEET_INDEX = { kind: 'elsewhere', source: 'https://aws.amazon.com/iot-device-management/pricing/, as a list of its worked examples of 2026-09-20 quotes it', region: 'no region named', seen: '2026-11-21' } as const
const NOWHERE_NAMED = { kind: 'elsewhere', region: 'no region named', seen: '2026-11-21' } as const

export const EVIDENCE: Readonly<Record<Price, Evidence>> = {
  connectionMinute: ESTIMATE,
  message: ESTIMATE,
  ruleTriggered: ESTIMATE,
  ruleAction: ESTIMATE,
  shadowOperation: UNVERIFIED,
  coreDevice: ESTIMATE,
  auditedDevice: ESTIMATE,
  s3Gb: UNVERIFIED,
  ecrGb: { kind: 'elsewhere', source: 'https://cloudburn.io/blog/amazon-ecr-pricing, which quotes AWS as of March 2026', region: 'us-east-1', seen: '2026-11-21' },
  lambdaRequest: LAMBDA,
  lambdaGbSecond: LAMBDA,
  logsGbTaken: UNVERIFIED,
  logsGbKept: UNVERIFIED,
  tableWrite: UNVERIFIED,
  tableRead: UNVERIFIED,
  tableGb: UNVERIFIED,
  indexUpdate: FLEET_INDEX,
  indexSearch: FLEET_INDEX,
  streamGb: UNVERIFIED,
  kmsKey: { ...NOWHERE_NAMED, source: 'https://aws.amazon.com/kms/pricing/' },
  alarm: { ...NOWHERE_NAMED, source: 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm' },
  dashboard: { ...NOWHERE_NAMED, source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/ of June 2026' },
  counter: { ...NOWHERE_NAMED, source: 'https://github.com/nishinoshake/aws-rough/issues/37, which quotes AWS as of April 2022' },
}

/** The prices of one kind of evidence, by name. */
export const pricesThatAre = (kind: Evidence['kind']): Price[] => (Object.keys(EVIDENCE) as Price[]).filter((price) => EVIDENCE[price].kind === kind) // its own keys
