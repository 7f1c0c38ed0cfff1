// sandbox/src/cloud/iot-core/registry/attributes.ts: the attributes of things and groups, and how an update changes them.

export type Attributes = Readonly<Record<string, string>>

/** API reference, AttributePayload: without `merge` the new ones stand in place of the old; an empty value removes an attribute. */
export function mergedAttributes(current: Attributes, payload: { readonly attributes?: Attributes | undefined; readonly merge?: boolean | undefined } | undefined): Attributes {
  if (!payload) return current
  return withoutEmpty({ ...(payload.merge ? current : {}), ...payload.attributes })
}

export const withoutEmpty = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
