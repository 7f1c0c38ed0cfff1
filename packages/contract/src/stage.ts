// packages/contract/src/stage.ts: what a stage is: the checked, typed content of Pulumi.<stage>.yaml. Read by the Pulumi program and by `fleet`.
import * as z from 'zod'
import { FleetError } from './errors.ts'
import type { StageIdentity } from './names.ts'
import { OsUpdateWish } from './os-update.ts'

/** Prefix of our keys in Pulumi.<stage>.yaml: the project's name in Pulumi.yaml. */
export const PROJECT = 'fleetwright'

export interface Stage extends StageIdentity {
  /** CloudWatch Logs: hook, telemetry, devices. */
  readonly logRetentionDays: number
  /** How often a device uploads its logs, s; only new lines travel (aws.greengrass.LogManager `periodicUploadIntervalSec`). */
  readonly logUploadSeconds: number
  /** Whether bucket and image repositories refuse to be destroyed; when they do not, destroying a repository also deletes its images. */
  readonly protectsData: boolean
  readonly rollout: Rollout
  readonly rotation: { /** Older certificates are replaced. */ readonly maxAgeDays: number }
  /** The update of the operating system that every device shall have had. */
  readonly osUpdate: OsUpdateWish | undefined
  readonly alarms: Alarms
  readonly telemetry: TelemetrySettings
  /** The console page with its sign-in; undefined: the stage has none. */
  readonly console: ConsoleWish | undefined
  /** False for the second stage in an account: event messages, fleet indexing and the IoT log are settings of the whole account. */
  readonly managesAccountSettings: boolean
  /** The stage that manages them instead: an account has one configuration of its audits, so the findings of that stage are for this one, too. */
  readonly accountSettingsOf: string | undefined
  /** Release manifest to deploy, relative to the repository; the environment variable FLEET_RELEASE_MANIFEST overrides it. Without: everything but the deployment. */
  readonly releaseManifest: string | undefined
}

/** How the console is reached. */
export interface ConsoleWish {
  /** Where in the world CloudFront serves it: the more, the more it costs (CloudFront pricing, «Price classes»). */
  readonly priceClass: (typeof PRICE_CLASSES)[number]
}

const PRICE_CLASSES = ['PriceClass_100', 'PriceClass_200', 'PriceClass_All'] as const

/** When somebody should look, and who is told. */
export interface Alarms {
  /** Undefined: nobody by mail; whoever subscribes to the topic. */
  readonly email: string | undefined
  /** So many refused connections in five minutes. */
  readonly refusedConnections: number
  /** So many refused applications of devices in five minutes. */
  readonly refusedDevices: number
}

/** How much devices report, and how long it is kept. */
export interface TelemetrySettings {
  /** Days in DynamoDB, where the page and `fleet telemetry` look. */
  readonly days: number
  /** Days in S3, compressed, for Athena. */
  readonly archiveDays: number
  /** A device sends its health so often, s; each message has the minutes since. Alarms are sent at once. */
  readonly healthSeconds: number
  /** °C of the processor: `too-hot`. A Raspberry Pi slows down from 80 on. */
  readonly tooHotCelsius: number
  /** % of the card: `disk-full`. */
  readonly diskFullPercent: number
}

/** How a release goes through the fleet. */
export interface Rollout {
  /** At most so many devices are told per minute (AWS IoT Jobs: 1 to 1000). */
  readonly devicesPerMinute: number
  /** So many in the first minutes; twice as many each time that as many have taken it. Undefined: `devicesPerMinute` from the beginning. */
  readonly firstPerMinute: number | undefined
  /** The rollout stops when this share of the devices failed … */
  readonly abortAtFailedPercent: number
  /** … once so many have finished: one failing device must not stop a large fleet. */
  readonly abortAfterDevices: number
}

const STAGE_NAME = /^[a-z][a-z0-9-]{0,19}$/

/** The only values that CloudWatch Logs takes (API PutRetentionPolicy). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

const number = (holds: (value: number) => boolean, allowed: string) => z.string().transform(Number).refine(holds, { error: `must be ${allowed}` })
const flag = z.literal(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true')
const region = z.string({ error: 'must be an AWS region such as eu-central-1' }).regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'must be an AWS region such as eu-central-1' })
/** A setting with parts: a mapping in the file, which Pulumi hands on as JSON text. */
function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // which is no mapping, as the schema will say
  }
}
const ACCOUNT = 'must be the 12 digits of an AWS account, in quotes'

