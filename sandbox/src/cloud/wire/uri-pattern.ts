// sandbox/src/cloud/wire/uri-pattern.ts: matches request paths against the URI patterns of a REST model.
import type { OperationModel } from './model.ts'

/** `POST /things/{thingName}?kind=x` of a model, taken apart. */
export interface UriPattern {
  readonly operation: OperationModel
  readonly method: string
  /** Literal segments as text, labels as `{ label }`; a greedy label takes the rest. */
  readonly segments: readonly (string | { readonly label: string; readonly greedy: boolean })[]
  /** Literal query parameters that the request must have. */
  readonly query: readonly (readonly [key: string, value: string])[]
}

export function uriPattern(operation: OperationModel): UriPattern | undefined {
  if (!operation.http || operation.hasOwnHost) return undefined
  const [path = '', query = ''] = operation.http.uri.split('?')
  const segments = pathSegments(path).map((segment) => {
    const [, label, plus] = /^\{([^+}]+)(\+?)\}$/.exec(segment) ?? []
    return label === undefined ? segment : { label, greedy: plus === '+' }
  })
  return { operation, method: operation.http.method, segments, query: [...new URLSearchParams(query)] }
}

/** A trailing slash means nothing in AWS's REST-JSON paths: Lambda's own model has some with and some without. */
export const pathSegments = (path: string): string[] => path.replace(/^\//, '').replace(/\/$/, '').split('/')

/** Labels are matched in the path as it came and decoded after, so that `%2F` does not split a name. @returns undefined when it does not match */
export function matchSegments({ segments }: UriPattern, path: readonly string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const given = path[index]
    if (given === undefined || given === '') return given === segment && path.length === segments.length ? labels : undefined
    if (typeof segment === 'string') {
      if (segment !== given) return undefined
    } else if (segment.greedy) {
      labels[segment.label] = decodeURIComponent(path.slice(index).join('/'))
      return labels
    } else labels[segment.label] = decodeURIComponent(given)
  }
  return path.length === segments.length ? labels : undefined
}

export const hasLiteralQuery = ({ query }: UriPattern, given: URLSearchParams): boolean =>
  query.every(([key, value]) => (value === '' ? given.has(key) : given.get(key) === value))

/** The more is fixed, the more closely a pattern fits. */
export const literalCount = ({ segments, query }: UriPattern): number => segments.filter((segment) => typeof segment === 'string').length + query.length
