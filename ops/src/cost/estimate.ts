// ops/src/cost/estimate.ts: what a month costs: usage times price, service by service, and what each choice of ours saves against the usual way.
import type { Prices } from './prices.ts'
import { usageOf, type Design, type Fleet, type Usage } from './usage.ts'

export const SERVICES = ['IoT Core', 'Greengrass', 'Device Defender', 'Device Management', 'S3', 'DynamoDB', 'Firehose', 'ECR', 'Lambda', 'CloudWatch Logs', 'CloudWatch', 'KMS'] as const
export type Service = (typeof SERVICES)[number]

/** USD a month. */
export type Bill = Readonly<Record<Service, number>>

export function bill(usage: Usage, prices: Prices): Bill {
  return {
    'IoT Core':
      usage.connectionMinutes * prices.connectionMinute + usage.messages * prices.message + usage.rulesTriggered * prices.ruleTriggered + usage.ruleActions * prices.ruleAction + usage.shadowOperations * prices.shadowOperation,
    Greengrass: usage.devices * prices.coreDevice,
    'Device Defender': usage.devices * prices.auditedDevice,
    'Device Management': usage.indexUpdates * prices.indexUpdate + usage.indexSearches * prices.indexSearch,
    S3: (usage.objectsGb + usage.archiveGb) * prices.s3Gb,
    DynamoDB: usage.tableWrites * prices.tableWrite + usage.tableReads * prices.tableRead + usage.tableGb * prices.tableGb,
    Firehose: usage.streamGb * prices.streamGb,
    ECR: usage.imagesGb * prices.ecrGb,
    Lambda: usage.lambdaRequests * prices.lambdaRequest + usage.lambdaGbSeconds * prices.lambdaGbSecond,
    'CloudWatch Logs': usage.logsGbTaken * prices.logsGbTaken + usage.logsGbKept * prices.logsGbKept,
    CloudWatch: usage.oversight.alarms * prices.alarm + usage.oversight.dashboards * prices.dashboard + usage.oversight.counters * prices.counter,
    KMS: usage.keys * prices.kmsKey,
  }
}

export const total = (each: Bill): number => SERVICES.reduce((sum, service) => sum + each[service], 0)

export interface Saving {
  readonly by: string
  /** USD a month; negative: it costs more. */
  readonly usd: number
}

export interface Estimate {
  /** Each message through the broker to a function, images and objects kept for good. */
  readonly usual: Bill
  readonly ours: Bill
  /** One choice after the other, from `usual` to `ours`. */
  readonly savings: readonly Saving[]
}

export function estimate(fleet: Fleet, { usual, ours }: { readonly usual: Design; readonly ours: Design }, prices: Prices): Estimate {
  const costOf = (design: Design) => bill(usageOf(fleet, design), prices)
  const steps: readonly (readonly [string, Partial<Design>])[] = [
    ['basic ingest instead of messages through the broker', { basicIngest: ours.basicIngest }],
    ['a rule that writes by itself instead of a function for each message', { lambda: ours.lambda }],
    ['only what has changed is reported', { reportKb: ours.reportKb }],
    ['several reports in one message', { batch: ours.batch }],
    ['health, its history in tables, and an archive', ours.kept ? { kept: ours.kept } : {}],
    ['shadows, the fleet index, and alarms of lost connections', ours.watched ? { watched: ours.watched } : {}],
    ['every report is kept in CloudWatch Logs', { logsKeptDays: ours.logsKeptDays }],
    ['lifecycle rules of images and objects', { imagesGb: ours.imagesGb, objectsGb: ours.objectsGb }],
    ['a key of its own for the secrets in the stack’s state', { keys: ours.keys }],
    ['alarms, a dashboard, and counters of what goes wrong', { oversight: ours.oversight }],
  ]
  let design = usual
  const savings = steps.map(([by, choice]) => {
    const before = total(costOf(design))
    design = { ...design, ...choice }
    return { by, usd: before - total(costOf(design)) }
  })
  return { usual: costOf(usual), ours: costOf(ours), savings: savings.filter(({ usd }) => usd !== 0) }
}
