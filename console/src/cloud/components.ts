// console/src/cloud/components.ts: what runs on a device, as Greengrass has heard it.
import { GetCoreDeviceCommand, ListInstalledComponentsCommand } from '@aws-sdk/client-greengrassv2'
import type { Cloud } from './clients.ts'
import { greengrassOf } from './greengrass.ts'

export interface Component {
  readonly name: string
  readonly version: string
  readonly state: string
}

/** Without the nucleus and its plugins, which every device has. */
export async function componentsOf(cloud: Cloud, serial: string): Promise<readonly Component[]> {
  const { installedComponents = [] } = await greengrassOf(cloud).send(new ListInstalledComponentsCommand({ coreDeviceThingName: serial, maxResults: 100 }))
  return installedComponents
    .map(({ componentName: name = '', componentVersion: version = '', lifecycleState: state = '' }) => ({ name, version, state }))
    .filter(({ name }) => !name.startsWith('aws.greengrass.'))
    .sort((one, other) => one.name.localeCompare(other.name))
}

/** As its nucleus has reported it: `healthy`, `unhealthy` (a component is BROKEN); undefined before its first report. */
export async function healthOf(cloud: Cloud, serial: string): Promise<string | undefined> {
  try {
    return (await greengrassOf(cloud).send(new GetCoreDeviceCommand({ coreDeviceThingName: serial }))).status?.toLowerCase()
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
