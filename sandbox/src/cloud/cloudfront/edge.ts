// sandbox/src/cloud/cloudfront/edge.ts: answers what is sent to the domain name of a distribution, from its bucket and by its rules; nothing is cached.
import { gzipSync } from 'node:zlib'
import { globalArn } from '../account.ts'
import type { OriginObject, OriginReader } from '../ports.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from '../wire/http-route.ts'
import type { CloudFrontContext } from './context.ts'
import { bucketOf } from './distribution-check.ts'
import { applied } from './response-headers.ts'

export interface EdgeOptions extends CloudFrontContext {
  readonly origin: OriginReader
}

type Settings = ReturnType<CloudFrontContext['distributions']['at']>['config']['settings']

export function edge(context: EdgeOptions): HttpRoute {
  const at = (name: string) => context.distributions.all().find(([, { config }]) => config.domainName === name)
  return {
    prefix: '/',
    isHost: (name) => name.endsWith('.cloudfront.net'),
    handle(request) {
      const host = (request.headers['host'] ?? '').toLowerCase().replace(/:\d+$/, '')
      const [id, kept] = at(host) ?? []
      if (id === undefined || !kept?.config.settings.Enabled) return unsatisfied('there is no distribution of this name that is enabled')
      return served({ id, host, settings: kept.config.settings }, request, context)
    },
  }
}

interface Place {
  readonly id: string
  readonly host: string
  readonly settings: Settings
}

function served({ id, host, settings }: Place, request: HttpRequest, { account, origin, accessControls, headersPolicies }: EdgeOptions): HttpAnswer {
  const behavior = settings.DefaultCacheBehavior
  if (!request.isTls && behavior?.ViewerProtocolPolicy === 'redirect-to-https') return { status: 301, headers: { ...own(host), location: `https://${request.headers['host'] ?? host}${request.path}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}` } }
  if (!request.isTls && behavior?.ViewerProtocolPolicy === 'https-only') return unsatisfied('this distribution is reached by HTTPS alone')
  if (!(behavior?.AllowedMethods?.Items ?? ['GET', 'HEAD']).includes(request.method as 'GET')) return unsatisfied(`this distribution does not take ${request.method}`)
  const source = settings.Origins?.Items?.find(({ Id }) => Id === behavior?.TargetOriginId)
  const control = source?.OriginAccessControlId ? accessControls.find(source.OriginAccessControlId) : undefined
  const signs = control !== undefined && control.config.SigningBehavior !== 'never' // «no-override» signs, too, what comes without a signature
  const found = origin.read({
    bucket: bucketOf(source?.DomainName ?? '', account.region) ?? '',
    key: keyOf(request.path, source?.OriginPath ?? '', settings.DefaultRootObject ?? ''),
    caller: signs ? { service: 'cloudfront.amazonaws.com', sourceArn: globalArn('cloudfront', account, `distribution/${id}`) } : undefined,
  })
  const policy = behavior?.ResponseHeadersPolicyId ? headersPolicies.find(behavior.ResponseHeadersPolicyId) : undefined
  const { headers = {}, ...answer } = answered(found, request, behavior?.Compress === true)
  return { ...answer, headers: { ...own(host), ...(policy ? applied(headers, policy.config) : headers) } }
}

const own = (host: string) => ({ via: `1.1 ${host} (CloudFront)`, 'x-cache': 'Miss from cloudfront' })

/** CloudFront guide, «Specify a default root object»: for the root alone. */
function keyOf(path: string, originPath: string, rootObject: string): string {
  const wanted = path === '/' ? rootObject : path.slice(1)
  return `${originPath.replace(/^\//, '')}${originPath === '' ? '' : '/'}${decoded(wanted)}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // no key is called so
  }
}

/** S3's own answer goes through, refusals too. */
function answered(found: OriginObject, request: HttpRequest, compresses: boolean): Pick<HttpAnswer, 'status' | 'headers' | 'body'> {
  if (found.kind === 'refused') return { status: found.status, headers: { 'content-type': 'application/xml' }, body: request.method === 'HEAD' ? '' : `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${found.code}</Code><Message>${found.message}</Message></Error>` }
  const zips = compresses && isCompressible(found) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const etag = zips ? `W/${found.etag}` : found.etag // CloudFront guide, «Serve compressed files»: a strong ETag becomes a weak one
  const headers = { ...found.headers, etag, 'last-modified': found.lastModified.toUTCString(), ...(zips && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }) }
  if (names(request.headers['if-none-match'], found.etag)) return { status: 304, headers }
  const body = zips ? zipped(found) : found.body
  return { status: 200, headers: { ...headers, 'content-length': String(body.length) }, body: request.method === 'HEAD' ? '' : body }
}

const names = (header: string | undefined, etag: string) => header?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag || each.trim() === '*') === true

/** CloudFront guide, «File types that CloudFront compresses», and their sizes. */
const isCompressible = ({ headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }) =>
  body.length >= 1000 && body.length <= 10_000_000 && headers['content-encoding'] === undefined && /^(text\/(html|css|javascript|plain)|application\/(javascript|json)|image\/svg\+xml)\b/.test(headers['content-type'] ?? '')

/** By ETag, so each file is compressed once. */
const known = new Map<string, Uint8Array>()
const MOST_KNOWN = 100

function zipped({ etag, body }: { readonly etag: string; readonly body: Uint8Array }): Uint8Array {
  let bytes = known.get(etag)
  if (!bytes) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(etag, (bytes = gzipSync(body)))
  }
  return bytes
}

const unsatisfied = (why: string): HttpAnswer => ({ status: 403, headers: { 'content-type': 'text/html', 'x-cache': 'Error from cloudfront' }, body: `<!doctype html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>403 ERROR</h1>\n<p>The request could not be satisfied: ${why}.</p>\n` })
