// ops/src/status/fleet-status.ts: asks how the devices of a stage stand.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { DescribeThingCommand, IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { GetConnectionCommand, IoTDataPlaneClient, ResourceNotFoundException as NoConnection } from '@aws-sdk/client-iot-data-plane'
import { S3Client } from '@aws-sdk/client-s3'
import { arn } from '@fleet/contract/arn'
import { FleetError } from '@fleet/contract/errors'
import { THING_ATTRIBUTES } from '@fleet/contract/registry'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { listFleet, registered } from '../allowlist/inventory.ts'
import type { RegisteredDevice } from '../allowlist/plan.ts'
import { uploadedList } from '../allowlist/uploaded-list.ts'
import { explaining } from '../aws/aws-failure.ts'
import { clientConfig, named, s3Config } from '../aws/client-config.ts'
import { paceFor, type Pace } from '../aws/pace.ts'
import { rotationsOf, type Rotations } from '../rotate/rotations.ts'
import { cloudNow } from '../target/cloud-time.ts'
import type { Target } from '../target/target.ts'
import { certificateStatus, lastRotation } from './certificate-status.ts'
import { coreDevices, installedComponents, oneCoreDevice, type CoreDevice } from './core-devices.ts'
import type { DeviceStatus, FleetStatus } from './device-status.ts'
import { recentRefusals, type Refusal } from './refusals.ts'
import { buttonShadow, ledShadow, ledStatus, osUpdateShadow, osUpdateStatus } from './shadow-documents.ts'

export interface StatusRequest {
  /** Without the calls for each device: neither connection nor LED, button and components. */
  readonly brief?: boolean
  readonly now?: () => Date
  /** As each device has been asked for. */
  readonly onDevice?: (done: number, of: number) => void
}

/** Costs, for N devices: ceil(N/250) + ceil(N/100) lists, the allowlist, one search in the hook's log; and unless brief 8 calls for each device. @throws FleetError */
export const fleetStatus = (target: Target, { brief = false, now = () => new Date(), onDevice }: StatusRequest = {}): Promise<FleetStatus> =>
  explaining(target, async () => {
    const clients = clientsOf(target)
    const { iot, greengrass, s3, logs } = clients
    const { names, stage } = target
    const [things, cores, list, refusals] = await Promise.all([
      listFleet(iot, names.thingGroup),
      coreDevices(greengrass, arn('iot', stage, `thinggroup/${names.thingGroup}`)),
      uploadedList({ s3, bucket: names.provisioningBucket }),
      recentRefusals(logs, names, now()),
    ])
    const cloudTime = brief ? now() : await timeFor(target, iot, now)
    let done = 0
    const joined = await Promise.all(
      things.map(async (thing) => {
        const status = await deviceStatus(thing, cores.get(thing.serial), { ...clients, brief, cloudTime })
        onDevice?.(++done, things.length)
        return status
      }),
    )
    const devices = [...joined, ...strangers(list?.serials ?? [], new Set(things.map(({ serial }) => serial)), refusals)]
    return { stage: stage.stage, at: now().toISOString(), devices: devices.sort((a, b) => (a.serial < b.serial ? -1 : 1)) }
  })

/** One device, at the cost of ten calls. @throws FleetError DEVICE_UNKNOWN */
export const oneDeviceStatus = (target: Target, serial: SerialNumber, { now = () => new Date() }: StatusRequest = {}): Promise<DeviceStatus> =>
  explaining(target, async () => {
    const clients = clientsOf(target)
    const thing = await fleetThing(serial, clients.iot, target)
    if (thing) return deviceStatus(thing, await oneCoreDevice(clients.greengrass, serial), { ...clients, brief: false, cloudTime: await timeFor(target, clients.iot, now) })
    const [list, refusals] = await Promise.all([uploadedList({ s3: clients.s3, bucket: target.names.provisioningBucket }), recentRefusals(clients.logs, target.names, now())])
    const [stranger] = strangers(list?.has(serial) === true ? [serial] : [], new Set(), refusals.filter((refusal) => refusal.serial === serial))
    if (stranger) return stranger
    throw unknownDevice(serial, target)
  })

