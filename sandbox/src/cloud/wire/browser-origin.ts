// sandbox/src/cloud/wire/browser-origin.ts: lets web pages of this machine call the cloud (CORS), and no other page.
import type { HttpAnswer, HttpRequest } from './http-route.ts'

/**
 * AWS lets every origin in, for nobody knows its keys. Here the account's key is no secret and functions run on this machine, so a page
 * from elsewhere must not even be able to send a request: by presigned URLs that would need no preflight.
 */
const OWN_PAGE = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/**
 * What the strictest of AWS's front ends that pages call lets a preflight ask for: not the SDK's own `amz-sdk-invocation-id` and
 * `amz-sdk-request` (Greengrass refuses them), which a page therefore must not send. `if-match`, `if-none-match` and the answer's `etag` are
 * S3's, where each bucket's own CORS configuration says so.
 */
const HEADERS = ['authorization', 'content-type', 'if-match', 'if-none-match', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token', 'x-amz-target', 'x-amz-user-agent']
const EXPOSED = ['date', 'etag', 'x-amzn-requestid', 'x-amz-request-id', 'x-amzn-errortype']
const PREFLIGHT_SECONDS = 600

type Head = Pick<HttpRequest, 'headers'>

/** True also for whatever is no browser: it sends no Origin. */
export function isOwnOrigin({ headers }: Head): boolean {
  const { origin } = headers
  return origin === undefined || OWN_PAGE.test(origin)
}

export const foreignOrigin = ({ headers }: Head): HttpAnswer => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: `A page of ${headers['origin'] ?? ''} may not use the sandbox: only pages of this machine may.` }),
})

/** The answer to a preflight; undefined when the request is none. */
export function preflightAnswer(request: Pick<HttpRequest, 'headers' | 'method'>): HttpAnswer | undefined {
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return undefined
  return {
    status: 200,
    headers: {
      ...corsHeaders(request),
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, HEAD',
      'access-control-allow-headers': HEADERS.join(', '),
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    },
  }
}

/** What every answer to a page carries. */
export const corsHeaders = ({ headers: { origin } }: Head): Readonly<Record<string, string>> =>
  origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED.join(', '), vary: 'Origin' }
