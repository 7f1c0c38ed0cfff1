// e2e/light-fleet/rotating-pi.ts: a light Pi that rotates: the rotator itself, a host unit that obeys at once, and one connection to the cloud.
import { WISH } from '@fleet/cert-rotator/host'
import { start } from '@fleet/cert-rotator/start'
import { STATE } from '@fleet/cert-rotator/state-file'
import type { CloudBus, CloudMessage, Subscribed } from '@fleet/device-runtime/bus/bus'
import { systemClock } from '@fleet/device-runtime/clock'
import { queue } from '@fleet/device-runtime/queue'
import { silentLog } from '@fleet/log'
import { jitteredPause, type LightCloud, type LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import { openSession, type MqttSession } from '@fleet/sandbox/site/nucleus/mqtt/session'
import { memoryStore } from './memory-store.ts'

export interface RotatingPi {
  /** Resolves when it is connected, and hears of jobs. */
  readonly ready: Promise<void>
  readonly inCharge: () => LightIdentity
  end(): Promise<void>
}

const LIMIT_MS = 60_000
const AGAIN_MS = 1000

/** @param onRotated a rotation is over, one way or the other */
export function rotatingPi(identity: LightIdentity, cloud: Pick<LightCloud, 'network' | 'host' | 'mqttPort' | 'rootCaPem'>, onRotated: () => void): RotatingPi {
  const { serial } = identity
  const over = new AbortController()
  const ready = Promise.withResolvers<undefined>()
  const arriving = queue<CloudMessage | Subscribed>()
  let [inCharge, former] = [identity, identity]
  let topics: readonly string[] = []
  let session: MqttSession | undefined
  let sessions = 0

  const connect = async () => {
    const { certificatePem: certificate, privateKeyPem: privateKey } = inCharge
    const opened = await openSession({
      ...{ network: cloud.network, host: cloud.host, port: cloud.mqttPort, tls: { ca: cloud.rootCaPem, certificate, privateKey } },
      ...{ version: 'mqtt5', clientId: serial, username: '', clean: true, keepAliveSeconds: 600, connectTimeoutMs: LIMIT_MS, operationTimeoutMs: LIMIT_MS },
      onMessage: ({ topic, payload }) => arriving.push({ kind: 'message', topic, payload: new Uint8Array(payload) }),
    })
    for (const topic of topics) await opened.subscribe(topic, 1)
    session = opened
    sessions++
    void opened.lost.then(() => session === opened && restart()) // not by us
    arriving.push({ kind: 'subscribed' })
    ready.resolve(undefined)
  }
  const reconnect = async () => {
    const old = session
    session = undefined
    await old?.end()
    while (!over.signal.aborted) {
      const done = await connect().then(() => true, () => false)
      if (done) return
      await jitteredPause(AGAIN_MS)
    }
  }
  let connecting = Promise.resolve()
  const restart = () => void (connecting = connecting.then(reconnect))

  const host = memoryStore()
  const files = memoryStore((name, text) => {
    if (name === WISH) void obey(text)
    if (name === STATE && text.startsWith('{"phase":"idle"')) onRotated()
  })
  const obey = async (wish: string) => {
    const [verb = '', generation = ''] = wish.trim().split(' ')
    const answer = `${verb === 'try' ? 'trying' : verb === 'keep' ? 'kept' : 'back'} ${generation}\n`
    if ((await host.read('answer')) === answer) return // a repeat
    if (verb === 'try') [former, inCharge] = [inCharge, { serial, certificatePem: (await files.read(`${generation}.pem`)) ?? '', privateKeyPem: (await files.read(`${generation}.key`)) ?? '' }]
    if (verb === 'back') inCharge = former
    await host.replace('answer', answer)
    if (verb !== 'keep') restart()
  }
  const bus: CloudBus = {
    get session() {
      return sessions
    },
    publish(topic, message) {
      if (session === undefined) return Promise.reject(new Error('the device is offline'))
      return session.publish({ topic, payload: Buffer.from(JSON.stringify(message)), qos: 1, retain: false, properties: {} })
    },
    subscribe(wanted, signal) {
      topics = wanted
      restart()
      return arriving.until(signal)
    },
  }
  const running = start({ thing: serial, log: silentLog, clock: systemClock(), files, host, cloud: bus }, over.signal)
  running.catch(ready.reject)
  return {
    ready: ready.promise,
    inCharge: () => inCharge,
    async end() {
      over.abort(new Error('the end'))
      await running
      await connecting
      await session?.end()
    },
  }
}
