// sandbox/src/cloud/wire/protocol.ts: what each of AWS's protocols does for the gateway: find the operation, read its input, write its answer or error.
import type { AwsError } from '../aws-error.ts'
import type { HttpAnswer, HttpBody, HttpRequest } from './http-route.ts'
import type { OperationModel, ServiceModel } from './model.ts'

/** A request whose body has arrived whole (and is free of any aws-chunked framing). */
export type WireRequest = Omit<HttpRequest, 'body'> & { readonly bytes: Buffer }

export interface Routed {
  readonly operation: OperationModel
  /** Parts of the path (and S3's bucket, which may come from the host), decoded. */
  readonly labels: Readonly<Record<string, string>>
}

export interface Protocol {
  /** @throws AwsError when the model has no such operation */
  route(request: WireRequest): Routed
  /** @throws AwsError when the body cannot be read; members are not checked yet */
  decode(routed: Routed, request: WireRequest): Record<string, unknown>
  encode(operation: OperationModel, output: OperationOutput, requestId: string): HttpAnswer
  encodeError(error: AwsError, context: { readonly requestId: string; readonly path: string }): HttpAnswer
}

/** What an operation's function gave, with the escapes that service.ts tells of. */
export interface OperationOutput {
  readonly members: Readonly<Record<string, unknown>>
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody
}

export type ProtocolOf = (model: ServiceModel) => Protocol

/** 400 or 500 by whose fault it is, where the model names no status. */
export function statusOf(error: AwsError, model: ServiceModel): number {
  const shape = model.errorShape(error.code)
  return error.status ?? shape?.status ?? (shape?.fault === 'server' ? 500 : 400)
}
