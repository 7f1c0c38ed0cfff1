// packages/contract/src/names.ts: the physical names that both sides, or two deployments, must know without asking.
import type { SerialNumber } from './serial-number.ts'

export interface StageIdentity {
  /** `dev` or `prod`: the `<stage>` of Pulumi.<stage>.yaml. */
  readonly stage: string
  readonly accountId: string
  readonly region: string
}

/** The components of this repository, by folder name. */
export const COMPONENTS = ['led', 'button', 'cert-rotator', 'os-update', 'health'] as const
export type ComponentFolder = (typeof COMPONENTS)[number]

export const componentName = (folder: string) => `fleetwright.${folder}`

export type FleetNames = ReturnType<typeof fleetNames>

/** All names of a stage. The stage is in each of them, so that two stages can share an account. */
export function fleetNames({ stage, accountId, region }: StageIdentity) {
  const fleet = `fleet-${stage}`
  return {
    thingGroup: fleet,
    provisioningTemplate: fleet,
    roleAlias: `${fleet}-device`,
    devicePolicy: `${fleet}-device`,
    claimPolicy: `${fleet}-claim`,
    admissionHook: `${fleet}-admission-hook`,
    telemetryRule: `fleet_${stage.replaceAll('-', '_')}_telemetry`,
    telemetryLogGroup: `/fleet/${stage}/telemetry`,
    /** History of what devices report, their last state, and their alarms (telemetry.ts and alarm.ts have the items). */
    telemetryTable: `${fleet}-telemetry`,
    lastStateTable: `${fleet}-last-state`,
    alarmsTable: `${fleet}-alarms`,
    /** Devices publish their alarms to this rule; the other two hear whose connection was lost, and whose stands again. */
    alarmRule: `fleet_${stage.replaceAll('-', '_')}_alarm`,
    presenceRule: (event: 'offline' | 'online') => `fleet_${stage.replaceAll('-', '_')}_${event}`,
    /** What the rules could neither store nor send. */
    telemetryDeadLetters: `${fleet}-telemetry-dead-letters`,
    /** Keeps what devices report for long, as compressed files in the archive. */
    telemetryStream: `${fleet}-telemetry`,
    telemetryArchive: `${fleet}-${accountId}-${region}-telemetry`,
    /** The three functions of certificate rotation, their rules, and where what they could not do is kept. */
    rotationFunction: (part: 'start' | 'sign' | 'finish') => `${fleet}-rotation-${part}`,
    rotationRule: (part: 'csr' | 'prove' | 'outcome' | 'ended') => `fleet_${stage.replaceAll('-', '_')}_rotation_${part}`,
    rotationErrorLogGroup: `/fleet/${stage}/rotation-errors`,
    rotationDeadLetters: `${fleet}-rotation-dead-letters`,
    /** Device Defender tells here that an audit has ended. */
    auditTopic: `${fleet}-audits`,
    dailyAudit: `${fleet}-daily`,
    /** Alarms tell here. */
    alarmTopic: `${fleet}-alarms`,
    dashboard: fleet,
    failedDeploymentsRule: `fleet_${stage.replaceAll('-', '_')}_failed_deployments`,
    /** User pool, its client and identity pool of the console page, and the AWS IoT policy of whoever is signed in there. */
    console: `${fleet}-console`,
    /** Files of the console page. */
    consoleBucket: `${fleet}-${accountId}-${region}-console`,
    /** CloudWatch namespace of what the fleet counts. */
    metrics: `Fleetwright/${stage}`,
    /** IAM path of the stack's roles: whoever may make roles here may make no other. */
    rolePath: `/fleet/${stage}/`,
    /** What no role of the stack can exceed; made by `fleet bootstrap`, so that the stack cannot change it. */
    boundaryPolicy: `${fleet}-boundary`,
    /** The Greengrass deployment on the thing group. */
    deployment: fleet,
    /** Allowlist, release manifests and artifacts; bucket names are global, hence account and region. */
    provisioningBucket: `${fleet}-${accountId}-${region}-provisioning`,
    /** State of the Pulumi stack, and the claim with its key; made by `fleet bootstrap`, because it must be there before the stack and after it. */
    stateBucket: `${fleet}-${accountId}-${region}-state`,
    /** Of the key that encrypts the secrets in the stack's state; made by `fleet bootstrap`, and it outlives the stack. */
    secretsKeyAlias: `alias/${fleet}-secrets`,
    /** What a workflow acts as: of the repository's environments `<stage>` and `<stage>-plan`. */
    workflowRole: (may: 'deploy' | 'plan') => `${fleet}-workflow-${may}`,
    imageRepository: (component: string) => `${fleet}/${component}`,
  } as const
}

/** The only keys of the provisioning bucket that a device's role can read. */
export const ARTIFACT_PREFIX = 'artifacts/'

/** Keys in the state bucket. The last one is there once a claim was replaced; while that is under way it holds a private key, too. */
export const claimKeys = { certificate: 'claim/certificate.pem', privateKey: 'claim/private.key', replacement: 'claim/replacement.json' } as const

/** Keys in the state bucket, too: an image carries the claim's key, so it lies where that lies. */
export const imageKeys = {
  /** By digest: the same key never changes its content. */
  file: (sha256: string, name: string) => `images/${sha256}/${name}`,
  /** The signed manifest of the newest one. */
  current: (flavour: string) => `images/${flavour}.json`,
} as const

/** Keys in the provisioning bucket. */
export const storeKeys = {
  allowlist: 'allowlist.txt',
  currentRelease: 'releases/current.json',
  release: (id: string) => `releases/${id}.json`,
  /** Which release was deployed when. */
  deployments: 'releases/deployed.json',
  /** Component artifacts that devices fetch with their token-exchange role. By digest: the same key never changes its content (gdk-cli#300). */
  artifact: (sha256: string, file: string) => `${ARTIFACT_PREFIX}${sha256}/${file}`,
} as const

/** The thing of a device is called as its board: one name everywhere. */
export const thingName = (serial: SerialNumber): string => serial
