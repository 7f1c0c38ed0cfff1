// sandbox/src/cloud/greengrass/component-arn.ts: how Greengrass V2 names components, core devices and deployments.
import { type Account, arn } from '../account.ts'

/** AWS's own components are in the account «aws». */
const PUBLIC = 'aws'

export const componentArn = (account: Account, name: string) => arn('greengrass', account, `components:${name}`)
export const componentVersionArn = (account: Account, name: string, version: string) => arn('greengrass', account, `components:${name}:versions:${version}`)
export const publicAccount = (account: Account): Account => ({ ...account, accountId: PUBLIC })
export const coreDeviceArn = (account: Account, thingName: string) => arn('greengrass', account, `coreDevices:${thingName}`)
export const deploymentArn = (account: Account, deploymentId: string) => arn('greengrass', account, `deployments:${deploymentId}`)

export interface ComponentName {
  readonly name: string
  readonly version: string | undefined
  readonly isPublic: boolean
}

/** @returns undefined for what is no component's ARN of this account and region */
export function readComponentArn(given: string | undefined, { accountId, region }: Account): ComponentName | undefined {
  const [, inRegion, owner, name, version] = /^arn:aws:greengrass:([a-z0-9-]+):([^:]+):components:([a-zA-Z0-9-_.]+)(?::versions:(.+))?$/.exec(given ?? '') ?? []
  if (!name || inRegion !== region || (owner !== accountId && owner !== PUBLIC)) return undefined
  return { name, version, isPublic: owner === PUBLIC }
}

export interface DeploymentTarget {
  readonly kind: 'thing' | 'thinggroup'
  readonly name: string
}

export function readTargetArn(given: string | undefined, { accountId, region }: Account): DeploymentTarget | undefined {
  const [, inRegion, owner, kind, name] = /^arn:aws:iot:([a-z0-9-]+):(\d+):(thing|thinggroup)\/(.+)$/.exec(given ?? '') ?? []
  return name && inRegion === region && owner === accountId ? { kind: kind === 'thing' ? 'thing' : 'thinggroup', name } : undefined
}
