// sandbox/src/cloud/cloudfront/cloudfront.ts: Amazon CloudFront as far as a page needs it: distributions of S3 buckets, who may read those, the headers of answers; and the edge that serves them.
import { globalArn, type Account } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import type { Clock } from '../clock.ts'
import type { OriginReader } from '../ports.ts'
import type { Grant, Service } from '../service.ts'
import type { Store } from '../store/store.ts'
import type { HttpRoute } from '../wire/http-route.ts'
import type { AccessControlConfig, DistributionRecord, HeadersPolicyConfig } from './context.ts'
import { distributionOperations } from './distributions.ts'
import { edge } from './edge.ts'
import { keptConfigs } from './kept-configs.ts'
import { accessControlOperations } from './origin-access-controls.ts'
import { headersPolicyOperations } from './response-headers-policies.ts'

export interface CloudFrontOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly origin: OriginReader
}

export interface CloudFront {
  readonly service: Service
  /** Takes what is sent to the domain names of distributions. */
  readonly route: HttpRoute
}

const missing = (code: string, kind: string) => () => new AwsError(code, `The specified ${kind} does not exist.`)

export function openCloudFront({ account, store, clock, origin }: CloudFrontOptions): CloudFront {
  const distributions = keptConfigs<DistributionRecord>(store.table('cloudfront_distributions'), { clock, missing: missing('NoSuchDistribution', 'distribution') })
  const accessControls = keptConfigs<AccessControlConfig>(store.table('cloudfront_access_controls'), { clock, missing: missing('NoSuchOriginAccessControl', 'origin access control') })
  const headersPolicies = keptConfigs<HeadersPolicyConfig>(store.table('cloudfront_headers_policies'), { clock, missing: missing('NoSuchResponseHeadersPolicy', 'response headers policy') })
  const context = { account, distributions, accessControls, headersPolicies }
  const operations = { ...distributionOperations(context), ...accessControlOperations(context), ...headersPolicyOperations(context) }
  return {
    service: { model: 'cloudfront', operations, grants: grantsOf(Object.keys(operations)) },
    route: edge({ ...context, origin }),
  }
}

interface Named {
  readonly Id?: string
  readonly Resource?: string
}

/** Service Authorization Reference, «Amazon CloudFront»: on what is named, by its ARN; lists, and what is not yet there, on everything of their kind. */
const grantsOf = (names: readonly string[]): NonNullable<Service['grants']> =>
  Object.fromEntries(names.map((name) => [name, ({ Id = '*', Resource }: Named, account: Account): Grant => ({ action: `cloudfront:${ACTIONS[name] ?? name}`, resources: [name.startsWith('List') && Resource === undefined ? '*' : (Resource ?? globalArn('cloudfront', account, `${kindOf(name)}/${Id}`))] })]))

/** CreateDistributionWithTags is granted as CreateDistribution (and TagResource, which its own page names beside). */
const ACTIONS: Readonly<Record<string, string>> = { CreateDistributionWithTags: 'CreateDistribution' }

const kindOf = (name: string) => (name.includes('OriginAccessControl') ? 'origin-access-control' : name.includes('ResponseHeadersPolic') ? 'response-headers-policy' : 'distribution')
