// console/src/cloud/greengrass.ts: Greengrass's client, made once.
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import type { Cloud } from './clients.ts'

const clients = new WeakMap<Cloud, GreengrassV2Client>()

export function greengrassOf(cloud: Cloud): GreengrassV2Client {
  const client = clients.get(cloud) ?? new GreengrassV2Client(cloud.config)
  clients.set(cloud, client)
  return client
}
