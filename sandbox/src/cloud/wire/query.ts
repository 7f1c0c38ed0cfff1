// sandbox/src/cloud/wire/query.ts: the AWS query protocol (IAM, STS, SNS): forms in, XML out.
import { NormalizedSchema } from '@smithy/core/schema'
import { xmlCodec } from './codecs.ts'
import { faultOf } from './faults.ts'
import { formTree, readForm } from './form-tree.ts'
import type { OperationModel, SchemaRef, ServiceModel } from './model.ts'
import { type Protocol, type ProtocolOf, statusOf, type WireRequest } from './protocol.ts'
import { element, textElements } from './xml-text.ts'

export const query: ProtocolOf = (model): Protocol => {
  const xmlNamespace = model.xmlNamespace ?? ''
  const xml = xmlCodec(xmlNamespace)
  const responses = new Map<string, NormalizedSchema>()
  return {
    route(request) {
      const form = formOf(request)
      const action = form.get('Action') ?? ''
      const operation = model.operations.get(action)
      if (!operation) throw faultOf(model, 'unknown-operation', `Could not find operation ${action} for version ${form.get('Version') ?? model.version ?? ''}`)
      return { operation, labels: {} }
    },
    decode: ({ operation }, request) => readInput(model, operation, request),
    encode(operation, { members, status, headers, body }, requestId) {
      let response = responses.get(operation.name)
      if (!response) responses.set(operation.name, (response = responseSchema(operation)))
      const whole = { [`${operation.name}Result`]: members, ResponseMetadata: { RequestId: requestId } }
      return { status: status ?? 200, headers: { 'content-type': 'text/xml', ...headers }, body: body ?? xml.write(response, whole) }
    },
    encodeError: (error, { requestId }) => ({
      status: model.errorShape(error.code)?.queryError?.status ?? statusOf(error, model),
      headers: { 'content-type': 'text/xml' },
      body: errorDocument(model, { code: error.code, message: error.message }, requestId),
    }),
  }
}

/** Parameters come in the body, or, for GET, in the query. */
export const formOf = ({ method, query: parameters, bytes }: Pick<WireRequest, 'method' | 'query' | 'bytes'>): URLSearchParams =>
  method === 'GET' ? parameters : new URLSearchParams(bytes.toString('utf8'))

function readInput(model: ServiceModel, { input }: OperationModel, request: WireRequest): Record<string, unknown> {
  if (input.isUnitSchema()) return {}
  try {
    return readForm(input, formTree(formOf(request))) as Record<string, unknown> // a structure, for a structure's schema
  } catch (cause) {
    throw faultOf(model, 'malformed-input', cause instanceof Error ? cause.message : 'the form cannot be read')
  }
}

/** `<CreateTopicResponse><CreateTopicResult>…</CreateTopicResult><ResponseMetadata><RequestId>…`, as a schema of its own. */
function responseSchema({ name, output }: OperationModel): NormalizedSchema {
  const metadata = [3, 'wire', 'ResponseMetadata', 0, ['RequestId'], [0]]
  const hasResult = !output.isUnitSchema()
  const members = hasResult ? [`${name}Result`, 'ResponseMetadata'] : ['ResponseMetadata']
  const schemas = hasResult ? [() => output.getSchema(), () => metadata] : [() => metadata]
  return NormalizedSchema.of([3, 'wire', `${name}Response`, 0, members, schemas] as unknown as SchemaRef) // the tuple that the SDK's schemas are
}

function errorDocument(model: ServiceModel, { code, message }: { code: string; message: string }, requestId: string): string {
  const shape = model.errorShape(code)
  const fields = { Type: shape?.fault === 'server' ? 'Receiver' : 'Sender', Code: shape?.queryError?.code ?? code, Message: message }
  return element('ErrorResponse', element('Error', textElements(fields)) + textElements({ RequestId: requestId }), ` xmlns="${model.xmlNamespace ?? ''}"`)
}
