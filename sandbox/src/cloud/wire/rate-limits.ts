// sandbox/src/cloud/wire/rate-limits.ts: AWS's default request rates, as token buckets.

/** Requests per second by model and operation; bursts of one second. */
export type Rates = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * Defaults of one account (Service Quotas, «AWS IoT Core» and «AWS IoT Device Management», February 2024 and June 2025).
 * `mqtt` is not a model: the broker asks for these when the same operation comes as a message.
 */
export const AWS_DEFAULT_RATES: Rates = {
  iot: {
    RegisterThing: 10,
    CreateKeysAndCertificate: 10,
    CreateCertificateFromCsr: 15,
    DescribeCertificate: 10,
    UpdateCertificate: 10,
    DeleteCertificate: 10,
    ListThings: 10,
    ListThingPrincipals: 20,
    ListPrincipalThings: 10,
    ListThingsInThingGroup: 25,
    DescribeThing: 350,
    CreateThing: 100,
    DeleteThing: 100,
    AttachPolicy: 15,
    DetachPolicy: 15,
    AttachThingPrincipal: 100,
    DetachThingPrincipal: 100,
    AddThingToThingGroup: 100,
    SearchIndex: 15,
    CreateJob: 10,
    DescribeJob: 10,
    DeleteJob: 10,
    CancelJob: 10,
    ListJobs: 10,
  },
  mqtt: {
    RegisterThing: 10,
    CreateKeysAndCertificate: 10,
    CreateCertificateFromCsr: 20,
  },
}

export interface RateLimiter {
  /** Whether this call may go on; it is counted then. */
  take(model: string, operation: string): boolean
}

export const unlimited: RateLimiter = { take: () => true }

interface Bucket {
  tokens: number
  refilledAtMs: number
}

/** `nowMs` runs evenly; the cloud's clock may jump. */
export function rateLimiter(rates: Rates, nowMs: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, Bucket>()
  return {
    take(model, operation) {
      const perSecond = rates[model]?.[operation]
      if (perSecond === undefined) return true
      const name = `${model} ${operation}`
      const bucket = buckets.get(name) ?? { tokens: perSecond, refilledAtMs: nowMs() }
      buckets.set(name, bucket)
      const now = nowMs()
      bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.refilledAtMs) / 1000) * perSecond)
      bucket.refilledAtMs = now
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      return true
    },
  }
}
