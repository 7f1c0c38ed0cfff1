// sandbox/src/cloud/iot-core/registry/tags.ts: the tags of IoT's resources, by the ARN of the resource.
import type { Tag } from '@aws-sdk/client-iot'
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { invalidRequest, limitExceeded, notFound, required } from './errors.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'

/** AWS General Reference, «Tag naming limits and requirements». */
const MOST_TAGS = 50
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u

/** `isThere` tells whether a resource exists; resources of other services of IoT are taken as they are named. */
export function tagOperations(state: RegistryState, isThere: (arn: string) => boolean) {
  const { tables } = state
  const theResource = (arn: string | undefined) => {
    const resource = required(arn, 'resourceArn')
    if (!isThere(resource)) throw notFound(`Resource ${resource} not found`)
    return resource
  }
  return {
    TagResource(input) {
      const resource = theResource(input.resourceArn)
      state.change(() => setTags(state, resource, required(input.tags, 'tags')))
      return {}
    },
    UntagResource(input) {
      const resource = theResource(input.resourceArn)
      state.change(() => required(input.tagKeys, 'tagKeys').forEach((key) => tables.tags.delete(keyOf(resource, key))))
      return {}
    },
    ListTagsForResource(input) {
      const tags = tables.tags.all(prefixOf(theResource(input.resourceArn)))
      return { tags: tags.map(([key, Value]) => ({ Key: partsOf(key)[1] ?? '', Value })) }
    },
  } satisfies Partial<IotOperations>
}

/** Adds these tags, or changes their values. To be called in `change`. */
export function setTags({ tables }: RegistryState, arn: string, tags: readonly Tag[] = []): void {
  for (const { Key, Value = '' } of tags) {
    const key = required(Key, 'tags.Key')
    if (!TAG_KEY.test(key) || !TAG_VALUE.test(Value) || key.startsWith('aws:')) throw invalidRequest(`«${key}» with the value «${Value}» cannot be a tag`)
    tables.tags.put(keyOf(arn, key), Value)
  }
  if (tables.tags.count(prefixOf(arn)) > MOST_TAGS) throw limitExceeded(`${arn} can have ${MOST_TAGS} tags`)
}

export function removeTags({ tables }: RegistryState, arn: string): void {
  for (const [key] of tables.tags.all(prefixOf(arn))) tables.tags.delete(key)
}
