// sandbox/src/cloud/greengrass/greengrass.ts: AWS IoT Greengrass V2: components, deployments, core devices, and the plane that the cores ask.
import { type Account, arn as arnOf } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Jobs } from '../iot-core/jobs/jobs.ts'
import type { DeviceIdentities } from '../iot-core/policy/device-identity.ts'
import type { Shadows } from '../iot-core/shadows/shadows.ts'
import type { CloudLog } from '../log.ts'
import type { DeviceRegistry, MessageBus, ObjectStore } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { SignedDownloads } from '../signed-downloads.ts'
import type { Store } from '../store/store.ts'
import type { HttpRoute } from '../wire/http-route.ts'
import { componentArn, coreDeviceArn, deploymentArn } from './component-arn.ts'
import { componentOperations } from './component-operations.ts'
import { readRecipe, RecipeInvalid } from './component-recipe.ts'
import { componentVersions } from './component-versions.ts'
import { coreDeviceOperations } from './core-device-operations.ts'
import { coreDevices } from './core-devices.ts'
import { dataPlaneRoute } from './data-plane.ts'
import { deploymentOperations } from './deployment-operations.ts'
import { openDeployments } from './deployments.ts'
import { requestsIn } from './requests.ts'
import { tagOperations } from './tag-operations.ts'
import { thingDeployments } from './thing-deployments.ts'

export interface GreengrassOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  readonly jobs: Jobs
  readonly shadows: Shadows
  readonly bus: MessageBus
  readonly registry: DeviceRegistry
  readonly identities: DeviceIdentities
  readonly objects: ObjectStore
  readonly downloads: SignedDownloads
}

export interface Greengrass {
  readonly service: Service
  /** For devices, by mutual TLS. */
  readonly route: HttpRoute
}

export function greengrassService(options: GreengrassOptions): Greengrass {
  const { account, store, clock, shadows } = options
  const requests = requestsIn(store, clock)
  const components = componentVersions(options)
  const things = thingDeployments(shadows, account)
  const deployments = openDeployments({ ...options, things })
  const devices = coreDevices(store, options)
  const common = { ...options, requests, components, things, deployments, devices }
  const tags = tagOperations(common)
  return {
    route: dataPlaneRoute(common),
    service: {
      model: 'greengrassv2',
      operations: {
        ...componentOperations(common),
        ...deploymentOperations(common),
        ...coreDeviceOperations({ ...common, tagsOf: (resourceArn) => tags.tagsOf(resourceArn) }),
        ...tags.operations,
      },
      grants: grants(account),
    },
  }
}

interface Named {
  readonly arn?: string
  readonly targetArn?: string
  readonly deploymentId?: string
  readonly coreDeviceThingName?: string
  readonly resourceArn?: string
  readonly inlineRecipe?: Uint8Array
}

/**
 * Service authorization reference, «AWS IoT Greengrass V2»: a deployment that is made and what is listed is on `*`, the rest on the component, deployment or core
 * device. Jobs and shadows are made with the caller's own permissions (the same page, «Dependent actions»).
 */
function grants(account: Account): NonNullable<Service['grants']> {
  const on = (resource: (input: Named) => string, ...operations: readonly string[]) =>
    Object.fromEntries(operations.map((operation) => [operation, (input: Named) => ({ action: `greengrass:${operation}`, resources: [resource(input)] })]))
  const anyJob = arnOf('iot', account, 'job/*')
  return {
    CreateDeployment: ({ targetArn = '' }: Named) => [{ action: 'greengrass:CreateDeployment', resources: ['*'] }, ...sending(targetArn, anyJob)],
    CancelDeployment: ({ deploymentId = '' }: Named) => [
      { action: 'greengrass:CancelDeployment', resources: [deploymentArn(account, deploymentId)] },
      { action: 'iot:CancelJob', resources: [anyJob] },
    ],
    ...on(({ inlineRecipe }) => componentIn(inlineRecipe, account), 'CreateComponentVersion'),
    ...on(({ arn = '' }) => arn, 'DescribeComponent', 'GetComponent', 'ListComponentVersions', 'DeleteComponent'),
    ...on(({ deploymentId = '' }) => deploymentArn(account, deploymentId), 'GetDeployment', 'DeleteDeployment'),
    ...on(({ coreDeviceThingName = '' }) => coreDeviceArn(account, coreDeviceThingName), 'GetCoreDevice', 'ListInstalledComponents', 'ListEffectiveDeployments', 'DeleteCoreDevice'),
    ...on(({ resourceArn = '' }) => resourceArn, 'ListTagsForResource', 'TagResource', 'UntagResource'),
  }
}

/** Of a recipe that is none, the operation itself says so to whoever may make any component. */
function componentIn(recipe: Uint8Array | undefined, account: Account): string {
  try {
    return componentArn(account, readRecipe(recipe ?? new Uint8Array()).ComponentName)
  } catch (error) {
    if (error instanceof RecipeInvalid) return componentArn(account, '*')
    throw error
  }
}

function sending(targetArn: string, anyJob: string): readonly Grant[] {
  if (targetArn.includes(':thing/')) return ['iot:DescribeThing', 'iot:UpdateThingShadow'].map((action) => ({ action, resources: [targetArn] }))
  return [
    { action: 'iot:DescribeThingGroup', resources: [targetArn] },
    { action: 'iot:CreateJob', resources: [anyJob, targetArn] },
    { action: 'iot:CancelJob', resources: [anyJob] },
  ]
}
