// sandbox/src/cloud/wire/listener.ts: one port for plain HTTP and TLS: the first byte of a connection tells which.
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { CloudLog } from '../log.ts'
import { PortInUse } from '../port-in-use.ts'
import { isOwnOrigin } from './browser-origin.ts'
import type { Gateway } from './gateway.ts'
import { sendAnswer } from './http-answer.ts'
import { httpRequest } from './http-request.ts'

/** What the cloud's own CA gives for its endpoints. */
export interface ServerIdentity {
  serverCredentials(): { readonly key: string; readonly cert: string }
  readonly caPem: string
}

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly serverIdentity: ServerIdentity
  readonly gateway: Gateway
  readonly clock: Clock
  readonly log: CloudLog
}

export interface Listener extends AsyncDisposable {
  readonly port: number
}

/** First byte of a TLS record that begins a handshake (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const SILENT_MS = 30_000
/** As AWS's load balancers; Node's 5 s would close connections that SDKs are about to use again. */
const KEEP_ALIVE_MS = 65_000
/** How long answers that are under way may take when the gateway closes. */
const LAST_ANSWERS_MS = 1000
const DAY_MS = 86_400_000

/** @throws PortInUse */
export async function listen({ host, port, serverIdentity, gateway, clock, log }: ListenOptions): Promise<Listener> {
  const answering = new Set<ServerResponse>()
  const handle = (message: IncomingMessage, response: ServerResponse) => {
    answering.add(response)
    response.once('close', () => answering.delete(response))
    answer(message, response, { gateway, clock }).catch((error: unknown) => {
      log.debug('connection lost while answering', { path: message.url, error: String(error) })
      response.destroy()
    })
  }
  const http = prepared(createHttpServer(handle), gateway)
  const https = prepared(createHttpsServer(tlsOptions(serverIdentity), handle), gateway)
  https.on('tlsClientError', (error: Error) => log.debug('TLS handshake failed', { error: error.message }))

  const renewing = setInterval(() => https.setSecureContext(tlsOptions(serverIdentity)), DAY_MS).unref() // server certificates are short-lived

  const open = new Set<Socket>()
  const server = createNetServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket)).on('error', () => socket.destroy())
    byFirstByte(socket, (byte) => (byte === TLS_HANDSHAKE ? https : http).emit('connection', socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new PortInUse(port, 'gateway', error) : error))
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port, not on a path
    async [Symbol.asyncDispose]() {
      clearInterval(renewing)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const lastAnswers = [...answering].map((response) => new Promise((resolve) => response.once('close', resolve)))
      if (lastAnswers.length > 0) await Promise.race([Promise.all(lastAnswers), pause(LAST_ANSWERS_MS, undefined, { ref: false })])
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

const tlsOptions = (identity: ServerIdentity) => ({
  ...identity.serverCredentials(),
  ca: identity.caPem,
  requestCert: true,
  rejectUnauthorized: false, // a certificate is looked up in the registry, whoever signed it
  ALPNProtocols: ['http/1.1', 'x-amzn-http-ca'], // the latter is what devices offer on port 443
})

async function answer(message: IncomingMessage, response: ServerResponse, { gateway, clock }: { gateway: Gateway; clock: Clock }): Promise<void> {
  await sendAnswer(response, await gateway.answer(httpRequest(message)), clock.now())
}

function prepared<S extends HttpServer>(server: S, gateway: Gateway): S {
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const request = httpRequest(message)
    const route = gateway.upgradeRoute(request.path)
    if (!isOwnOrigin(request)) socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    else if (route?.upgrade) route.upgrade(request, { message, socket, head })
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  return server
}

/** Looks at the first byte and puts it back. */
function byFirstByte(socket: Socket, handOver: (byte: number) => void): void {
  const giveUp = () => void socket.destroy()
  const look = () => {
    const first = socket.read(1) as Buffer | null // without an encoding, bytes or nothing yet
    const byte = first?.[0]
    if (first === null || byte === undefined) {
      socket.once('readable', look)
      return
    }
    socket.setTimeout(0).off('timeout', giveUp).off('end', giveUp)
    socket.unshift(first)
    handOver(byte)
  }
  socket.setTimeout(SILENT_MS).on('timeout', giveUp).on('end', giveUp)
  look()
}
