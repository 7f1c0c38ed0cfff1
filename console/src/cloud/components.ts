// console/src/cloud/components.ts: what runs on a device, as Greengrass has heard it.
import { GreengrassV2Client, ListInstalledComponentsCommand } from '@aws-sdk/client-greengrassv2'
import type { Cloud } from './clients.ts'
import { forBrowser } from './for-browser.ts'

export interface Component {
  readonly name: string
  readonly version: string
  readonly state: string
}

const clients = new WeakMap<Cloud, GreengrassV2Client>()

function clientOf(cloud: Cloud): GreengrassV2Client {
  const client = clients.get(cloud) ?? forBrowser(new GreengrassV2Client(cloud.config))
  clients.set(cloud, client)
  return client
}

/** Without the nucleus and its plugins, which every device has. */
export async function componentsOf(cloud: Cloud, serial: string): Promise<readonly Component[]> {
  const { installedComponents = [] } = await clientOf(cloud).send(new ListInstalledComponentsCommand({ coreDeviceThingName: serial, maxResults: 100 }))
  return installedComponents
    .map(({ componentName: name = '', componentVersion: version = '', lifecycleState: state = '' }) => ({ name, version, state }))
    .filter(({ name }) => !name.startsWith('aws.greengrass.'))
    .sort((one, other) => one.name.localeCompare(other.name))
}
