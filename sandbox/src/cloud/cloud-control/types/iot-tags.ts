// sandbox/src/cloud/cloud-control/types/iot-tags.ts: tags of AWS IoT's resources.
import type { Handling } from '../resource-type.ts'
import { fromTags, tagChange, type TagList } from './tags.ts'

export const iotTags = async ({ iot }: Handling, resourceArn: string | undefined): Promise<TagList | undefined> => fromTags((await iot.ListTagsForResource({ resourceArn })).tags)

export async function changeIotTags({ iot }: Handling, resourceArn: string | undefined, { before, after }: { readonly before: TagList | undefined; readonly after: TagList | undefined }): Promise<void> {
  const { set, remove } = tagChange(before, after)
  if (set.length > 0) await iot.TagResource({ resourceArn, tags: set })
  if (remove.length > 0) await iot.UntagResource({ resourceArn, tagKeys: remove })
}
