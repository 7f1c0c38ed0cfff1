// console/src/cloud/device-deployments.ts: the deployments of one device, and how it fares with them.
import { ListEffectiveDeploymentsCommand } from '@aws-sdk/client-greengrassv2'
import type { Cloud } from './clients.ts'
import { greengrassOf } from './greengrass.ts'

export interface DeviceDeployment {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly reason: string
  readonly changedAt: Date | undefined
}

/** None before the device is a core device. */
export async function deploymentsOf(cloud: Cloud, serial: string): Promise<readonly DeviceDeployment[]> {
  try {
    const { effectiveDeployments = [] } = await greengrassOf(cloud).send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: serial, maxResults: 50 }))
    return effectiveDeployments.map(({ deploymentId: id = '', deploymentName: name = '', coreDeviceExecutionStatus: status = '', reason = '', modifiedTimestamp: changedAt }) => ({ id, name, status, reason, changedAt }))
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return []
    throw error
  }
}
