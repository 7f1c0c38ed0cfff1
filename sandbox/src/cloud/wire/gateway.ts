// sandbox/src/cloud/wire/gateway.ts: answers HTTP requests as AWS's front ends do: AWS APIs by their models, and the plain routes beside them.
import { AwsError } from '../aws-error.ts'
import type { CloudLog } from '../log.ts'
import { awsRequest, type AwsRequestOptions, type Passage } from './aws-request.ts'
import { corsHeaders, foreignOrigin, isOwnOrigin, preflightAnswer } from './browser-origin.ts'
import { faultOf } from './faults.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.ts'
import type { ServiceModel } from './model.ts'
import { DEFAULT_BODY_LIMIT, lazyModels, type Models } from './models.ts'
import { protocolOf } from './protocols.ts'
import { BodyTooLarge, readBody } from './request-body.ts'
import { type Asked, serviceOfRequest } from './service-of-request.ts'
import { signatureIn } from './signed-request.ts'

export interface GatewayOptions extends AwsRequestOptions {
  readonly log: CloudLog
  readonly routes?: readonly HttpRoute[]
  readonly models?: Models
}

export interface Gateway {
  answer(request: HttpRequest): Promise<HttpAnswer>
  /** The route that takes over a connection to be upgraded on this path. */
  upgradeRoute(path: string): HttpRoute | undefined
}

export function gateway(options: GatewayOptions): Gateway {
  const { log, routes = [], models = lazyModels() } = options
  const run = awsRequest(options)

  const answerAws = async (request: HttpRequest): Promise<HttpAnswer> => {
    const began = performance.now()
    const passage: Passage = {}
    const { model, bytes } = await modelAndBody(models, request)
    const answer = await (bytes ? run(model, { ...request, bytes }, passage) : Promise.reject(new BodyTooLarge())).catch((error: unknown) => refusal(model, request, { error, passage, log }))
    log.debug('request answered', { service: model.name, ...passage, status: answer.status, requestId: request.requestId, ms: Math.round(performance.now() - began), userAgent: request.headers['user-agent'] })
    return { ...answer, headers: { ...requestIdHeaders(model, request.requestId), ...answer.headers } }
  }

  const answerRoute = async (route: HttpRoute, request: HttpRequest): Promise<HttpAnswer> => {
    try {
      return await route.handle(request)
    } catch (error) {
      log.error('route failed', { route: route.prefix, requestId: request.requestId, error: error instanceof Error ? error.stack : String(error) })
      return { status: 500, headers: { 'x-amzn-requestid': request.requestId } }
    }
  }

  return {
    async answer(request) {
      const host = routeOfHost(routes, request)
      if (host) return answerRoute(host, request)
      if (!isOwnOrigin(request)) return foreignOrigin(request)
      const preflight = preflightAnswer(request)
      if (preflight) return preflight
      const route = signatureIn(request).kind === 'none' && request.headers['x-amz-target'] === undefined ? longestPrefix(routes, request.path) : undefined
      const answer = await (route ? answerRoute(route, request) : answerAws(request))
      return request.headers['origin'] === undefined ? answer : { ...answer, headers: { ...answer.headers, ...corsHeaders(request) } }
    },
    upgradeRoute: (path) => longestPrefix(routes.filter(({ upgrade }) => upgrade !== undefined), path),
  }
}

const routeOfHost = (routes: readonly HttpRoute[], { headers }: HttpRequest): HttpRoute | undefined => {
  const name = (headers['host'] ?? '').toLowerCase().replace(/:\d+$/, '')
  return routes.find(({ isHost }) => isHost?.(name))
}

const longestPrefix = (routes: readonly HttpRoute[], path: string): HttpRoute | undefined =>
  routes.filter(({ prefix, isHost }) => isHost === undefined && path.startsWith(prefix)).sort((one, other) => other.prefix.length - one.prefix.length)[0]

/** Only an unsigned form must be read before it is known whom it is for. No bytes: the body was longer than that service takes. */
async function modelAndBody(models: Models, request: HttpRequest): Promise<{ model: ServiceModel; bytes: Buffer | undefined }> {
  const form = { isNeeded: false }
  const asked = serviceOfRequest(models.definitions, request, () => {
    form.isNeeded = true
    return request.query
  })
  const known = form.isNeeded ? undefined : modelOf(models, asked)
  const bytes = await readBody(request, known?.bodyLimit ?? DEFAULT_BODY_LIMIT).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) return undefined
    throw error
  })
  return { model: known ?? modelOf(models, serviceOfRequest(models.definitions, request, () => new URLSearchParams(bytes?.toString('utf8')))), bytes }
}

const modelOf = (models: Models, asked: Asked): ServiceModel => (asked.kind === 'model' ? models.get(asked.name) : unknownService(asked))

/** A model without operations, so that a client of a service that is not there gets an error that it can read. */
const unknownService = ({ service, protocol }: Exclude<Asked, { kind: 'model' }>): ServiceModel => ({
  name: service,
  protocol,
  signingNames: [service],
  iamPrefix: service,
  invalid: 'ValidationException',
  operations: new Map(),
  errorShape: () => undefined,
})

function refusal(model: ServiceModel, request: HttpRequest, { error, passage, log }: { error: unknown; passage: Passage; log: CloudLog }): HttpAnswer {
  const encode = (refused: AwsError) => protocolOf(model).encodeError(refused, { requestId: request.requestId, path: request.path })
  if (error instanceof AwsError) return encode(error)
  if (error instanceof BodyTooLarge) {
    const limit = model.bodyLimit ?? DEFAULT_BODY_LIMIT
    const { headers, ...answer } = encode(faultOf(model, 'too-large', `Request must be smaller than ${limit} bytes`, model.protocol === 'rest-xml' ? { MaxSizeAllowed: limit } : {}))
    return { ...answer, headers: { ...headers, connection: 'close' } } // the rest of the body is not read
  }
  if (error instanceof URIError) return encode(faultOf(model, 'malformed-input', 'The URI is not properly percent-encoded'))
  log.error('operation failed', { service: model.name, ...passage, requestId: request.requestId, error: error instanceof Error ? error.stack : String(error) })
  return encode(faultOf(model, 'internal', `The sandbox failed; its log tells more under request id ${request.requestId}.`))
}

function requestIdHeaders({ protocol }: ServiceModel, requestId: string): Record<string, string> {
  return protocol === 'rest-xml' ? { 'x-amz-request-id': requestId, 'x-amz-id-2': `sandbox-${requestId}`, server: 'AmazonS3' } : { 'x-amzn-requestid': requestId }
}
