// sandbox/src/cloud/iot-core/broker/connection.ts: one network connection, from its CONNECT to its end.
import { randomUUID } from 'node:crypto'
import type { IConnackPacket, IConnectPacket, Packet } from 'mqtt-packet'
import type { Duplex } from 'node:stream'
import type { ClientIdentity } from '../policy/identity.ts'
import { admit, type Terms } from './admission.ts'
import type { Client, Source } from './client.ts'
import type { Core } from './core.ts'
import { propertiesFor, type Message } from './message.ts'
import { handlePacket } from './packets.ts'
import { meter } from './rate-meter.ts'
import { CODE, throttled, type Ending, type Refusal } from './reason-codes.ts'
import type { Delivery, Link } from './session.ts'
import { transport, type Transport } from './transport.ts'

const TOO_OFTEN: Refusal = { ...throttled('more than one CONNECT of this client id in a second'), code: CODE.connectionRateExceeded }

/** Serves MQTT to whoever is at the other end of the stream, until one of both closes it. */
export function serve(core: Core, { stream, identity, source }: { readonly stream: Duplex; readonly identity: ClientIdentity; readonly source: Source }): void {
  const sessionIdentifier = randomUUID()
  const rates = core.rates && meter(core.rates)
  let client: Client | undefined
  let ending: Ending = { reason: 'CONNECTION_LOST' }
  let silence = setTimeout(() => stream.destroy(), core.limits.connectWithinMs).unref()

  const end = (how: Ending) => {
    ending = how
    if (client?.version === 5 && how.code !== undefined) line.send({ cmd: 'disconnect', reasonCode: how.code })
    line.close()
    depart()
  }
  /** Once: a takeover must have seen it before the new connection is let in. */
  const depart = () => {
    clearTimeout(silence)
    if (!client) return
    const gone = client
    client = undefined
    farewell(core, gone, ending)
  }
  const listenFor = (seconds: number) => {
    clearTimeout(silence)
    silence = setTimeout(() => end({ reason: 'MQTT_KEEP_ALIVE_TIMEOUT', code: CODE.keepAliveTimeout }), seconds * 1500).unref() // 1.5 times: MQTT 3.1.2.10
  }
  const refuse = (packet: IConnectPacket, clientId: string, refusal: Refusal) => {
    core.iotLog.failure({ eventType: 'Connect', protocol: 'MQTT', clientId, principalId: identity.principalId, sourceIp: source.ip, sourcePort: source.port, reason: refusal.reason, details: refusal.details })
    if (refusal.reason === 'AUTHORIZATION_FAILURE') core.presence.connectFailed({ clientId, identity, source, sessionIdentifier })
    const answer = refusedConnack(packet, refusal)
    if (answer) line.send(answer)
    line.close()
  }
  const welcome = (terms: Terms) => {
    core.clients.get(terms.clientId)?.end({ reason: 'DUPLICATE_CLIENTID', code: CODE.sessionTakenOver })
    const { session, present } = core.sessions.open(terms.clientId, terms)
    client = { ...clientFacts(core, terms), identity, session, source, sessionIdentifier, send: line.send, end }
    core.clients.set(terms.clientId, client)
    line.send(connack(core, terms, present))
    listenFor(terms.keepAliveSeconds)
    core.presence.connected(client)
    session.attach(linkOf(core, line, terms))
    core.subscriptions.cameOnline(session)
  }
  const connect = (packet: IConnectPacket) => {
    line.speak(packet.protocolVersion === 5 ? 5 : 4)
    const verdict = admit({ packet, identity, source }, { account: core.account, limits: core.limits, nowMs: core.clock.now().getTime() })
    if ('refusal' in verdict) refuse(packet, verdict.clientId, verdict.refusal)
    else if (!core.mayConnect(verdict.terms.clientId)) refuse(packet, verdict.terms.clientId, TOO_OFTEN)
    else welcome(verdict.terms)
  }
  const line = transport(stream, core.limits, {
    packet(packet, bytes) {
      if (!client) return packet.cmd === 'connect' ? connect(packet) : line.close()
      silence.refresh()
      const pauseMs = rates?.read(bytes) ?? 0
      if (pauseMs > 0) line.pauseFor(pauseMs)
      handlePacket({ core, client, rates }, packet)
    },
    malformed: (error) => misbehaved(error.message, CODE.malformedPacket),
    tooLarge: (bytes) => misbehaved(`a packet of ${bytes} bytes is longer than ${core.limits.packetBytes}`, CODE.packetTooLarge),
    handled: core.outbox.commit,
    failed(error) {
      core.log.error('the broker failed to handle a packet', { clientId: client?.clientId, error })
      end({ reason: 'SERVER_ERROR' })
    },
    closed: depart,
  })
  const misbehaved = (details: string, code: number) => {
    const who = { clientId: client?.clientId ?? 'n/a', principalId: identity.principalId, sourceIp: source.ip, sourcePort: source.port }
    core.iotLog.failure({ eventType: 'Disconnect', protocol: 'MQTT', ...who, reason: 'CLIENT_ERROR', details })
    end({ reason: 'CLIENT_ERROR', code })
  }
}

