// sandbox/src/cloud/greengrass/fleet-status.ts: reads the status messages of core devices, and works out what they say of a device's components.
import { z } from 'zod'

/** What a nucleus publishes to `$aws/things/<thing>/greengrassv2/health/json` (FleetStatusService). Unknown members are ignored. */
const FleetStatus = z.object({
  ggcVersion: z.string(),
  platform: z.string(),
  architecture: z.string(),
  runtime: z.string().nullish(),
  sequenceNumber: z.number(),
  /** Epoch milliseconds, by the device's clock. */
  timestamp: z.number(),
  messageType: z.enum(['COMPLETE', 'PARTIAL']),
  trigger: z.string().nullish(),
  chunkInfo: z.object({ chunkId: z.number().int(), totalChunks: z.number().int() }).nullish(),
  overallDeviceStatus: z.enum(['HEALTHY', 'UNHEALTHY']),
  components: z
    .array(
      z.object({
        componentName: z.string(),
        version: z.string().nullish(),
        fleetConfigArns: z.array(z.string()).nullish(),
        isRoot: z.boolean().nullish(),
        status: z.enum(['NEW', 'INSTALLED', 'STARTING', 'RUNNING', 'STOPPING', 'ERRORED', 'BROKEN', 'FINISHED', 'UNINSTALLED']),
        componentStatusDetails: z.object({ statusCodes: z.array(z.string()).nullish(), statusReason: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
})
export type FleetStatus = z.infer<typeof FleetStatus>
type Reported = NonNullable<FleetStatus['components']>[number]

/** @returns what is wrong with it, in words, or the message */
export function readFleetStatus(payload: Uint8Array): FleetStatus | string {
  try {
    const checked = FleetStatus.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
    return checked.success ? checked.data : checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export interface InstalledComponent {
  readonly name: string
  readonly version: string
  readonly state: Exclude<Reported['status'], 'UNINSTALLED'>
  readonly stateDetails: string | undefined
  readonly statusCodes: readonly string[]
  readonly isRoot: boolean
  /** Of the deployments that brought it; the last one is the latest. */
  readonly configurationArns: readonly string[]
  readonly changedAt: Date
  readonly reportedAt: Date
}

export interface CoreDevice {
  readonly thingName: string
  readonly coreVersion: string
  readonly platform: string
  readonly architecture: string
  readonly runtime: string
  readonly status: 'HEALTHY' | 'UNHEALTHY'
  readonly statusAt: Date
  readonly components: Readonly<Record<string, InstalledComponent>>
  /** Parts of a complete report that have come so far. */
  readonly gathering?: { readonly sequenceNumber: number; readonly timestamp: number; readonly chunks: readonly number[]; readonly names: readonly string[] }
}

/** The only runtime that sends messages without naming one. */
const CLASSIC = 'aws_nucleus_classic'

/**
 * What the device is like after this message. Sequence numbers say nothing about order (after a rollback they repeat), and a delayed message
 * may come late: a component's state is taken when the message is not older than the one that told of it last.
 */
export function afterMessage(thingName: string, before: CoreDevice | undefined, message: FleetStatus): CoreDevice {
  const at = new Date(message.timestamp)
  const components = new Map(Object.entries(before?.components ?? {}))
  for (const reported of message.components ?? []) take(components, reported, at)
  const gathering = message.messageType === 'COMPLETE' ? gather(before?.gathering, message) : before?.gathering
  if (gathering && gathering.chunks.length === (message.chunkInfo?.totalChunks ?? 1)) {
    for (const [name, { reportedAt }] of components) if (!gathering.names.includes(name) && reportedAt <= at) components.delete(name)
  }
  const isNews = !before || at >= before.statusAt
  return {
    ...(isNews ? deviceFields(thingName, message, at) : before),
    components: Object.fromEntries(components),
    ...(gathering && gathering.chunks.length < (message.chunkInfo?.totalChunks ?? 1) ? { gathering } : {}),
  }
}

const deviceFields = (thingName: string, { ggcVersion, platform, architecture, runtime, overallDeviceStatus }: FleetStatus, statusAt: Date) => ({
  thingName,
  coreVersion: ggcVersion,
  platform,
  architecture,
  runtime: runtime ?? CLASSIC,
  status: overallDeviceStatus,
  statusAt,
})

function take(components: Map<string, InstalledComponent>, reported: Reported, at: Date): void {
  const { componentName: name, status: state, version, componentStatusDetails: details } = reported
  const before = components.get(name)
  if (before && before.reportedAt > at) return
  if (state === 'UNINSTALLED') return void components.delete(name)
  components.set(name, {
    name,
    version: version ?? before?.version ?? '0.0.0', // services of the nucleus itself have none
    state,
    stateDetails: details?.statusReason ?? undefined,
    statusCodes: details?.statusCodes ?? [],
    isRoot: reported.isRoot ?? false,
    configurationArns: reported.fleetConfigArns ?? before?.configurationArns ?? [],
    changedAt: before?.state === state ? before.changedAt : at,
    reportedAt: at,
  })
}

/** All parts of one report have the same sequence number and time. */
function gather(before: CoreDevice['gathering'], { sequenceNumber, timestamp, chunkInfo, components }: FleetStatus): NonNullable<CoreDevice['gathering']> {
  const same = before?.sequenceNumber === sequenceNumber && before.timestamp === timestamp ? before : undefined
  return {
    sequenceNumber,
    timestamp,
    chunks: [...new Set([...(same?.chunks ?? []), chunkInfo?.chunkId ?? 1])],
    names: [...(same?.names ?? []), ...(components ?? []).map(({ componentName }) => componentName)],
  }
}
