// sandbox/src/cloud/iot-core/jobs/rollout.ts: how many devices of a job are told each minute (AWS IoT guide, «Job rollout configuration»).
import type { ExponentialRolloutRate, JobExecutionsRolloutConfig } from '@aws-sdk/client-iot'

/** Things of a job that have no execution yet, and what was told in the current minute. */
export interface Rollout {
  readonly waiting: readonly string[]
  readonly notified: number
  readonly minuteBegan: Date
  readonly notifiedInMinute: number
}

const MINUTE_MS = 60_000

/** The things whose turn it is, and what remains; `undefined` when all have been told. */
export function advance(rollout: Rollout, { config, succeeded, now }: { readonly config: JobExecutionsRolloutConfig | undefined; readonly succeeded: number; readonly now: Date }): { readonly due: readonly string[]; readonly rest: Rollout | undefined } {
  const isNewMinute = now.getTime() - rollout.minuteBegan.getTime() >= MINUTE_MS
  const minute = isNewMinute ? { minuteBegan: now, notifiedInMinute: 0 } : rollout
  const rate = ratePerMinute(config, { notified: rollout.notified, succeeded })
  const due = rollout.waiting.slice(0, Math.max(0, rate - minute.notifiedInMinute))
  const waiting = rollout.waiting.slice(due.length)
  if (waiting.length === 0) return { due, rest: undefined }
  return { due, rest: { waiting, notified: rollout.notified + due.length, minuteBegan: minute.minuteBegan, notifiedInMinute: minute.notifiedInMinute + due.length } }
}

/** Without a configuration there is no limit here; AWS tells at most 1000 a minute. */
export function ratePerMinute({ maximumPerMinute = Infinity, exponentialRate }: JobExecutionsRolloutConfig = {}, progress: { readonly notified: number; readonly succeeded: number }): number {
  return Math.min(maximumPerMinute, exponentialRate ? exponential(exponentialRate, progress) : Infinity)
}

/** The rate is multiplied each time that so many more things have been told, or have succeeded. */
function exponential({ baseRatePerMinute = 1, incrementFactor = 1, rateIncreaseCriteria }: ExponentialRolloutRate, { notified, succeeded }: { readonly notified: number; readonly succeeded: number }): number {
  const { numberOfNotifiedThings, numberOfSucceededThings } = rateIncreaseCriteria ?? {}
  const steps = numberOfNotifiedThings !== undefined ? Math.floor(notified / numberOfNotifiedThings) : numberOfSucceededThings !== undefined ? Math.floor(succeeded / numberOfSucceededThings) : 0
  return Math.floor(baseRatePerMinute * incrementFactor ** steps)
}
