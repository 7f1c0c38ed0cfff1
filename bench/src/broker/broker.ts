// bench/src/broker/broker.ts: QoS 1 messages per second through the twin's broker with policies in force, against bare aedes in the same run.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openPki } from '@fleet/sandbox/cloud/pki/pki'
import { openStore } from '@fleet/sandbox/cloud/store/store'
import type { Bench } from '../bench.ts'
import { openTwin } from '../open-twin.ts'
import { cpuSecondsOf } from '../processes.ts'
import { median } from '../statistics.ts'
import { makeDevices, type Device } from './devices.ts'
import { mqttLoad } from './mqtt-load.ts'

const DEVICES = 8
const IN_FLIGHT = 50
const PAYLOAD_BYTES = 128
const ROUNDS = 5
const WARM_UP_MS = 1500
const COUNTED_MS = 3000
const BARE_AEDES = fileURLToPath(new URL('./bare-aedes.ts', import.meta.url))

interface Server {
  readonly pid: number
  readonly port: number
  readonly ca: string
}

interface Round {
  readonly perSecond: number
  /** Of the broker's process, per message; NaN where it cannot be told. */
  readonly cpuMicros: number
}

export const bench: Bench = {
  how: `${DEVICES} devices by mutual TLS (MQTT 3.1.1, ${IN_FLIGHT} messages of ${PAYLOAD_BYTES} bytes in flight each), each publishes at QoS 1 to a topic that it hears at QoS 1; a message counts when it is delivered; ${ROUNDS} rounds of ${COUNTED_MS / 1000} s on each broker in turn, median; each broker is a process of its own`,
  async run(tell) {
    await using twin = await openTwin()
    await using aedes = await bareAedes()
    const ours: Server = { pid: twin.pid, port: twin.mqttPort, ca: twin.caPem }
    const devices = await makeDevices(twin, DEVICES)
    const [ourRounds, theirRounds]: [Round[], Round[]] = [[], []]
    for (let round = 1; round <= ROUNDS; round++) {
      tell(`round ${round} of ${ROUNDS}: the twin's broker`)
      ourRounds.push(await measured(ours, devices))
      tell(`round ${round} of ${ROUNDS}: bare aedes`)
      theirRounds.push(await measured(aedes, devices))
    }
    const [our, their] = [middle(ourRounds), middle(theirRounds)]
    const share = median(ourRounds.map(({ perSecond }, round) => perSecond / (theirRounds[round]?.perSecond ?? NaN)))
    return {
      figures: [
        {
          what: 'QoS 1 through the broker, policies enforced',
          ...{ value: our.perSecond, unit: 'messages/s', target: { atLeast: 10_000 } },
          or: { what: 'of bare aedes in the same round', value: share * 100, unit: '%', target: { atLeast: 60 } },
        },
        { what: 'QoS 1 through bare aedes (for comparison)', value: their.perSecond, unit: 'messages/s' },
        ...(Number.isNaN(our.cpuMicros) ? [] : [
          { what: "the twin's CPU time per message", value: our.cpuMicros, unit: 'µs', note: 'does not depend on what else runs on the machine' },
          { what: "bare aedes' CPU time per message", value: their.cpuMicros, unit: 'µs' },
        ]),
      ],
    }
  },
}

const middle = (rounds: readonly Round[]): Round => ({ perSecond: median(rounds.map(({ perSecond }) => perSecond)), cpuMicros: median(rounds.map(({ cpuMicros }) => cpuMicros)) })

async function measured({ pid, port, ca }: Server, devices: readonly Device[]): Promise<Round> {
  const loads = await Promise.all(devices.map((device) => mqttLoad({ ...device, port, ca, payloadBytes: PAYLOAD_BYTES, inFlight: IN_FLIGHT })))
  const count = () => loads.reduce((sum, { delivered }) => sum + delivered, 0)
  await after(WARM_UP_MS)
  const [before, cpuBefore, began] = [count(), cpuSecondsOf(pid), performance.now()]
  await after(COUNTED_MS)
  const [messages, cpu, seconds] = [count() - before, cpuSecondsOf(pid) - cpuBefore, (performance.now() - began) / 1000]
  for (const load of loads) load.end()
  return { perSecond: messages / seconds, cpuMicros: (cpu / messages) * 1e6 }
}

async function bareAedes(): Promise<Server & AsyncDisposable> {
  using store = openStore(':memory:')
  const { caPem: ca, serverCredentials } = openPki({ store, clock: { now: () => new Date(), advance: () => undefined } })
  const child = fork(BARE_AEDES, { execArgv: ['--stack-size=4000'] }) // kB: its message queue calls itself once for each message that waits, and ends in a RangeError with Node's own 984
  child.send(serverCredentials())
  const [port] = (await once(child, 'message')) as [number]
  return {
    ...{ pid: child.pid ?? 0, port, ca },
    async [Symbol.asyncDispose]() {
      if (!child.connected) return // it has ended already
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
