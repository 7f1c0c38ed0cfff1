// sandbox/src/cloud/iot-core/broker/web-socket.ts: MQTT over WebSocket on the gateway's port, for IAM callers by a signed URL (AWS IoT guide, «MQTT over WSS») and for devices by mutual TLS.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { AwsError } from '../../aws-error.ts'
import { contextOf, evaluate } from '../../iam/policy-evaluation.ts'
import type { Principal } from '../../service.ts'
import type { authentication } from '../../wire/authentication.ts'
import type { HttpRequest, HttpRoute } from '../../wire/http-route.ts'
import type { Identities } from '../../wire/identities.ts'
import type { CognitoIdentities } from '../policy/cognito-identity.ts'
import type { DeviceIdentities } from '../policy/device-identity.ts'
import type { ClientIdentity } from '../policy/identity.ts'
import type { Broker } from './broker.ts'

export interface WebSocketOptions {
  readonly broker: Pick<Broker, 'serve'>
  readonly devices: DeviceIdentities
  readonly identities: Identities
  readonly people: CognitoIdentities
  readonly authenticate: ReturnType<typeof authentication>
}

/** The service by whose name the URL is signed. */
const SPEAKER = { name: 'iotdevicegateway', protocol: 'rest-json', signingNames: ['iotdevicegateway'], denied: 'ForbiddenException', isGlobal: false } as const
const PROTOCOL = 'mqtt'

export function mqttWebSocketRoute(options: WebSocketOptions): HttpRoute {
  const server = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false) })
  return {
    prefix: '/mqtt',
    handle: () => ({ status: 426, headers: { upgrade: 'websocket', connection: 'Upgrade' } }),
    upgrade(request, { message, socket, head }) {
      const identity = identityOf(options, request)
      if (typeof identity === 'string') return refuse(socket, identity)
      server.handleUpgrade(message, socket, head, (webSocket) => attachWebSocket(options.broker, { stream: createWebSocketStream(webSocket), identity, message }))
    },
  }
}

/** Serves MQTT on a WebSocket whose other end is known. */
export function attachWebSocket(broker: Pick<Broker, 'serve'>, { stream, identity, message }: { readonly stream: Duplex; readonly identity: ClientIdentity; readonly message: IncomingMessage }): void {
  const { remoteAddress = '', remotePort = 0 } = message.socket
  broker.serve({ stream, identity, source: { ip: remoteAddress.replace(/^::ffff:/, ''), port: remotePort } })
}

/** @returns why the request is refused, or who sent it */
function identityOf({ devices, identities, people, authenticate }: WebSocketOptions, request: HttpRequest): ClientIdentity | string {
  try {
    const { principal } = authenticate(SPEAKER, { ...request, bytes: Buffer.alloc(0) })
    if (principal.kind !== 'anonymous') return iamIdentity(principal, { identities, people })
  } catch (error) {
    if (error instanceof AwsError) return error.message
    throw error
  }
  return request.clientCertificate ? devices.of(request.clientCertificate.certificateId) : 'Missing Authentication Token'
}

/** The account's own key may do everything, a role session what all sets of its policies allow, and for an identity of Cognito its AWS IoT policies, too. */
export function iamIdentity(principal: Exclude<Principal, { kind: 'anonymous' }>, { identities, people }: Pick<WebSocketOptions, 'identities' | 'people'>): ClientIdentity {
  return {
    principalId: principal.arn,
    certificateId: undefined,
    refusedBecause: () => undefined,
    exclusiveThing: () => undefined,
    permits(action, resource, { clientId, sourceIp, connectAttributes }) {
      if (principal.kind === 'account') return true
      const context = contextOf({ 'iot:ClientId': clientId, 'aws:SourceIp': sourceIp, 'iot:ConnectAttributes': connectAttributes, 'aws:PrincipalArn': principal.arn, 'aws:SecureTransport': 'true' })
      const sets = identities.policiesOf(principal)
      const isAllowed = sets.length > 0 && sets.every((policies) => evaluate(policies, { action, resource, context }).allowed) && people.permits(principal, { action, resource, context })
      if (isAllowed && action === 'iot:Connect') people.connects(principal)
      return isAllowed
    },
  }
}

function refuse(socket: Duplex, message: string): void {
  const body = JSON.stringify({ message })
  socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`)
}
