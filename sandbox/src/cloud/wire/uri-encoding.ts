// sandbox/src/cloud/wire/uri-encoding.ts: percent-encoding as AWS signatures want it: all but unreserved characters (RFC 3986 §2.3).

export const encodeUri = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** The same, with slashes kept. */
export const encodePath = (path: string): string => path.split('/').map(encodeUri).join('/')

/** The parameters of a query as they came, decoded; a `+` is a plus. @throws URIError */
export function queryPairs(rawQuery: string): [name: string, value: string][] {
  return rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? [decodeURIComponent(part), ''] : [decodeURIComponent(part.slice(0, equals)), decodeURIComponent(part.slice(equals + 1))]
    })
}
