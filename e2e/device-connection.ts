// e2e/device-connection.ts: an MQTT connection with the credentials of a device, for what its own software would never do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onCard } from '@fleet/sandbox/site/card'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { RunningSandbox } from './running-sandbox.ts'

export interface Credentials {
  readonly cert: string
  readonly key: string
}

export const deviceCredentials = (sandbox: RunningSandbox, serial: Parameters<RunningSandbox['site']['card']>[0]): Credentials => {
  const file = (name: string) => readFileSync(join(sandbox.site.card(serial), onCard.identity, 'current', name), 'utf8')
  return { cert: file('certificate.pem'), key: file('private.key') }
}

export interface Connected extends AsyncDisposable {
  readonly client: MqttClient
  /** Resolves when the cloud has closed the connection. */
  readonly closed: Promise<void>
}

/** @throws when the cloud does not let it in */
export async function connected({ endpoints: { mqtt, caFile } }: RunningSandbox, credentials: Credentials, clientId: string, options: IClientOptions = {}): Promise<Connected> {
  const client = connect({ host: mqtt.host, port: mqtt.port, protocol: 'mqtts', ca: readFileSync(caFile), ...credentials, clientId, reconnectPeriod: 0, connectTimeout: 10_000, protocolVersion: 4, ...options })
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    void closed.then(() => reject(new Error('the connection was closed before it was accepted')))
  })
  client.on('error', () => {}) // «close» follows
  return { client, closed, [Symbol.asyncDispose]: () => client.endAsync(true) }
}
