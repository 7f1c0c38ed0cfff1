// sandbox/src/cloud/wire/rest-bindings.ts: where the members of REST inputs and outputs stand: path, query, headers, body.
import type { NormalizedSchema } from '@smithy/core/schema'
import { fromText, toText } from './codecs.ts'
import { faultOf } from './faults.ts'
import type { HttpBody } from './http-route.ts'
import type { ServiceModel } from './model.ts'
import type { OperationOutput, Routed, WireRequest } from './protocol.ts'

/** How a protocol reads and writes bodies that are structures. */
export interface BodyCodec {
  readonly contentType: string
  read(schema: NormalizedSchema, bytes: Buffer): unknown
  write(schema: NormalizedSchema, value: unknown): string | Uint8Array
}

/** @throws AwsError the service's own word for input that cannot be read */
export function decodedInput(model: ServiceModel, routed: Routed, request: WireRequest, codec: BodyCodec): Record<string, unknown> {
  try {
    return readRestInput(routed, request, codec)
  } catch (cause) {
    throw faultOf(model, 'malformed-input', cause instanceof Error ? cause.message : 'the body cannot be read')
  }
}

/** @throws whatever the codecs throw for text that cannot be what its member's type says */
export function readRestInput({ operation: { input }, labels }: Routed, request: WireRequest, codec: BodyCodec): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const inBody: string[] = []
  if (input.isUnitSchema()) return value
  for (const [name, member] of input.structIterator()) {
    const place = placeOf(member)
    if (place === 'body') inBody.push(name)
    else {
      const found = place === 'payload' ? readPayload(member, request.bytes, codec) : readBound(member, labels[name], request)
      if (found !== undefined) value[name] = found
    }
  }
  if (inBody.length === 0 || request.bytes.length === 0) return value
  const body = codec.read(input, request.bytes) as Readonly<Record<string, unknown>> // a structure, for a structure's schema
  for (const name of inBody) if (body[name] !== undefined) value[name] = body[name]
  return value
}

type Place = 'payload' | 'bound' | 'body'

function placeOf(member: NormalizedSchema): Place {
  const traits = member.getMergedTraits()
  if (traits.httpPayload) return 'payload'
  const isBound = traits.httpLabel ?? traits.httpQuery ?? traits.httpHeader ?? traits.httpPrefixHeaders ?? traits.httpQueryParams ?? traits.httpResponseCode
  return isBound === undefined ? 'body' : 'bound'
}

function readBound(member: NormalizedSchema, label: string | undefined, { query, headers }: WireRequest): unknown {
  const traits = member.getMergedTraits()
  if (traits.httpLabel) return label === undefined ? undefined : fromText(member, label)
  if (traits.httpQuery !== undefined) return readQuery(member, query.getAll(traits.httpQuery))
  if (traits.httpHeader !== undefined) {
    const header = headers[traits.httpHeader.toLowerCase()]
    return header === undefined ? undefined : fromText(member, header)
  }
  if (traits.httpPrefixHeaders !== undefined) return prefixed(headers, traits.httpPrefixHeaders.toLowerCase())
  return traits.httpQueryParams ? Object.fromEntries(query) : undefined
}

function readQuery(member: NormalizedSchema, values: readonly string[]): unknown {
  const [first] = values
  if (first === undefined) return undefined
  return member.isListSchema() ? values.map((value) => fromText(member.getValueSchema(), value)) : fromText(member, first)
}

function prefixed(headers: WireRequest['headers'], prefix: string): Record<string, string> | undefined {
  const found = Object.entries(headers).filter((entry): entry is [string, string] => entry[0].startsWith(prefix) && entry[1] !== undefined)
  return found.length === 0 ? undefined : Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]))
}

/** An empty body is an empty blob, but no structure and no text. */
function readPayload(member: NormalizedSchema, bytes: Buffer, codec: BodyCodec): unknown {
  if (member.isBlobSchema()) return bytes
  if (bytes.length === 0) return undefined
  return member.isStringSchema() ? bytes.toString('utf8') : codec.read(member, bytes)
}

export interface RestAnswer {
  readonly status: number | undefined
  readonly headers: Record<string, string>
  readonly body: HttpBody | undefined
}

export function writeRestOutput(output: NormalizedSchema, { members }: OperationOutput, codec: BodyCodec): RestAnswer {
  const headers: Record<string, string> = {}
  const inBody: Record<string, unknown> = {}
  let status: number | undefined
  let body: HttpBody | undefined
  let hasBody = false
  if (output.isUnitSchema()) return { status, headers, body }
  for (const [name, member] of output.structIterator()) {
    const value = members[name]
    const place = placeOf(member)
    if (place === 'body') {
      hasBody = true
      inBody[name] = value
    } else if (value === undefined || value === null) continue
    else if (place === 'payload') body = writePayload(member, value, headers, codec)
    else if (member.getMergedTraits().httpResponseCode) status = Number(value)
    else writeHeaders(member, value, headers)
  }
  if (hasBody) {
    headers['content-type'] = codec.contentType
    body = codec.write(output, inBody)
  }
  return { status, headers, body }
}

function writeHeaders(member: NormalizedSchema, value: unknown, headers: Record<string, string>): void {
  const { httpHeader, httpPrefixHeaders } = member.getMergedTraits()
  if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = toText(member, value)
  else if (httpPrefixHeaders !== undefined) {
    for (const [name, text] of Object.entries(value as Readonly<Record<string, string>>)) headers[`${httpPrefixHeaders}${name}`.toLowerCase()] = text // prefix headers are maps of text
  }
}

function writePayload(member: NormalizedSchema, value: unknown, headers: Record<string, string>, codec: BodyCodec): HttpBody {
  if (member.isStructSchema() || member.isDocumentSchema()) {
    headers['content-type'] = codec.contentType
    return codec.write(member, value)
  }
  headers['content-type'] ??= member.isStringSchema() ? 'text/plain' : 'application/octet-stream'
  return value as HttpBody // text or bytes: the types of service.ts hold the function to it
}
