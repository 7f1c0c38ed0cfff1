// sandbox/src/cloud/wire/http-request.ts: a request as Node received it, as the gateway reads it.
import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { ClientCertificate, HttpRequest } from './http-route.ts'

export function httpRequest(message: IncomingMessage): HttpRequest {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1)
  const isTls = message.socket instanceof TLSSocket
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: message.headers as HttpRequest['headers'], // only set-cookie is a list, and servers do not get it
    body: message,
    clientCertificate: message.socket instanceof TLSSocket ? clientCertificate(message.socket) : undefined,
    isTls,
    origin: `${isTls ? 'https' : 'http'}://${message.headers.host ?? `127.0.0.1:${message.socket.localPort ?? 0}`}`,
    clientAddress: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    requestId: randomUUID(),
  }
}

/** Asked of OpenSSL once for each connection. */
function clientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  if (known.has(socket)) return known.get(socket)
  const der = socket.getPeerX509Certificate()?.raw
  const certificate = der && { certificateId: createHash('sha256').update(der).digest('hex'), der }
  known.set(socket, certificate)
  return certificate
}
const known = new WeakMap<TLSSocket, ClientCertificate | undefined>()
