// sandbox/src/cloud/cloud-control/types/letter-case.ts: CloudFormation's property names are those of the API with a capital letter.

export const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
export const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** Renames all members, at any depth; what is below `opaque` names belongs to the user. */
export function renamed(value: unknown, rename: (name: string) => string, opaque: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename, opaque))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), opaque.has(name) ? (member as unknown) : renamed(member, rename, opaque)]))
}
