// ops/src/status/core-devices.ts: what Greengrass knows of the devices: health, last word, components.
import { GetCoreDeviceCommand, paginateListCoreDevices, paginateListInstalledComponents, ResourceNotFoundException, type GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import type { Pace } from '../aws/pace.ts'
import { collect } from '../aws/pages.ts'
import type { ComponentStatus } from './device-status.ts'

export interface CoreDevice {
  readonly health: 'healthy' | 'unhealthy' | undefined
  readonly lastSeen: Date | undefined
}

/** The largest page of both lists (API reference). */
const PAGE = 100

/** All core devices of the thing group, by serial number: ceil(N/100) calls. */
export async function coreDevices(greengrass: GreengrassV2Client, thingGroupArn: string): Promise<ReadonlyMap<string, CoreDevice>> {
  const list = await collect(paginateListCoreDevices({ client: greengrass, pageSize: PAGE }, { thingGroupArn }), (page) => page.coreDevices)
  return new Map(list.map((device) => [device.coreDeviceThingName ?? '', coreDevice(device)]))
}

export async function oneCoreDevice(greengrass: GreengrassV2Client, serial: string): Promise<CoreDevice | undefined> {
  return greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: serial })).then(coreDevice, noneIfMissing)
}

const coreDevice = ({ status, lastStatusUpdateTimestamp }: { status?: string | undefined; lastStatusUpdateTimestamp?: Date | undefined }): CoreDevice => ({
  health: status === 'HEALTHY' ? 'healthy' : status === 'UNHEALTHY' ? 'unhealthy' : undefined,
  lastSeen: lastStatusUpdateTimestamp,
})

/** Those that a deployment names, not what they depend on. undefined while it is no core device. */
export async function installedComponents(greengrass: GreengrassV2Client, serial: string, pace: Pace): Promise<readonly ComponentStatus[] | undefined> {
  const pages = paginateListInstalledComponents({ client: greengrass, pageSize: PAGE }, { coreDeviceThingName: serial })
  const list = await pace('other', () => collect(pages, (page) => page.installedComponents)).catch(noneIfMissing)
  return list?.map(({ componentName = '', componentVersion = '', lifecycleState = '' }) => ({ name: componentName, version: componentVersion, state: lifecycleState })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function noneIfMissing(error: unknown): undefined {
  if (!(error instanceof ResourceNotFoundException)) throw error
}