/** Values are text, as Pulumi hands them to the program. */
const Schema = z.strictObject({
  'aws:region': region,
  'aws-native:region': region,
  [`${PROJECT}:accountId` as const]: z.string({ error: ACCOUNT }).regex(/^\d{12}$/, { error: ACCOUNT }),
  [`${PROJECT}:logRetentionDays` as const]: number((days) => RETENTION_DAYS.includes(days), `one of ${RETENTION_DAYS.join(', ')} (CloudWatch Logs takes no other)`).default(30),
  [`${PROJECT}:logUploadSeconds` as const]: number((seconds) => Number.isInteger(seconds) && seconds >= 5 && seconds <= 86_400, 'a whole number of seconds from 5 to 86400').default(300),
  [`${PROJECT}:protectsData` as const]: flag.default(false),
  [`${PROJECT}:rolloutDevicesPerMinute` as const]: number((rate) => Number.isInteger(rate) && rate >= 1 && rate <= 1000, 'a whole number from 1 to 1000').default(50),
  [`${PROJECT}:rolloutFirstPerMinute` as const]: number((rate) => Number.isInteger(rate) && rate >= 1 && rate <= 1000, 'a whole number from 1 to 1000').optional(),
  [`${PROJECT}:rolloutAbortAfterDevices` as const]: number((count) => Number.isInteger(count) && count >= 1, 'a whole number from 1').default(10),
  [`${PROJECT}:rolloutAbortAtFailedPercent` as const]: number((share) => share > 0 && share <= 100, 'a number above 0, up to 100').default(10),
  [`${PROJECT}:rotationMaxAgeDays` as const]: number((days) => Number.isInteger(days) && days >= 30 && days <= 3650, 'a whole number of days from 30 to 3650').default(180),
  [`${PROJECT}:osUpdate` as const]: z.string().transform(json).pipe(OsUpdateWish).optional(),
  [`${PROJECT}:alarmEmail` as const]: z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { error: 'must be an address of electronic mail' }).optional(),
  [`${PROJECT}:alarmAtRefusedConnections` as const]: number((count) => Number.isInteger(count) && count >= 1, 'a whole number from 1').default(25),
  [`${PROJECT}:alarmAtRefusedDevices` as const]: number((count) => Number.isInteger(count) && count >= 1, 'a whole number from 1').default(5),
  [`${PROJECT}:telemetryDays` as const]: number((days) => Number.isInteger(days) && days >= 1 && days <= 3650, 'a whole number of days from 1 to 3650').default(30),
  [`${PROJECT}:telemetryArchiveDays` as const]: number((days) => Number.isInteger(days) && days >= 1 && days <= 3650, 'a whole number of days from 1 to 3650').default(365),
  [`${PROJECT}:telemetryHealthSeconds` as const]: number((seconds) => Number.isInteger(seconds) && seconds >= 60 && seconds <= 3600, 'a whole number of seconds from 60 to 3600').default(300),
  [`${PROJECT}:alarmTooHotCelsius` as const]: number((degrees) => degrees >= 40 && degrees <= 110, 'a number of °C from 40 to 110').default(80),
  [`${PROJECT}:alarmDiskFullPercent` as const]: number((percent) => percent >= 50 && percent <= 99, 'a number of % from 50 to 99').default(90),
  [`${PROJECT}:console` as const]: flag.default(true),
  [`${PROJECT}:consolePriceClass` as const]: z.literal(PRICE_CLASSES, { error: `must be one of ${PRICE_CLASSES.join(', ')}` }).default('PriceClass_100'),
  [`${PROJECT}:managesAccountSettings` as const]: flag.default(true),
  [`${PROJECT}:accountSettingsOf` as const]: z.string().regex(STAGE_NAME, { error: 'must be the name of a stage' }).optional(),
  [`${PROJECT}:releaseManifest` as const]: z.string().min(1, { error: 'must be the path of a release manifest' }).optional(),
})

/** Settings of the providers and of Pulumi itself that a stage may carry beside ours; they are not looked at here. */
const FOREIGN = /^(aws|aws-native|pulumi):(?!region$)/

