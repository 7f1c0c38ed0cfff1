// e2e/outsiders/mosquitto/clients.ts: runs mosquitto_pub and mosquitto_sub against the twin's broker.
import { type Ended, type Run, runProgram } from '../program.ts'
import type { Trial } from '../suite.ts'
import type { Twin } from '../twin.ts'
import type { Device, Devices } from './devices.ts'

/** What the checks of this suite work with. */
export interface Stage {
  readonly trial: Trial
  readonly twin: Twin
  readonly devices: Devices
  readonly clients: Clients
}

export interface Asked {
  /** Absent: no client certificate is shown. */
  readonly device?: Device | undefined
  readonly clientId: string
  readonly version?: 'mqttv311' | 'mqttv5'
  /** Milliseconds after which a publisher is killed that waits for an answer. */
  readonly withinMs?: number
}

export interface Clients {
  publish(asked: Asked, topic: string, message: string, ...more: readonly string[]): Promise<Outcome>
  /** The message is a file, or (undefined) none at all. */
  publishFile(asked: Asked, topic: string, file: string | undefined, ...more: readonly string[]): Promise<Outcome>
  /** Subscribes, then ends: a session is left behind when `-c` is among `more`. */
  subscribeOnly(asked: Asked, topic: string, ...more: readonly string[]): Promise<Outcome>
  /** Resolves when it has subscribed. `count`: it ends after so many messages, or after 8 s. */
  listen(asked: Asked, topics: readonly string[], count: number, ...more: readonly string[]): Promise<Listening>
}

export interface Outcome extends Ended {
  /** What it was told at its CONNECT: 0 is «accepted»; undefined when it was cut off before. */
  readonly connack: number | undefined
}

export interface Listening {
  /** The messages: `topic payload`. */
  readonly heard: Promise<readonly string[]>
  readonly outcome: Promise<Outcome>
}

const PATIENCE_S = 8
const WITHIN_MS = 20_000
const MARK = 'heard '

export function clientsAt(twin: Twin, signal: AbortSignal): Clients {
  const common = ({ device, clientId, version = 'mqttv311' }: Asked): string[] => [
    ...['-h', 'localhost', '-p', String(twin.mqttPort), '-V', version, '-i', clientId, '-d', '--cafile', twin.caFile],
    ...(device ? ['--cert', device.certificateFile, '--key', device.keyFile] : []),
  ]
  /** Line by line, though it writes into a pipe: we wait for what it says. */
  const run = async (args: readonly string[], { within = WITHIN_MS, ...how }: Pick<Run, 'onOutput' | 'within'> = {}): Promise<Outcome> => {
    const ended = await runProgram('stdbuf', ['-oL', ...args], { within, signal, ...how })
    const [, code] = /received CONNACK \((\d+)\)/.exec(ended.out) ?? []
    return { ...ended, connack: code === undefined ? undefined : Number(code) }
  }
  return {
    publish: (asked, topic, message, ...more) => run(['mosquitto_pub', ...common(asked), '-t', topic, '-m', message, ...more], asked.withinMs === undefined ? {} : { within: asked.withinMs }),
    publishFile: (asked, topic, file, ...more) => run(['mosquitto_pub', ...common(asked), '-t', topic, ...(file === undefined ? ['-n'] : ['-f', file]), ...more]),
    subscribeOnly: (asked, topic, ...more) => run(['mosquitto_sub', ...common(asked), '-t', topic, '-E', '-W', String(PATIENCE_S), ...more]),
    async listen(asked, topics, count, ...more) {
      const { promise: subscribed, resolve } = Promise.withResolvers<undefined>()
      const args = ['mosquitto_sub', ...common(asked), ...topics.flatMap((topic) => ['-t', topic]), '-C', String(count), '-W', String(PATIENCE_S), '-F', `${MARK}%t %p`, ...more]
      const outcome = run(args, { onOutput: (line) => (line.includes('received SUBACK') ? resolve(undefined) : undefined) })
      await Promise.race([subscribed, outcome])
      return { outcome, heard: outcome.then(({ out }) => out.split('\n').flatMap((line) => (line.startsWith(MARK) ? [line.slice(MARK.length)] : []))) }
    },
  }
}

/** @throws with all that the program said */
export function expected(what: boolean, { exitCode, out, err }: Ended, why: string): void {
  if (!what) throw new Error(`${why}; exit code ${exitCode}\n${out}${err}`)
}

export function same(found: readonly string[], wanted: readonly string[]): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`heard ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}
