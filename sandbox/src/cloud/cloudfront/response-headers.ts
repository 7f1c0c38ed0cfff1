// sandbox/src/cloud/cloudfront/response-headers.ts: the headers of an answer after a response headers policy was applied to those of the origin.
import type { HeadersPolicyConfig } from './context.ts'

type Headers = Readonly<Record<string, string>>

/** `Override`: also over what the origin says (CloudFront guide, «Understand response headers policies»). Names in lower case. */
export function applied(origin: Headers, { SecurityHeadersConfig = {}, CustomHeadersConfig, RemoveHeadersConfig }: HeadersPolicyConfig): Headers {
  const removed = new Set((RemoveHeadersConfig?.Items ?? []).map(({ Header = '' }) => Header.toLowerCase()))
  const headers = Object.fromEntries(Object.entries(origin).filter(([name]) => !removed.has(name)))
  for (const { name, value, override } of [...securityHeaders(SecurityHeadersConfig), ...customHeaders(CustomHeadersConfig)]) {
    if (override || headers[name] === undefined) headers[name] = value
  }
  return headers
}

interface Header {
  readonly name: string
  readonly value: string
  readonly override: boolean
}

const customHeaders = (config: HeadersPolicyConfig['CustomHeadersConfig']): Header[] => (config?.Items ?? []).map(({ Header = '', Value = '', Override = false }) => ({ name: Header.toLowerCase(), value: Value, override: Override }))

function securityHeaders({ StrictTransportSecurity: hsts, ContentTypeOptions, FrameOptions, ReferrerPolicy, ContentSecurityPolicy: csp, XSSProtection: xss }: NonNullable<HeadersPolicyConfig['SecurityHeadersConfig']>): Header[] {
  const header = (name: string, of: { readonly Override?: boolean | undefined } | undefined, value: string | undefined): Header[] => (of && value !== undefined ? [{ name, value, override: of.Override === true }] : [])
  return [
    ...header('strict-transport-security', hsts, `max-age=${hsts?.AccessControlMaxAgeSec ?? 0}${hsts?.IncludeSubdomains ? '; includeSubDomains' : ''}${hsts?.Preload ? '; preload' : ''}`),
    ...header('x-content-type-options', ContentTypeOptions, 'nosniff'),
    ...header('x-frame-options', FrameOptions, FrameOptions?.FrameOption),
    ...header('referrer-policy', ReferrerPolicy, ReferrerPolicy?.ReferrerPolicy),
    ...header('content-security-policy', csp, csp?.ContentSecurityPolicy),
    ...header('x-xss-protection', xss, `${xss?.Protection ? '1' : '0'}${xss?.ModeBlock ? '; mode=block' : ''}${xss?.ReportUri === undefined ? '' : `; report=${xss.ReportUri}`}`),
  ]
}
