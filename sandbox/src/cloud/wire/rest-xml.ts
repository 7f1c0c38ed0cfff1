// sandbox/src/cloud/wire/rest-xml.ts: the REST-XML protocol, spoken by S3 alone, with S3's own rules for finding the operation.
import { AwsError } from '../aws-error.ts'
import { xmlCodec } from './codecs.ts'
import { faultOf } from './faults.ts'
import type { NormalizedSchema } from '@smithy/core/schema'
import { type OperationModel, requiredCount, type ServiceModel } from './model.ts'
import { type Protocol, type ProtocolOf, type Routed, statusOf, type WireRequest } from './protocol.ts'
import { type BodyCodec, readRestInput, writeRestOutput } from './rest-bindings.ts'
import { s3Address } from './s3-addressing.ts'
import { hasLiteralQuery, type UriPattern, uriPattern } from './uri-pattern.ts'
import { element, textElements, XML_DECLARATION } from './xml-text.ts'

export const restXml: ProtocolOf = (model): Protocol => {
  const xml = xmlCodec(model.xmlNamespace ?? '')
  const bodies: BodyCodec = {
    contentType: 'application/xml',
    read: (schema, bytes) => xml.read(schema, bytes),
    write: (schema, value) => XML_DECLARATION + xml.write(schema, value),
  }
  const candidates = Map.groupBy(candidatesOf(model), ({ pattern, level }) => `${pattern.method} ${level}`)
  return {
    route: (request) => route(model, candidates, request),
    decode(routed, request) {
      try {
        return readRestInput(routed, request, bodies)
      } catch {
        throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema', { status: 400 })
      }
    },
    encode(operation, output) {
      const { status, headers, body } = writeRestOutput(operation.output, output, bodies)
      return { status: output.status ?? status ?? operation.http?.status ?? 200, headers: { ...headers, ...output.headers }, body: output.body ?? body ?? '' }
    },
    encodeError(error, { requestId, path }) {
      const fields = { Code: error.code, Message: error.message, ...error.members, Resource: path, RequestId: requestId, HostId: 'sandbox' }
      return { status: statusOf(error, model), headers: { 'content-type': 'application/xml' }, body: XML_DECLARATION + element('Error', textElements(fields)) }
    },
  }
}

interface Candidate {
  readonly pattern: UriPattern
  readonly level: 'service' | 'bucket' | 'object'
  /** Query parameters and headers without which the operation cannot be meant (`x-amz-copy-source` tells CopyObject from PutObject). */
  readonly required: readonly { readonly query?: string; readonly header?: string }[]
}

function candidatesOf(model: ServiceModel): Candidate[] {
  return [...model.operations.values()].flatMap((operation) => {
    const pattern = uriPattern(operation)
    if (!pattern) return []
    // `x-id` is written by the JavaScript SDK alone.
    return [{ pattern: { ...pattern, query: pattern.query.filter(([key]) => key !== 'x-id') }, level: levelOf(operation), required: requiredBindings(operation.input) }]
  })
}

function levelOf({ http, input }: OperationModel): Candidate['level'] {
  if (http?.uri.includes('{Key+}')) return 'object'
  return labelsOf(input).includes('Bucket') ? 'bucket' : 'service'
}

const labelsOf = (input: NormalizedSchema): string[] =>
  input.isUnitSchema() ? [] : [...input.structIterator()].filter(([, member]) => member.getMergedTraits().httpLabel).map(([name]) => name)

function requiredBindings(input: NormalizedSchema): Candidate['required'] {
  if (input.isUnitSchema()) return []
  return [...input.structIterator()].slice(0, requiredCount(input)).flatMap(([, member]): Candidate['required'] => {
    const { httpQuery, httpHeader } = member.getMergedTraits()
    if (httpQuery !== undefined) return [{ query: httpQuery }]
    return httpHeader === undefined ? [] : [{ header: httpHeader.toLowerCase() }]
  })
}

/** Of the operations that this method, level, query and headers allow, the one that asks for most of them. */
function route(model: ServiceModel, candidates: ReadonlyMap<string, readonly Candidate[]>, request: WireRequest): Routed {
  const { bucket, key } = addressOf(request)
  const level = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service'
  const fitting = (candidates.get(`${request.method} ${level}`) ?? []).filter((candidate) => fits(candidate, request))
  const [best] = fitting.sort((one, other) => weight(other) - weight(one))
  if (!best) throw faultOf(model, 'unknown-operation', 'The specified method is not allowed against this resource.', { Method: request.method })
  return { operation: best.pattern.operation, labels: { ...(bucket === undefined ? {} : { Bucket: bucket }), ...(key === undefined ? {} : { Key: key }) } }
}

function addressOf({ headers, path }: WireRequest) {
  try {
    return s3Address(headers['host'] ?? '', path)
  } catch (cause) {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", { status: 400, cause })
  }
}

const fits = ({ pattern, required }: Candidate, { query, headers }: WireRequest): boolean =>
  hasLiteralQuery(pattern, query) && required.every(({ query: parameter, header }) => (parameter !== undefined ? query.has(parameter) : header !== undefined && headers[header] !== undefined))

const weight = ({ pattern, required }: Candidate) => pattern.query.length + required.length
