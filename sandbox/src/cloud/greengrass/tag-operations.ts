// sandbox/src/cloud/greengrass/tag-operations.ts: tags of component versions, deployments and core devices.
import type { Account } from '../account.ts'
import type { OperationsOf } from '../service.ts'
import type { Store } from '../store/store.ts'
import { coreDeviceArn, deploymentArn, readComponentArn } from './component-arn.ts'
import type { ComponentVersions } from './component-versions.ts'
import type { CoreDevices } from './core-devices.ts'
import type { Deployments } from './deployments.ts'
import { invalid, notFound } from './greengrass-error.ts'

export interface TagOptions {
  readonly account: Account
  readonly store: Store
  readonly components: ComponentVersions
  readonly deployments: Deployments
  readonly devices: CoreDevices
}

type Tags = Readonly<Record<string, string>>
interface Tagged {
  readonly tags: Tags
  put(tags: Tags): void
}

export interface TagOperations {
  readonly operations: OperationsOf<typeof import('@aws-sdk/client-greengrassv2')>
  tagsOf(coreDeviceArn: string): Tags
}

export function tagOperations({ account, store, components, deployments, devices }: TagOptions): TagOperations {
  const ofDevices = store.table<Tags>('greengrass_core_device_tags')
  const find = (resourceArn = ''): Tagged => {
    const component = readComponentArn(resourceArn, account)
    if (component?.version !== undefined && !component.isPublic) {
      const version = components.byArn(resourceArn)
      return { tags: version.tags, put: (tags) => components.put({ ...version, tags }) }
    }
    if (resourceArn.startsWith(deploymentArn(account, ''))) {
      const deployment = deployments.get(resourceArn.slice(deploymentArn(account, '').length))
      return { tags: deployment.tags, put: (tags) => deployments.put({ ...deployment, tags }) }
    }
    const thingName = resourceArn.startsWith(coreDeviceArn(account, '')) ? resourceArn.slice(coreDeviceArn(account, '').length) : undefined
    if (thingName === undefined) throw invalid(`'${resourceArn}' is not the ARN of a resource that has tags.`, ['resourceArn'])
    if (!devices.records.get(thingName)) throw notFound('core device', resourceArn)
    return { tags: ofDevices.get(resourceArn) ?? {}, put: (tags) => ofDevices.put(resourceArn, tags) }
  }
  return {
    tagsOf: (resourceArn) => ofDevices.get(resourceArn) ?? {},
    operations: {
      ListTagsForResource: ({ resourceArn }) => ({ tags: find(resourceArn).tags }),
      TagResource({ resourceArn, tags = {} }) {
        const tagged = find(resourceArn)
        tagged.put({ ...tagged.tags, ...tags })
        return {}
      },
      UntagResource({ resourceArn, tagKeys = [] }) {
        const tagged = find(resourceArn)
        tagged.put(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !tagKeys.includes(key))))
        return {}
      },
    },
  }
}
