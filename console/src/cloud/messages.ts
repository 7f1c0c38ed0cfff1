// console/src/cloud/messages.ts: hears the messages of devices live: MQTT over WebSocket, signed with the session's credentials (AWS IoT guide, «MQTT over WSS»).
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { CONSOLE_CLIENT_PREFIX } from '@fleet/contract/console-settings'
import type { Session } from './session.ts'

export interface Message {
  readonly topic: string
  readonly payload: string
  readonly at: Date
}

export type Link = 'connecting' | 'live' | 'lost'

export interface Listening extends Disposable {
  /** Hears of every message whose topic begins with one of these filters, until it is disposed. */
  listen(filters: readonly string[], heard: (message: Message) => void): Disposable
}

/** AWS takes eight filters in one SUBSCRIBE. */
const MOST_FILTERS = 8
const RECONNECT_MS = 2000

/** The client comes back by itself, each time by a newly signed address. */
export async function openMessages(session: Session, onLink: (link: Link) => void): Promise<Listening> {
  const { default: mqtt } = await import('mqtt')
  const clientId = `${CONSOLE_CLIENT_PREFIX}${crypto.randomUUID()}`
  let url = await signedUrl(session)
  const client = mqtt.connect(url, { clientId, protocolVersion: 5, clean: true, reconnectPeriod: RECONNECT_MS, keepalive: 30, timerVariant: 'native', /* a worker would need a policy that lets scripts come from anywhere */ manualConnect: true, transformWsUrl: () => url })
  const listeners = new Set<{ readonly filters: readonly string[]; readonly heard: (message: Message) => void }>()
  const subscribe = (filters: readonly string[]) => {
    for (let at = 0; at < filters.length; at += MOST_FILTERS) client.subscribe(filters.slice(at, at + MOST_FILTERS), { qos: 0 })
  }
  onLink('connecting')
  client.on('connect', () => onLink('live'))
  client.on('close', () => onLink('lost'))
  client.on('error', () => onLink('lost'))
  client.on('reconnect', () => {
    onLink('connecting')
    signedUrl(session).then((signed) => (url = signed), () => onLink('lost')) // for the attempt after this one
  })
  client.on('message', (topic, payload) => {
    const message = { topic, payload: new TextDecoder().decode(payload), at: new Date() }
    for (const { filters, heard } of listeners) if (filters.some((filter) => isOf(filter, topic))) heard(message)
  })
  client.connect()
  return {
    listen(filters, heard) {
      const listener = { filters, heard }
      listeners.add(listener)
      subscribe(filters) // kept over reconnections by the client itself
      return {
        [Symbol.dispose]() {
          listeners.delete(listener)
          const others = new Set([...listeners].flatMap((each) => each.filters))
          client.unsubscribe(filters.filter((filter) => !others.has(filter)))
        },
      }
    },
    [Symbol.dispose]: () => void client.end(true),
  }
}

/** `+` is one level, `#` at the end any number (MQTT 5.0 §4.7). */
export function isOf(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')]
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}

async function signedUrl({ settings: { iotEndpoint, region, sandbox }, credentials }: Session): Promise<string> {
  const { sessionToken, ...keys } = await credentials()
  const [hostname = '', port] = iotEndpoint.split(':')
  // The token is added after signing: the device gateway leaves it out of the signature.
  const signer = new SignatureV4({ service: 'iotdevicegateway', region, credentials: keys, sha256: Sha256, applyChecksum: false })
  const { query = {} } = await signer.presign({ method: 'GET', protocol: sandbox ? 'ws:' : 'wss:', hostname, ...(port !== undefined && { port: Number(port) }), path: '/mqtt', query: {}, headers: { host: iotEndpoint } }, { expiresIn: 300 })
  const text = Object.entries({ ...query, 'X-Amz-Security-Token': sessionToken }).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return `${sandbox ? 'ws' : 'wss'}://${iotEndpoint}/mqtt?${text.join('&')}`
}
