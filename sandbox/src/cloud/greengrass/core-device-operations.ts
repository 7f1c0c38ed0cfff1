// sandbox/src/cloud/greengrass/core-device-operations.ts: the operations on core devices.
import type { InstalledComponentLifecycleState } from '@aws-sdk/client-greengrassv2'
import { type Account, arn } from '../account.ts'
import type { DeviceRegistry } from '../ports.ts'
import type { OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import type { CoreDevices } from './core-devices.ts'
import { configurationArn } from './deployment-document.ts'
import { type Deployments, targetOf } from './deployments.ts'
import { effectiveDeployments, type EffectiveOptions } from './effective-deployments.ts'
import type { CoreDevice, InstalledComponent } from './fleet-status.ts'
import { invalid, notFound } from './greengrass-error.ts'
import { newestFirst, pageOf } from './pages.ts'

export interface CoreDeviceOptions extends EffectiveOptions {
  readonly store: Store
  readonly devices: CoreDevices
  readonly registry: DeviceRegistry
  readonly tagsOf: (resourceArn: string) => Readonly<Record<string, string>>
}

/** A service of every nucleus that is no component to anybody outside. */
const NO_COMPONENT = 'main'

export function coreDeviceOperations(options: CoreDeviceOptions): OperationsOf<typeof import('@aws-sdk/client-greengrassv2')> {
  const { account, devices, registry, deployments, tagsOf } = options
  const summary = ({ thingName, status, statusAt, platform, architecture, runtime }: CoreDevice) => ({
    coreDeviceThingName: thingName,
    status,
    lastStatusUpdateTimestamp: statusAt,
    platform,
    architecture,
    runtime,
  })
  return {
    ListCoreDevices({ thingGroupArn, status, runtime, maxResults, nextToken }) {
      const members = thingGroupArn === undefined ? undefined : new Set(registry.thingsIn(groupOf(thingGroupArn, account)))
      const wanted = devices.records
        .all()
        .map(([, device]) => device)
        .filter((device) => (members?.has(device.thingName) ?? true) && (status === undefined || device.status === status) && (runtime === undefined || device.runtime === runtime))
      const { page, ...token } = pageOf(wanted, ({ thingName }) => thingName, { maxResults, nextToken })
      return { coreDevices: page.map(summary), ...token }
    },
    GetCoreDevice({ coreDeviceThingName }) {
      const device = devices.get(coreDeviceThingName)
      return { ...summary(device), coreVersion: device.coreVersion, tags: tagsOf(arn('greengrass', account, `coreDevices:${device.thingName}`)) }
    },
    ListInstalledComponents({ coreDeviceThingName, topologyFilter = 'ROOT', maxResults, nextToken }) {
      const components = Object.values(devices.get(coreDeviceThingName).components).filter(({ name, isRoot }) => name !== NO_COMPONENT && (topologyFilter === 'ALL' || isRoot))
      const { page, ...token } = pageOf(components, ({ name }) => name, { maxResults, nextToken })
      return { installedComponents: page.map((component) => installed(component, deployments, account)), ...token }
    },
    ListEffectiveDeployments({ coreDeviceThingName = '', maxResults, nextToken }) {
      const found = effectiveDeployments(coreDeviceThingName, options)
      if (found.length === 0 && !devices.records.get(coreDeviceThingName)) throw notFound('core device', coreDeviceThingName)
      const { page, ...token } = pageOf(found, ({ modifiedTimestamp, deploymentId = '' }) => newestFirst(modifiedTimestamp ?? new Date(0), deploymentId), { maxResults, nextToken })
      return { effectiveDeployments: [...page], ...token }
    },
    DeleteCoreDevice({ coreDeviceThingName }) {
      devices.records.delete(devices.get(coreDeviceThingName).thingName)
      return {}
    },
  }
}

function groupOf(thingGroupArn: string, account: Account): string {
  const prefix = arn('iot', account, 'thinggroup/')
  if (!thingGroupArn.startsWith(prefix)) throw invalid(`'${thingGroupArn}' is not the ARN of a thing group.`, ['thingGroupArn'])
  return thingGroupArn.slice(prefix.length)
}

const installed = (component: InstalledComponent, deployments: Deployments, account: Account) => ({
  componentName: component.name,
  componentVersion: component.version,
  lifecycleState: component.state satisfies InstalledComponentLifecycleState,
  ...(component.stateDetails === undefined ? {} : { lifecycleStateDetails: component.stateDetails }),
  lifecycleStatusCodes: [...component.statusCodes],
  isRoot: component.isRoot,
  lastStatusChangeTimestamp: component.changedAt,
  lastReportedTimestamp: component.reportedAt,
  ...sourceOf(component, deployments, account),
})

/** API reference, InstalledComponent: the id of the last deployment that brought it. Local deployments are unknown here. */
function sourceOf({ configurationArns }: InstalledComponent, deployments: Deployments, account: Account): { readonly lastInstallationSource?: string } {
  const last = configurationArns.at(-1)
  if (last === undefined) return {}
  const source = deployments.all().find((deployment) => configurationArn(account, targetOf(deployment, account), deployment.revision) === last)
  return { lastInstallationSource: source?.deploymentId ?? 'LOCAL' }
}
