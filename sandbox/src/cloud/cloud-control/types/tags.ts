// sandbox/src/cloud/cloud-control/types/tags.ts: the `Tags` property that most types have.
import { z } from 'zod'

const key = z.string().min(1).max(128)

/** `[{Key, Value}]` */
export const TagList = z.array(z.strictObject({ Key: key, Value: z.string().max(256) })).max(50)
export type TagList = z.infer<typeof TagList>

/** `{key: value}`: Greengrass. */
export const TagMap = z.record(z.string().max(128), z.string().max(256))

export const asMap = (tags: TagList = []): Record<string, string> => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))

/** Undefined for none, as schemas with `Tags` leave it away. */
export function asList(tags: Readonly<Record<string, string>> | undefined): TagList | undefined {
  const list = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }))
  return list.length > 0 ? list : undefined
}

/** For services whose SDK says that key and value may be absent. */
export const fromTags = (tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined): TagList | undefined =>
  asList(Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])))

/** What must be set and what taken away to come from `before` to `after`. */
export function tagChange(before: TagList | undefined, after: TagList | undefined): { readonly set: TagList; readonly remove: string[] } {
  const [old, wanted] = [asMap(before), asMap(after)]
  return {
    set: (after ?? []).filter(({ Key, Value }) => old[Key] !== Value),
    remove: Object.keys(old).filter((name) => !(name in wanted)),
  }
}
