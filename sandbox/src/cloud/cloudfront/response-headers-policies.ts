// sandbox/src/cloud/cloudfront/response-headers-policies.ts: response headers policies: which headers a distribution's answers carry, whatever the origin says.
import { randomUUID } from 'node:crypto'
import type { ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront'
import { AwsError } from '../aws-error.ts'
import { pageOfList } from '../wire/paging.ts'
import type { CloudFrontContext, CloudFrontOperations, HeadersPolicyConfig } from './context.ts'
import { argument, refuseInconsistent } from './refusals.ts'

export function headersPolicyOperations({ headersPolicies, distributions }: CloudFrontContext) {
  const policy = (Id: string) => {
    const { config, changedAt } = headersPolicies.at(Id)
    return { Id, LastModifiedTime: changedAt, ResponseHeadersPolicyConfig: { ...config } }
  }
  const shown = (Id: string) => ({ ResponseHeadersPolicy: policy(Id), ETag: headersPolicies.at(Id).etag })
  const refuseTaken = (name: string | undefined, own?: string) => {
    if (headersPolicies.all().some(([id, { config }]) => config.Name === name && id !== own)) throw new AwsError('ResponseHeadersPolicyAlreadyExists', 'A response headers policy with this name already exists.')
  }
  return {
    CreateResponseHeadersPolicy({ ResponseHeadersPolicyConfig: config }) {
      const checked = check(config)
      refuseTaken(checked.Name)
      const id = randomUUID()
      headersPolicies.put(id, checked)
      return { ...shown(id), Location: `https://cloudfront.amazonaws.com/2020-05-31/response-headers-policy/${id}` }
    },
    GetResponseHeadersPolicy: ({ Id = '' }) => shown(Id),
    GetResponseHeadersPolicyConfig({ Id = '' }) {
      const { config, etag } = headersPolicies.at(Id)
      return { ResponseHeadersPolicyConfig: { ...config }, ETag: etag }
    },
    UpdateResponseHeadersPolicy({ Id = '', IfMatch, ResponseHeadersPolicyConfig: config }) {
      const checked = check(config)
      refuseTaken(checked.Name, Id)
      headersPolicies.change(Id, IfMatch, checked)
      return shown(Id)
    },
    DeleteResponseHeadersPolicy({ Id = '', IfMatch }) {
      headersPolicies.at(Id)
      if (distributions.all().some(([, { config }]) => config.settings.DefaultCacheBehavior?.ResponseHeadersPolicyId === Id)) throw new AwsError('ResponseHeadersPolicyInUse', 'Cannot delete the response headers policy because it is attached to one or more cache behaviors.')
      headersPolicies.delete(Id, IfMatch)
      return {}
    },
    ListResponseHeadersPolicies({ Type, Marker, MaxItems }) {
      const own = Type === 'managed' ? [] : headersPolicies.all()
      const { items, nextToken } = pageOfList(own, { keyOf: ([id]) => id, token: Marker, size: { asked: MaxItems, usual: 100, most: 100 }, invalid: () => argument('The marker is not valid.') })
      const Items = items.map(([id]) => ({ Type: 'custom' as const, ResponseHeadersPolicy: policy(id) }))
      return { ResponseHeadersPolicyList: { NextMarker: nextToken, MaxItems: MaxItems ?? 100, Quantity: Items.length, Items } }
    },
  } satisfies CloudFrontOperations
}

/** CloudFront quotas: custom headers of one policy. */
const MOST_HEADERS = 10
const NAME = /^[\w-]{1,128}$/
/** RFC 9110 §5.1 and §5.5: no control characters, or one header would become two. */
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** API ResponseHeadersPolicyConfig. */
function check(config: ResponseHeadersPolicyConfig | undefined): HeadersPolicyConfig {
  if (!NAME.test(config?.Name ?? '')) throw argument('The name of a response headers policy has 1 to 128 letters, digits, _ and -.')
  const { CorsConfig, ServerTimingHeadersConfig, CustomHeadersConfig, RemoveHeadersConfig, SecurityHeadersConfig } = config ?? {}
  if (CorsConfig ?? ServerTimingHeadersConfig?.Enabled) throw argument('The sandbox does not offer CorsConfig and ServerTimingHeadersConfig.')
  refuseInconsistent('CustomHeadersConfig', CustomHeadersConfig)
  refuseInconsistent('RemoveHeadersConfig', RemoveHeadersConfig)
  const custom = CustomHeadersConfig?.Items ?? []
  if (custom.length > MOST_HEADERS) throw new AwsError('TooManyCustomHeadersInResponseHeadersPolicy', 'The number of custom headers in the response headers policy exceeds the maximum.')
  if (custom.some(({ Header = '', Value = '' }) => !TOKEN.test(Header) || !VALUE.test(Value))) throw argument('A custom header has a name or a value that no header can have.')
  const { ContentSecurityPolicy: csp, StrictTransportSecurity: hsts } = SecurityHeadersConfig ?? {}
  if (csp && (!csp.ContentSecurityPolicy || !VALUE.test(csp.ContentSecurityPolicy))) throw argument('ContentSecurityPolicy has no value, or one that no header can have.')
  if (hsts && !((hsts.AccessControlMaxAgeSec ?? -1) >= 0)) throw argument('AccessControlMaxAgeSec must be a number of seconds.')
  return { ...config, Name: config?.Name }
}
