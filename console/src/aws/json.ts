// console/src/aws/json.ts: times and bytes as AWS's JSON protocols write them: seconds since 1970, and base64.
export type Json = string | number | boolean | null | Date | readonly Json[] | { readonly [key: string]: Json }

/** By their names, since these services write every time so: `queuedAt`, `creationDate`, `modifiedTimestamp`, `findingTime`, `Expiration`. */
const TIME = /(At|Date|Timestamp|Time|Expiration)$/

export function withDates(value: unknown, key = ''): Json {
  if (typeof value === 'number' && TIME.test(key)) return new Date(value * 1000)
  if (Array.isArray(value)) return value.map((each) => withDates(each))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withDates(each, name)]))
  return value as Json // JSON
}

export const written = (content: object): string =>
  JSON.stringify(content, function (this: Record<string, unknown>, key, value: unknown) {
    const given = this[key] // a Date is a string already in `value`
    if (given instanceof Date) return given.getTime() / 1000
    if (given instanceof Uint8Array) return btoa(String.fromCharCode(...given))
    return value
  })