function clientFacts(core: Core, { clientId, version, authority, keepAliveSeconds, will, wantsReasons, expirySeconds }: Terms) {
  const versionNumber = core.presence.nextVersion(clientId)
  return { clientId, version, authority, keepAliveSeconds, will, wantsReasons, cleanSession: expirySeconds === 0, versionNumber, connectedAt: core.clock.now(), topicAliases: new Map<number, string>() }
}

/** Session, last will and lifecycle event of a client that is gone. */
function farewell(core: Core, client: Client, ending: Ending): void {
  if (core.clients.get(client.clientId) === client) core.clients.delete(client.clientId)
  core.sessions.close(client.session)
  core.presence.disconnected(client, ending)
  const { will, authority } = client
  if (!will || ending.withoutWill || !authority.mayPublish(will.topic) || (will.retain && !authority.mayRetain(will.topic))) return
  core.route(will, { principal: client.identity.principalId, reply: async () => undefined })
  core.outbox.commit()
}

function connack({ limits }: Core, { version, adjusted }: Terms, sessionPresent: boolean): IConnackPacket {
  if (version === 4) return { cmd: 'connack', sessionPresent, returnCode: 0 }
  const properties = {
    ...adjusted,
    receiveMaximum: limits.unacknowledged,
    maximumQoS: 1,
    retainAvailable: true,
    maximumPacketSize: limits.packetBytes,
    topicAliasMaximum: limits.topicAliases,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifiersAvailable: false,
    sharedSubscriptionAvailable: true,
  }
  return { cmd: 'connack', sessionPresent, reasonCode: CODE.success, properties }
}

/** AWS closes a 3.1.1 connection that it does not authorise without a CONNACK; MQTT 5 gets the reason. */
function refusedConnack({ protocolVersion }: IConnectPacket, { code, details }: Refusal): Packet | undefined {
  if (protocolVersion === 5) return { cmd: 'connack', sessionPresent: false, reasonCode: code, properties: { reasonString: details } }
  if (code === CODE.unsupportedProtocolVersion) return { cmd: 'connack', sessionPresent: false, returnCode: 1 }
  if (code === CODE.clientIdInvalid) return { cmd: 'connack', sessionPresent: false, returnCode: 2 }
  return undefined
}

function linkOf({ clock }: Core, line: Transport, { version, window, authority, packetBytes = Infinity }: Terms): Link {
  const fits = ({ payload, topic }: Message) => payload.length + topic.length < packetBytes
  return {
    window,
    mayReceive: authority.mayReceive,
    publish(message: Message, { qos, retain, messageId }: Delivery & { readonly messageId?: number }) {
      if ((qos === 0 && !line.hasRoom) || !fits(message)) return // QoS 0 is sent zero or more times
      const properties = version === 5 ? propertiesFor(message, clock.now().getTime()) : undefined
      line.send({ cmd: 'publish', topic: message.topic, payload: message.payload, qos, retain, dup: false, ...(messageId !== undefined && { messageId }), ...(properties && { properties }) })
    },
  }
}
