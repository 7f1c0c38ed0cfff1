// sandbox/src/cloud/wire/rest-routing.ts: finds the operation of a REST request by method, path and fixed query.
import type { ServiceModel } from './model.ts'
import type { Routed, WireRequest } from './protocol.ts'
import { hasLiteralQuery, literalCount, matchSegments, pathSegments, uriPattern } from './uri-pattern.ts'

/** The pattern with most that is fixed wins. */
export function restRouter(model: ServiceModel): (request: WireRequest) => Routed | undefined {
  const all = [...model.operations.values()]
    .map(uriPattern)
    .filter((pattern) => pattern !== undefined)
    .sort((one, other) => literalCount(other) - literalCount(one))
  const byMethod = Map.groupBy(all, ({ method }) => method)
  return ({ method, path, query }) => {
    const segments = pathSegments(path)
    for (const pattern of byMethod.get(method) ?? []) {
      const labels = hasLiteralQuery(pattern, query) ? matchSegments(pattern, segments) : undefined
      if (labels) return { operation: pattern.operation, labels }
    }
    return undefined
  }
}
