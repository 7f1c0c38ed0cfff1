// sandbox/src/cloud/wire/rest-json.ts: the REST-JSON protocol (IoT, Lambda, Greengrass V2).
import type { AwsError } from '../aws-error.ts'
import { jsonCodec, toText } from './codecs.ts'
import { faultOf } from './faults.ts'
import type { ServiceModel } from './model.ts'
import { type Protocol, type ProtocolOf, statusOf, type WireRequest } from './protocol.ts'
import { type BodyCodec, decodedInput, writeRestOutput } from './rest-bindings.ts'
import { restRouter } from './rest-routing.ts'

export const restJson: ProtocolOf = (model): Protocol => {
  const route = restRouter(model)
  return {
    route: (request) => route(request) ?? unknownPath(model, request),
    decode: (routed, request) => decodedInput(model, routed, request, bodies),
    encode(operation, output) {
      const { status, headers, body } = writeRestOutput(operation.output, output, bodies)
      const empty = operation.output.isUnitSchema() ? undefined : '{}'
      return {
        status: output.status ?? status ?? operation.http?.status ?? 200,
        headers: { 'content-type': 'application/json', ...headers, ...output.headers },
        body: output.body ?? body ?? empty,
      }
    },
    encodeError: (error) => ({
      status: statusOf(error, model),
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': model.errorShape(error.code)?.name ?? error.code, ...boundToHeaders(model, error) },
      body: writeError(model, error),
    }),
  }
}

const json = jsonCodec(true)

const bodies: BodyCodec = {
  contentType: 'application/json',
  read(schema, bytes) {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    if (schema.isStructSchema() && (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))) throw new Error('Unexpected value type in payload: a structure is expected')
    return json.read(schema, parsed)
  },
  write: (schema, value) => json.write(schema, value),
}

function unknownPath(model: ServiceModel, { method, path }: WireRequest): never {
  throw faultOf(model, 'unknown-operation', `${model.name} has no operation for ${method} ${path}`)
}

/** `retryAfterSeconds` of Lambda's TooManyRequestsException is the header Retry-After. */
function boundToHeaders(model: ServiceModel, { code, members }: AwsError): Record<string, string> {
  const bound = [...(model.errorShape(code)?.schema.structIterator() ?? [])].flatMap(([name, member]) => {
    const { httpHeader } = member.getMergedTraits()
    return httpHeader === undefined || members[name] === undefined ? [] : [[httpHeader.toLowerCase(), toText(member, members[name])] as const]
  })
  return Object.fromEntries(bound)
}

/** The member that carries the message is `message` in most shapes, `Message` in some. */
export function writeError(model: ServiceModel, error: AwsError): string {
  const shape = model.errorShape(error.code)
  if (!shape) return JSON.stringify({ message: error.message, ...error.members })
  const bound = new Set([...shape.schema.structIterator()].flatMap(([name, member]) => (member.getMergedTraits().httpHeader === undefined ? [] : [name])))
  const members: Record<string, unknown> = Object.fromEntries(Object.entries(error.members).filter(([name]) => !bound.has(name)))
  for (const [name] of shape.schema.structIterator()) {
    if (name.toLowerCase() === 'message') members[name] ??= error.message
    if (name === 'Type') members[name] ??= shape.fault === 'server' ? 'Service' : 'User' // Lambda's
  }
  return Buffer.from(json.write(shape.schema, members)).toString()
}
