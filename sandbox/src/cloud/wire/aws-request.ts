// sandbox/src/cloud/wire/aws-request.ts: takes one AWS request through its steps: who asks, what is asked, may they, run, answer.
import type { Account } from '../account.ts'
import type { Clock } from '../clock.ts'
import type { Call, Principal, Service } from '../service.ts'
import { AwsError } from '../aws-error.ts'
import { authentication } from './authentication.ts'
import { authorise } from './authorisation.ts'
import { type ChunkSigning, isAwsChunked, unframe } from './aws-chunked.ts'
import { verifyChecksums } from './checksums.ts'
import { faultOf } from './faults.ts'
import type { HttpAnswer } from './http-route.ts'
import type { Identities } from './identities.ts'
import { checkInput, describeMissing } from './input-check.ts'
import type { OperationModel, ServiceModel } from './model.ts'
import type { OperationOutput, WireRequest } from './protocol.ts'
import { protocolOf } from './protocols.ts'
import { type RateLimiter, unlimited } from './rate-limits.ts'
import { registry } from './service-registry.ts'

export interface AwsRequestOptions {
  readonly account: Account
  readonly clock: Clock
  readonly services: readonly Service[]
  readonly identities: Identities
  readonly limiter?: RateLimiter
  /** ARN of a registered, ACTIVE device certificate; the others are refused. */
  readonly certificateArn?: (certificateId: string) => string | undefined
  readonly verifySignatures?: boolean
}

/** What became known of a request on its way, for the log. */
export interface Passage {
  operation?: string
  caller?: string
}

/** @throws AwsError for every refusal */
export type AwsRequest = (model: ServiceModel, request: WireRequest, passage: Passage) => Promise<HttpAnswer>

export function awsRequest(options: AwsRequestOptions): AwsRequest {
  const { account, clock, identities, limiter = unlimited, verifySignatures = true } = options
  const services = registry(options.services)
  const authenticate = authentication({ identities, account, clock, verifySignatures })

  return async (model, request, passage) => {
    if (model.operations.size === 0) throw faultOf(model, 'not-offered', `The sandbox does not offer the service ${model.name}.`)
    const { principal: signer, chunkSigning } = authenticate(model, request)
    const principal = signer.kind === 'anonymous' && request.clientCertificate ? deviceOf(model, request.clientCertificate.certificateId, options) : signer
    passage.caller = 'arn' in principal ? principal.arn : principal.kind
    const wire = model.protocol === 'rest-xml' ? withoutFraming(request, chunkSigning) : request
    const protocol = protocolOf(model)
    const routed = protocol.route(wire)
    const { operation } = routed
    passage.operation = operation.name
    const service = services.get(model.name)
    const run = service?.operations[operation.name]
    if (!service || !run) throw notOffered(model, operation)
    if (!limiter.take(model.name, operation.name)) throw faultOf(model, 'throttled')
    const input = protocol.decode(routed, wire)
    refuseInvalid(model, operation, input)
    const call: Call = { requestId: request.requestId, principal, account, origin: request.origin, headers: request.headers }
    authorise(identities, { model, service, operation, input, call, clientAddress: request.clientAddress, now: clock.now() })
    const output = await run(input as never, call) // decoded by this very operation's schema, and checked against it
    return protocol.encode(operation, outputOf(output), request.requestId)
  }
}

function deviceOf(model: ServiceModel, certificateId: string, { certificateArn }: AwsRequestOptions): Principal {
  const arn = certificateArn?.(certificateId)
  if (arn === undefined) throw faultOf(model, 'denied', 'Forbidden')
  return { kind: 'certificate', arn, certificateId }
}

/** S3 bodies may come in chunks, and with checksums in headers or trailers. */
function withoutFraming(request: WireRequest, signing: ChunkSigning | undefined): WireRequest {
  if (!isAwsChunked(request.headers)) {
    verifyChecksums(request.headers, request.bytes)
    return request
  }
  const { bytes, trailers } = unframe(request.bytes, signing)
  const length = request.headers['x-amz-decoded-content-length']
  if (length !== undefined && Number(length) !== bytes.length) throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header', { status: 400 })
  const codings = (request.headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim())
  const ownCoding = codings.filter((coding) => coding !== 'aws-chunked' && coding !== '').join(',')
  const checksums = Object.fromEntries(Object.entries(trailers).filter(([name]) => name.startsWith('x-amz-checksum-')))
  const headers = { ...request.headers, ...checksums, 'content-encoding': ownCoding === '' ? undefined : ownCoding, 'content-length': String(bytes.length) }
  verifyChecksums(headers, bytes)
  return { ...request, headers, bytes }
}

const notOffered = (model: ServiceModel, { name }: OperationModel) => faultOf(model, 'not-offered', `The sandbox does not offer ${model.iamPrefix}:${name}.`, model.protocol === 'rest-xml' ? { Operation: name } : {})

function refuseInvalid(model: ServiceModel, { input: schema }: OperationModel, input: Record<string, unknown>): void {
  const { mistyped, missing } = checkInput(schema, input)
  if (mistyped !== undefined) throw faultOf(model, 'malformed-input', mistyped)
  if (missing.length === 0) return
  if (model.protocol === 'rest-xml' && missing.every((path) => isPayload(schema, path))) throw new AwsError('MissingRequestBodyError', 'Request Body is empty', { status: 400 })
  if (model.protocol === 'rest-xml' && missing.some((path) => path.includes('.'))) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema', { status: 400 })
  throw new AwsError(model.invalid, describeMissing(missing), { status: 400, members: model.name === 'greengrassv2' ? { reason: 'FIELD_VALIDATION_FAILED', fields: missing.map((name) => ({ name, message: 'Member must not be null' })) } : {} })
}

const isPayload = (schema: OperationModel['input'], path: string): boolean => !path.includes('.') && schema.getMemberSchema(path).getMergedTraits().httpPayload === 1

function outputOf(output: unknown): OperationOutput {
  const { $status, $headers, $body, ...members } = (output ?? {}) as Record<string, unknown> & { $status?: number; $headers?: Record<string, string>; $body?: string } // the escapes of service.ts
  return { members, ...($status === undefined ? {} : { status: $status }), ...($headers === undefined ? {} : { headers: $headers }), ...($body === undefined ? {} : { body: $body }) }
}
