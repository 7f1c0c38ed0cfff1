// sandbox/src/cloud/iot-core/broker/tls-listener.ts: MQTT over TLS in which the client shows its certificate.
import { constants } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { CloudLog } from '../../log.ts'
import type { ServerCredentials } from '../../pki/server-certificate.ts'
import type { DeviceIdentities } from '../policy/device-identity.ts'
import type { Broker } from './broker.ts'

export interface MqttListenerOptions {
  readonly broker: Pick<Broker, 'serve'>
  readonly identities: DeviceIdentities
  readonly log: CloudLog
  /** The server's own certificate and key; asked again once a day. */
  readonly credentials: () => ServerCredentials
  readonly host: string
  /** 0: a free one. */
  readonly port: number
}

export interface MqttListener {
  readonly port: number
  /** Takes no more connections and cuts those that there are. */
  close(): Promise<void>
}

/** The Java nucleus casts its MQTT port to a short: a port that we choose must not be higher. */
const HIGHEST_CHOSEN_PORT = 32_767
const LOWEST_CHOSEN_PORT = 20_000
const ATTEMPTS = 200
const DAY_MS = 86_400_000

export async function openMqttListener(options: MqttListenerOptions): Promise<MqttListener> {
  const sockets = new Set<TLSSocket>()
  const server = newServer(options, sockets)
  const port = await listen(server, options)
  const renewing = setInterval(() => server.setSecureContext(options.credentials()), DAY_MS).unref()
  return {
    port,
    async close() {
      clearInterval(renewing)
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroySoon()
      await closed
    },
  }
}

/**
 * As with AWS, the handshake succeeds with any certificate whose key the client has: who it is, is decided at CONNECT, by the
 * fingerprint. A client without a certificate is cut off at once. No session tickets: each connection proves its key anew.
 */
function newServer({ broker, identities, log, credentials }: MqttListenerOptions, sockets: Set<TLSSocket>): Server {
  const server = createServer({ ...credentials(), requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET })
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const source = { ip: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 }
    const certificateId = clientCertificateId(socket)
    if (certificateId === undefined) {
      log.warn('mqtt connection refused: the client showed no certificate', { sourceIp: source.ip })
      return void socket.destroy()
    }
    socket.setNoDelay(true)
    broker.serve({ stream: socket, identity: identities.of(certificateId), source })
  })
  server.on('tlsClientError', (error, socket) => log.warn('mqtt connection refused: TLS handshake failed', { sourceIp: plainAddress(socket.remoteAddress), error }))
  return server
}

/** SHA-256 of its certificate, as AWS IoT calls it. */
const clientCertificateId = (socket: TLSSocket): string | undefined => socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()

const plainAddress = (address = '') => address.replace(/^::ffff:/, '')

async function listen(server: Server, { port, host }: MqttListenerOptions): Promise<number> {
  if (port !== 0) return listenOn(server, port, host)
  for (let attempt = 1; ; attempt++) {
    const candidate = LOWEST_CHOSEN_PORT + Math.floor(Math.random() * (HIGHEST_CHOSEN_PORT - LOWEST_CHOSEN_PORT + 1))
    try {
      return await listenOn(server, candidate, host)
    } catch (error) {
      if (attempt === ATTEMPTS || !isTaken(error)) throw error
    }
  }
}

async function listenOn(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  return port
}

const isTaken = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
