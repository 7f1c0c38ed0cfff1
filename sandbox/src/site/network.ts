// sandbox/src/site/network.ts: the network cable of one simulated Pi: every connection goes through it, and it can be cut.
import { connect, isIP, Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, createSecureContext, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'

export interface PiNetwork {
  /** A TCP connection; fails as a Pi's does while the network is cut, and is lost when it is cut. */
  connect(host: string, port: number): Socket
  /** TLS over such a connection. The server's certificate is checked by the Pi's own clock, so a wrong clock refuses it. */
  connectTls(host: string, port: number, options: TlsOptions): TLSSocket
}

/** PEM texts. */
export interface TlsOptions {
  readonly ca: string
  readonly certificate?: string
  readonly privateKey?: string
  readonly alpnProtocols?: readonly string[]
}

export interface NetworkCable extends PiNetwork {
  readonly isCut: boolean
  cut(): void
  restore(): void
}

export interface CableOptions {
  readonly now: () => Date
  /** Where `host:port` is in truth, for a cloud whose ports have changed. */
  readonly routes?: Readonly<Record<string, string>>
}

export function networkCable({ now, routes = {} }: CableOptions): NetworkCable {
  const open = new Set<Socket>()
  let isCut = false
  const secureContext = lastContext()
  const connectTcp = (host: string, port: number) => {
    const socket = isCut ? unreachable(host, port) : connect({ ...placeOf(routes[`${onThisMachine(host)}:${port}`] ?? `${onThisMachine(host)}:${port}`), noDelay: true })
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    return socket
  }
  return {
    connect: connectTcp,
    connectTls: (host, port, { ca, certificate, privateKey, alpnProtocols }) =>
      connectTls({
        // First, since it throws for a PEM that is none; a connection would be left over.
        secureContext: secureContext({ ca, certificate, privateKey }),
        socket: connectTcp(host, port),
        ...(isIP(host) === 0 ? { servername: host } : { host }), // RFC 6066 allows no address as server name
        ...(alpnProtocols === undefined ? {} : { ALPNProtocols: [...alpnProtocols] }),
        // OpenSSL has compared with this machine's clock; this compares with the Pi's.
        checkServerIdentity: (name, peer) => checkServerIdentity(name, peer) ?? outsideValidity(peer, now()),
      }),
    get isCut() {
      return isCut
    },
    cut() {
      isCut = true
      for (const socket of open) socket.destroy(networkError('ECONNRESET', 'the network of this Pi was cut'))
    },
    restore() {
      isCut = false
    },
  }
}

/** Who connects again with the same PEM texts, as nearly always, need not have them read again. */
function lastContext(): (options: Pick<TlsOptions, 'ca'> & { readonly certificate: string | undefined; readonly privateKey: string | undefined }) => SecureContext {
  let last: { readonly of: string; readonly context: SecureContext } | undefined
  return ({ ca, certificate, privateKey }) => {
    const texts = JSON.stringify([ca, certificate, privateKey])
    if (last?.of === texts) return last.context
    const context = createSecureContext({ ca, ...(certificate === undefined ? {} : { cert: certificate }), ...(privateKey === undefined ? {} : { key: privateKey }) })
    last = { of: texts, context }
    return context
  }
}

/** Names below `localhost` are this machine (RFC 6761 §6.3), which not every resolver knows. */
const onThisMachine = (host: string) => (host.endsWith('.localhost') ? 'localhost' : host)

function placeOf(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }
}

/** A socket that fails to connect, later in this turn of the event loop, as a real one does. */
function unreachable(host: string, port: number): Socket {
  const socket = new Socket()
  setImmediate(() => socket.destroy(networkError('ENETUNREACH', `connect ENETUNREACH ${host}:${port}`)))
  return socket
}

const networkError = (code: string, message: string) => Object.assign(new Error(message), { code, syscall: 'connect' })

function outsideValidity({ valid_from: from, valid_to: to }: PeerCertificate, now: Date): Error | undefined {
  if (now < new Date(from)) return networkError('CERT_NOT_YET_VALID', `certificate is not yet valid: from ${from}, this Pi's clock says ${now.toISOString()}`)
  if (now > new Date(to)) return networkError('CERT_HAS_EXPIRED', `certificate has expired: on ${to}, this Pi's clock says ${now.toISOString()}`)
  return undefined
}
