// ops/src/aws/pace.ts: keeps each kind of call within AWS's default quota, so that a large change is slow rather than throttled.
import PQueue from 'p-queue'
import type { Target } from '../target/target.ts'

/** Calls per second and account (Service Quotas, «AWS IoT Core API throttling limits»; shadows: 4,000 a second). What is not here is paced as `other`. */
const PER_SECOND = {
  DeleteCertificate: 10,
  DeleteThing: 100,
  DescribeCertificate: 10,
  DetachPolicy: 15,
  DetachThingPrincipal: 100,
  GetConnection: 50,
  ListJobExecutionsForThing: 10,
  ListThingPrincipals: 20,
  shadow: 400,
  UpdateCertificate: 10,
  UpdateThing: 100,
  other: 10,
} as const

/** Of one kind; the SDK has 50 connections. */
const AT_ONCE = 10

export type PacedCall = keyof typeof PER_SECOND

/** Runs `work` when the quota of `call` lets it; at most ten of a kind at once. Retries of calls that are throttled all the same are the SDK's. */
export type Pace = <T>(call: PacedCall, work: () => Promise<T>) => Promise<T>

/** A sandbox has no quotas (unless it was started with them: then the SDK retries). */
export function paceFor({ kind }: Pick<Target, 'kind'>): Pace {
  const queues = new Map<string, PQueue>()
  return (call, work) => {
    let queue = queues.get(call)
    if (!queue) queues.set(call, (queue = new PQueue({ concurrency: AT_ONCE, ...(kind !== 'sandbox' && { interval: 1000, intervalCap: PER_SECOND[call] }) })))
    return queue.add(work)
  }
}
