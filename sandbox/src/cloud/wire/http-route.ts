// sandbox/src/cloud/wire/http-route.ts: a plain HTTP handler on the gateway's port, beside the AWS APIs (credentials provider, OCI registry, MQTT over WebSocket …).
import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'

/** The certificate that a client proved to hold in its TLS handshake; whether it is registered and ACTIVE is for the handler to ask. */
export interface ClientCertificate {
  /** SHA-256 of the DER in lower-case hex: AWS IoT's certificate id. */
  readonly certificateId: string
  readonly der: Uint8Array
}

export interface HttpRequest {
  readonly method: string
  /** As it came: percent-encoded, without the query. */
  readonly path: string
  /** As it came, without the `?`. */
  readonly rawQuery: string
  readonly query: URLSearchParams
  /** Names in lower case; repeated headers joined by `,`. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Readable
  /** Undefined over plain HTTP, or when the client showed none. */
  readonly clientCertificate: ClientCertificate | undefined
  readonly isTls: boolean
  /** `http://127.0.0.1:4566`: how this client reached us. */
  readonly origin: string
  readonly clientAddress: string
  readonly requestId: string
}

export type HttpBody = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody
}

/** Asked for requests that carry no AWS signature, whose path begins with `prefix`; the longest prefix wins. A route with hosts of its own gets all that is for them. */
export interface HttpRoute {
  readonly prefix: string
  /** Whether this name (in lower case, without the port) is one of its hosts. */
  readonly isHost?: (name: string) => boolean
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>
  /** Takes over the connection for `Upgrade: websocket` on this path. Here the signature, if any, is for the route to check. */
  readonly upgrade?: (request: HttpRequest, connection: { readonly message: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }) => void
}