/** The thing of a device, when it is one of this fleet; undefined when there is none. */
export async function fleetThing(serial: SerialNumber, iot: IoTClient, { names }: Target): Promise<RegisteredDevice | undefined> {
  try {
    const { attributes = {} } = await iot.send(new DescribeThingCommand({ thingName: serial }))
    return attributes[THING_ATTRIBUTES.fleet] === names.thingGroup ? registered(serial, attributes) : undefined
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

export const unknownDevice = (serial: string, { stage: { stage } }: Target) =>
  new FleetError('DEVICE_UNKNOWN', `stage ${stage} has no device ${serial}`, `Look at \`fleet status --stage ${stage}\`. A new board joins when its line is in allowlist.txt and applied (fleet allowlist apply).`)

/** On the list and not yet there, or refused: whoever was refused and then listed waits. */
function strangers(listed: readonly string[], known: ReadonlySet<string>, refusals: readonly Refusal[]): DeviceStatus[] {
  const waiting = new Set(listed.filter((serial) => !known.has(serial)))
  const refused = refusals.filter(({ serial }) => !waiting.has(serial) && !known.has(serial))
  return [
    ...[...waiting].map((serial): DeviceStatus => ({ serial, state: 'waiting' })),
    ...refused.map(({ serial, why, at }): DeviceStatus => ({ serial, state: 'refused', why, lastSeen: at.toISOString() })),
  ]
}

/** A status is to be had also while the sandbox's console does not answer: then ages are told by this machine's clock. */
const timeFor = (target: Target, iot: IoTClient, now: () => Date) =>
  cloudNow(target, iot, now).catch((error: unknown) => {
    if (error instanceof FleetError && error.code === 'ENDPOINT_UNREACHABLE') return now()
    throw error
  })

const clientsOf = (target: Target, pace = paceFor(target)) => ({
  iot: named(new IoTClient(clientConfig(target))),
  iotData: named(new IoTDataPlaneClient(clientConfig(target))),
  greengrass: named(new GreengrassV2Client(clientConfig(target))),
  s3: named(new S3Client(s3Config(target))),
  logs: named(new CloudWatchLogsClient(clientConfig(target))),
  rotations: rotationsOf(target, pace),
  pace,
})

interface DeviceClients {
  readonly iotData: IoTDataPlaneClient
  readonly greengrass: GreengrassV2Client
  readonly rotations: Rotations
  readonly pace: Pace
  readonly brief: boolean
  readonly cloudTime: Date
}

async function deviceStatus(thing: RegisteredDevice, core: CoreDevice | undefined, { brief, cloudTime, ...clients }: DeviceClients): Promise<DeviceStatus> {
  const { serial, suspendedAt, purging } = thing
  const known = { serial, state: suspendedAt || purging ? ('suspended' as const) : ('active' as const), ...(suspendedAt && !Number.isNaN(suspendedAt.getTime()) && { suspendedAt: suspendedAt.toISOString() }), ...(core?.health && { health: core.health }) }
  if (brief) return { ...known, ...lastSeen([core?.lastSeen]) }
  const { greengrass, pace, rotations } = clients
  const [connection, led, button, osUpdate, components, held, latest] = await Promise.all([
    ...[connectionOf(serial, clients), ledShadow(serial, clients), buttonShadow(serial, clients), osUpdateShadow(serial, clients)] as const,
    ...[installedComponents(greengrass, serial, pace), rotations.certificatesOf(serial), rotations.latestSummary(serial)] as const,
  ])
  const [certificate, rotation] = [certificateStatus(held, cloudTime), lastRotation(serial, latest)]
  return {
    ...known,
    connected: connection.connected,
    ...(led && { led: ledStatus(led) }),
    ...(button && { buttonPresses: button.value.presses }),
    ...(osUpdate && { osUpdate: osUpdateStatus(osUpdate) }),
    ...(components && { components }),
    ...(certificate && { certificate }),
    ...(rotation && { lastRotation: rotation }),
    ...lastSeen([core?.lastSeen, led?.at, button?.at, osUpdate?.at, connection.at]),
  }
}

function lastSeen(times: readonly (Date | undefined)[]): { readonly lastSeen?: string } {
  const known = times.flatMap((time) => time?.getTime() ?? [])
  return known.length > 0 ? { lastSeen: new Date(Math.max(...known)).toISOString() } : {}
}

/** The nucleus's client id is the thing's name. AWS remembers a disconnection for 30 minutes. */
export async function connectionOf(serial: string, { iotData, pace }: Pick<DeviceClients, 'iotData' | 'pace'>): Promise<{ readonly connected: boolean; readonly at: Date | undefined }> {
  try {
    const { connected = false, connectedSince, disconnectedSince } = await pace('GetConnection', () => iotData.send(new GetConnectionCommand({ clientId: serial })))
    const since = connected ? connectedSince : disconnectedSince
    return { connected, at: since === undefined ? undefined : new Date(since) }
  } catch (error) {
    if (error instanceof NoConnection) return { connected: false, at: undefined }
    throw error
  }
}
