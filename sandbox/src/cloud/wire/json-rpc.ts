// sandbox/src/cloud/wire/json-rpc.ts: the AWS JSON 1.0 and 1.1 protocols (Cloud Control, ECR, CloudWatch Logs).
import { jsonCodec } from './codecs.ts'
import { faultOf } from './faults.ts'
import type { ServiceModel } from './model.ts'
import { type Protocol, type ProtocolOf, statusOf, type WireRequest } from './protocol.ts'
import { writeError } from './rest-json.ts'

export const jsonRpc: ProtocolOf = (model): Protocol => {
  const contentType = model.protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1'
  return {
    route(request) {
      const name = request.headers['x-amz-target']?.split('.').at(-1) ?? ''
      const operation = model.operations.get(name)
      if (!operation || operation.hasOwnHost) throw faultOf(model, 'unknown-operation', `${model.name} has no operation ${name}`)
      return { operation, labels: {} }
    },
    decode: ({ operation }, { bytes }) => {
      try {
        return json.read(operation.input, structureIn(bytes)) as Record<string, unknown> // a structure, for a structure's schema
      } catch (cause) {
        throw faultOf(model, 'malformed-input', cause instanceof Error ? cause.message : 'the body cannot be read')
      }
    },
    encode: ({ output }, { members, status, headers, body }) => ({
      status: status ?? 200,
      headers: { 'content-type': contentType, ...headers },
      body: body ?? (output.isUnitSchema() ? '' : json.write(output, members)),
    }),
    encodeError(error) {
      const shape = model.errorShape(error.code)
      const type = model.protocol === 'json-1.0' ? (shape?.schema.getName(true) ?? `com.amazon.coral.service#${error.code}`) : (shape?.name ?? error.code)
      // Services that once spoke the query protocol tell that code too: those of JSON 1.0 (KMS, of 1.1, has such codes in its model, and does not).
      const queryError: Record<string, string> = model.protocol === 'json-1.0' && shape?.queryError ? { 'x-amzn-query-error': `${shape.queryError.code};${shape.fault === 'server' ? 'Receiver' : 'Sender'}` } : {}
      return {
        status: statusOf(error, model),
        headers: { 'content-type': contentType, ...queryError },
        body: withType(type, writeError(model, error)),
      }
    },
  }
}

const json = jsonCodec(false)

/** An empty body is an empty structure. */
function structureIn(bytes: WireRequest['bytes']): unknown {
  if (bytes.length === 0) return {}
  const parsed: unknown = JSON.parse(bytes.toString('utf8'))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('Unexpected value type in payload: a structure is expected')
  return parsed
}

const withType = (type: string, body: string) => `{"__type":${JSON.stringify(type)}${body === '{}' ? '' : ','}${body.slice(1)}`

/** Whether X-Amz-Target names an operation of this model. */
export const isTarget = (model: Pick<ServiceModel, 'target'>, target: string): boolean => model.target !== undefined && target.startsWith(`${model.target}.`)
