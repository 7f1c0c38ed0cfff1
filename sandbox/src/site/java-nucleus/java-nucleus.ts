// sandbox/src/site/java-nucleus/java-nucleus.ts: the real Greengrass nucleus on a simulated Pi, started by the image's own script as greengrass.service does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Log } from '@fleet/log'
import type { NucleusHost, RunningNucleus, StartNucleus } from '../nucleus-host.ts'
import { processGroups } from '../nucleus/lifecycle/process-groups.ts'
import { signalGroup } from '../nucleus/lifecycle/process-signal.ts'
import { nucleusPaths } from '../nucleus/paths.ts'
import { differences } from './differences.ts'
import type { Distribution } from './distribution.ts'
import { openDoor, type Door, type Place } from './door.ts'
import { installJava } from './java-command.ts'
import { ownAddresses, type OwnAddresses } from './own-addresses.ts'
import { watchStand, type StandWatch } from './watch-stand.ts'

const START_NUCLEUS = fileURLToPath(new URL('../../../../os-image/first-boot/start-nucleus.sh', import.meta.url))
const STOP_MS = 60_000 // TimeoutStopSec of greengrass.service
const WANTS_REBOOT = 101

export interface JavaNucleusOptions {
  readonly distribution: Distribution
  /** The Pi's card, and its folder in memory (`/run`). */
  readonly card: string
  readonly log: Log
}

export function javaNucleus({ distribution, card, log }: JavaNucleusOptions): StartNucleus {
  return async (host) => {
    const own = new AsyncDisposableStack()
    const environment = await prepare(host, { distribution, card, own })
    const stand = own.use(await watchStand(host.root))
    const started = start(environment, log)
    const groups = processGroups(nucleusPaths(host.root).processGroups) // who cuts the power ends what is in there, too
    groups.add(started.pid)
    const ended = started.ended.then(async () => {
      signalGroup(started.pid, 'SIGKILL') // what its components have left
      groups.remove(started.pid)
      await own.disposeAsync()
    })
    return running(started, ended, stand)
  }
}

type Prepared = Readonly<Record<string, string>>

async function prepare(host: NucleusHost, { distribution, card, own }: { distribution: Distribution; card: string; own: AsyncDisposableStack }): Promise<Prepared> {
  const run = join(card, 'run')
  const addresses = ownAddresses(await readFile(host.initConfig, 'utf8'), host.environment['AWS_ENDPOINT_URL'])
  const ports = await openDoors(addresses, host, own)
  const file = join(run, 'nucleus-differences.json')
  await writeFile(file, differences(ports, join(run, 'nucleus.socket')))
  await installJava({ card, java: distribution.java, differences: file })
  return {
    ...host.environment,
    FLEET_NUCLEUS_DIST: distribution.folder,
    DOCKER_CONFIG: join(run, 'greengrass/docker'), // as greengrass.service says
    ...(ports.api === undefined ? {} : { AWS_ENDPOINT_URL: `http://127.0.0.1:${ports.api}` }), // an address: with a name the SDK asks for <bucket>.<name>
  }
}

/** One door for each place, whatever it is for. */
async function openDoors(addresses: OwnAddresses, { network }: NucleusHost, own: AsyncDisposableStack): Promise<Record<keyof OwnAddresses, number | undefined>> {
  const doors = new Map<string, Door>()
  const doorTo = async (place: Place | undefined) => {
    if (place === undefined) return undefined
    const name = `${place.host}:${place.port}`
    const door = doors.get(name) ?? own.use(await openDoor(network, place))
    doors.set(name, door)
    return door.port
  }
  return { mqtt: await doorTo(addresses.mqtt), credentials: await doorTo(addresses.credentials), dataPlane: await doorTo(addresses.dataPlane), api: await doorTo(addresses.api) }
}

interface Started {
  /** Of the process that leads its group. */
  readonly pid: number
  /** Resolves with its exit code, or 101 when it has asked for a reboot. */
  readonly ended: Promise<number>
}

/** A group of its own: systemd's KillMode=mixed kills the whole of it at the end. */
function start(environment: Prepared, log: Log): Started {
  const child = spawn('sh', [START_NUCLEUS], { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const [printed, complained, asked] = [child.stdout as Readable, child.stderr as Readable, child.stdio[3] as Duplex] // pipes, as asked for above
  for (const stream of [printed, complained]) createInterface({ input: stream }).on('line', (line) => log.debug('nucleus printed', { line }))
  let wantsReboot = false
  asked.on('error', () => {}) // it has ended before it heard the answer
  createInterface({ input: asked }).on('line', (line) => {
    wantsReboot ||= line.trim() === 'reboot' // the only question of the loader; the stand-in of `reboot` asks it here
    asked.write('0 \n')
  })
  if (child.pid === undefined) throw new Error('sh cannot be started')
  return { pid: child.pid, ended: once(child, 'exit').then(([code]) => (wantsReboot ? WANTS_REBOOT : typeof code === 'number' ? code : 128)) }
}

function running(started: Started, cleared: Promise<void>, stand: StandWatch): RunningNucleus {
  let exitCode: number | undefined
  let isStopping = false
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  void Promise.all([started.ended, cleared]).then(([code]) => {
    exitCode = code
    if (isStopping) return
    if (code === 0 || code === WANTS_REBOOT) resolve()
    else reject(new Error(`the nucleus has ended with exit code ${code}`))
  }, reject)
  ended.catch(() => {}) // whoever listens later hears of it all the same
  return {
    watch: (listener) => stand.watch(listener),
    ended,
    get exitCode() {
      return exitCode
    },
    async stop() {
      isStopping = true
      process.kill(started.pid, 'SIGTERM')
      const patience = setTimeout(() => signalGroup(started.pid, 'SIGKILL'), STOP_MS)
      await cleared
      clearTimeout(patience)
    },
  }
}
