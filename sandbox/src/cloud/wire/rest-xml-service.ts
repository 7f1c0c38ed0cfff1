// sandbox/src/cloud/wire/rest-xml-service.ts: REST-XML as services other than S3 speak it (CloudFront): operations by their paths, errors wrapped as in the query protocol.
import { xmlCodec } from './codecs.ts'
import { faultOf } from './faults.ts'
import { type Protocol, type ProtocolOf, statusOf } from './protocol.ts'
import { type BodyCodec, decodedInput, writeRestOutput } from './rest-bindings.ts'
import { restRouter } from './rest-routing.ts'
import { element, textElements, XML_DECLARATION } from './xml-text.ts'

export const restXmlService: ProtocolOf = (model): Protocol => {
  const xml = xmlCodec(model.xmlNamespace ?? '')
  const bodies: BodyCodec = {
    contentType: 'text/xml',
    read: (schema, bytes) => xml.read(schema, bytes),
    write: (schema, value) => XML_DECLARATION + xml.write(schema, value),
  }
  const route = restRouter(model)
  return {
    route(request) {
      const routed = route(request)
      if (!routed) throw faultOf(model, 'unknown-operation', `${model.name} has no operation for ${request.method} ${request.path}`)
      return routed
    },
    decode: (routed, request) => decodedInput(model, routed, request, bodies),
    encode(operation, output) {
      const { status, headers, body } = writeRestOutput(operation.output, output, bodies)
      return { status: output.status ?? status ?? operation.http?.status ?? 200, headers: { ...headers, ...output.headers }, body: output.body ?? body ?? '' }
    },
    encodeError(error, { requestId }) {
      const fields = { Type: model.errorShape(error.code)?.fault === 'server' ? 'Receiver' : 'Sender', Code: error.code, Message: error.message }
      const body = element('ErrorResponse', element('Error', textElements(fields)) + textElements({ RequestId: requestId }), ` xmlns="${model.xmlNamespace ?? ''}"`)
      return { status: statusOf(error, model), headers: { 'content-type': 'text/xml' }, body: XML_DECLARATION + body }
    },
  }
}
