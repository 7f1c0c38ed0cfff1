// ops/src/cost/designs.ts: the two ways to build a fleet that `fleet cost` compares.
import type { TelemetrySettings } from '@fleet/contract/stage'
import type { Design, KeptTelemetry, Watched } from './usage.ts'

/**
 * As in the estimate that ours is compared with (100 devices, one message of 10 kB a minute: 40.45 USD). It tells sums, not volumes: 50 GB of images and
 * 2.45 GB of objects are what its sums for ECR and S3 buy at list price, 194 ms in 128 MB what its sum for Lambda buys with one call a message.
 */
export const USUAL: Design = { basicIngest: false, reportKb: Infinity, batch: 1, lambda: { memoryGb: 0.125, seconds: 0.194 }, logsKeptDays: 0, imagesGb: 50, objectsGb: 2.45, keys: 0, oversight: { alarms: 0, dashboards: 0, counters: 0 } }

export interface OwnChoices {
  readonly reportKb: number
  readonly batch: number
  /** `logRetentionDays` of the stage. */
  readonly logsKeptDays: number
  /** Of the stage, too. */
  readonly kept?: KeptTelemetry
}

/** Five minutes of health, each as news: the most that they are (components/health: some 140 bytes a minute, 250 around them). */
const HEALTH_KB = 1

export const keptTelemetry = ({ days, archiveDays, healthSeconds }: Pick<TelemetrySettings, 'days' | 'archiveDays' | 'healthSeconds'>): KeptTelemetry => ({ batchesPerHour: 3600 / healthSeconds, batchKb: HEALTH_KB, days, archiveDays })

/** The lifecycle rule (infra/src/deployment/image-repository.ts) keeps the last fifty images of a component, each counted in full here although they share layers; manifest, allowlist and claim are some MB. */
export const ownDesign = ({ components, ...choices }: OwnChoices & { readonly components: number }): Design => ({
  ...choices,
  basicIngest: true,
  lambda: undefined,
  imagesGb: components * IMAGES_KEPT * IMAGE_GB,
  objectsGb: 0.1,
  keys: 1,
  oversight: OVERSIGHT,
  watched: WATCHED,
})

/** A device that works: some presses of its button and settings a day, one loss of its connection; and an operator's day at the console. */
export const WATCHED: Watched = { shadowWritesPerDay: 20, lossesPerDay: 1, consoleHoursPerDay: 8 }

/** What infra/src/oversight, infra/src/rotation and infra/src/telemetry make for a stage, and the counters of infra/src/counted.ts; a deployed stage is compared with it (sandbox/src/operator/prod-stage.test.ts). */
export const OVERSIGHT = { alarms: 11, dashboards: 1, counters: 6 }

const IMAGES_KEPT = 50
const IMAGE_GB = 0.1