/**
 * Checks the configuration of one stage, keys in full (`fleetwright:accountId`). Unknown keys of ours are refused: a misspelt one would silently do nothing.
 * @throws FleetError STAGE_INVALID naming file, keys and what is allowed
 */
export function parseStage(stage: string, config: Readonly<Record<string, string>>): Stage {
  const own = Object.fromEntries(Object.entries(config).filter(([key]) => !FOREIGN.test(key)))
  const parsed = Schema.safeParse(own)
  const faults = parsed.success ? [] : parsed.error.issues.flatMap(explain)
  if (!STAGE_NAME.test(stage)) faults.push(`«${stage}» cannot name a stage (a to z, 0 to 9, -; at most 20)`)
  if (parsed.success && parsed.data['aws:region'] !== parsed.data['aws-native:region']) faults.push('aws:region and aws-native:region must be the same')
  if (parsed.success) faults.push(...misplacedSettings(own, parsed.data))
  if (!parsed.success || faults.length > 0) throw invalid(stage, faults)
  const { data } = parsed
  return {
    stage,
    accountId: data['fleetwright:accountId'],
    region: data['aws-native:region'],
    logRetentionDays: data['fleetwright:logRetentionDays'],
    logUploadSeconds: data['fleetwright:logUploadSeconds'],
    protectsData: data['fleetwright:protectsData'],
    rollout: {
      devicesPerMinute: data['fleetwright:rolloutDevicesPerMinute'],
      firstPerMinute: data['fleetwright:rolloutFirstPerMinute'],
      abortAtFailedPercent: data['fleetwright:rolloutAbortAtFailedPercent'],
      abortAfterDevices: data['fleetwright:rolloutAbortAfterDevices'],
    },
    rotation: { maxAgeDays: data['fleetwright:rotationMaxAgeDays'] },
    osUpdate: data['fleetwright:osUpdate'],
    alarms: { email: data['fleetwright:alarmEmail'], refusedConnections: data['fleetwright:alarmAtRefusedConnections'], refusedDevices: data['fleetwright:alarmAtRefusedDevices'] },
    telemetry: {
      days: data['fleetwright:telemetryDays'],
      archiveDays: data['fleetwright:telemetryArchiveDays'],
      healthSeconds: data['fleetwright:telemetryHealthSeconds'],
      tooHotCelsius: data['fleetwright:alarmTooHotCelsius'],
      diskFullPercent: data['fleetwright:alarmDiskFullPercent'],
    },
    console: data['fleetwright:console'] ? { priceClass: data['fleetwright:consolePriceClass'] } : undefined,
    managesAccountSettings: data['fleetwright:managesAccountSettings'],
    accountSettingsOf: data['fleetwright:accountSettingsOf'],
    releaseManifest: data['fleetwright:releaseManifest'],
  }
}

/** What the account has once cannot be set for two stages. */
function misplacedSettings(own: Readonly<Record<string, string>>, data: z.infer<typeof Schema>): string[] {
  const owner = data['fleetwright:accountSettingsOf']
  if (data['fleetwright:managesAccountSettings']) return owner === undefined ? [] : ['fleetwright:accountSettingsOf is for a stage that does not manage the settings of its account (fleetwright:managesAccountSettings: "false")']
  if (owner === undefined) return ['fleetwright:accountSettingsOf must name the stage that manages the settings of this account: its audits begin the rotations of this stage, too']
  return 'fleetwright:rotationMaxAgeDays' in own ? [`fleetwright:rotationMaxAgeDays is a setting of the whole account, which stage ${owner} has`] : []
}

/** Where an operator finds the settings of a stage. */
export const stageFile = (stage: string) => `Pulumi.${stage}.yaml`

function explain(issue: z.core.$ZodIssue): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${issue.path.join('.')}: ${issue.message}`]
  if (issue.path.length > 0) return [`${issue.path.join('.')}: ${issue.message} (there are ${Object.keys(OsUpdateWish.shape).join(', ')})`]
  return issue.keys.map((key) => `${key}: there is no such setting (there are ${Object.keys(Schema.shape).join(', ')})`)
}

function invalid(stage: string, faults: readonly string[]): FleetError {
  const file = stageFile(stage)
  return new FleetError('STAGE_INVALID', faults.map((fault) => `${file}: ${fault}`).join('\n'), `Correct ${file} (infra/README.md explains each setting); nothing was changed.`)
}
