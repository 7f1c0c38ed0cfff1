// packages/device-runtime/src/run-component.ts: the edge of a component's process: environment, settings, log, signals, exit code.
import { FleetError } from '@fleet/contract/errors'
import { jsonLog, type Log } from '@fleet/log'
import * as z from 'zod'
import type { CloudBus, LocalBus } from './bus/bus.ts'
import { ipcCloudBus, ipcConfiguration, ipcLocalBus } from './bus/ipc-bus.ts'
import { ipcSession, type IpcSession } from './bus/ipc-session.ts'
import { systemClock, type Clock } from './clock.ts'
import { readEnvironment } from './environment.ts'
import { folderStore, type FileStore } from './files/file-store.ts'
import type { Gpio } from './gpio/gpio.ts'
import { gpioAt } from './gpio/open-gpio.ts'
import { withSettings } from './settings.ts'
import { writeLine } from './standard-output.ts'
import { untilFirst } from './task-group.ts'

/** What a component works with. */
export interface ComponentContext<Settings> {
  /** Name of this device's thing. */
  readonly thing: string
  readonly settings: Settings
  readonly log: Log
  readonly clock: Clock
  /** The component's own folder, which outlives restarts and versions. */
  readonly files: FileStore
  readonly gpio: Gpio
  readonly local: LocalBus
  readonly cloud: CloudBus
}

/** For a component that asks a unit of the host for something. */
export interface HostedContext<Settings> extends ComponentContext<Settings> {
  /** Where it answers, only to be read; its own folder for a component without one. */
  readonly host: Pick<FileStore, 'read'>
}

export interface Component<Settings> {
  /** Its folder, for the log. */
  readonly name: string
  readonly settings: z.ZodType<Settings>
  /** Works until the signal aborts, then releases what it opened; rejects when it cannot do its work: the nucleus restarts it. */
  readonly start: (context: HostedContext<Settings>, signal: AbortSignal) => Promise<void>
}

/** Exit codes; to the nucleus everything but 0 is an error, a person may want to know which. */
export const EXIT = { stopped: 0, failed: 1, misconfigured: 78 /* EX_CONFIG of sysexits.h */ } as const

/** Asks a program whether it can run at all: that it has come so far, with everything that it imports, is the answer. The recipe's step `install` asks. */
const CHECK = '--check'

const PATIENCE_MS = 60_000 // the nucleus started us, so it is there; if not, let it see us fail

export async function runComponent<Settings>(component: Component<Settings>): Promise<void> {
  z.config({ jitless: true }) // a few messages an hour do not repay the functions that it would generate
  const log = jsonLog({ source: component.name, write: writeLine })
  if (process.argv.includes(CHECK)) return log.info('the program can run here')
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))
  try {
    await serve(component, log, stop.signal)
    log.info('stopped')
  } catch (error) {
    log.error('component failed', { error })
    process.exitCode = error instanceof FleetError && error.code === 'SETTINGS_INVALID' ? EXIT.misconfigured : EXIT.failed
  }
}

async function serve<Settings>({ settings: schema, start }: Component<Settings>, log: Log, signal: AbortSignal): Promise<void> {
  const { ipcSocket, ipcToken, thing, dataFolder, hostFolder, gpioPath } = readEnvironment(process.env)
  const clock = systemClock()
  const session = ipcSession({ socketPath: ipcSocket, token: ipcToken }, { clock, log })
  const ipc = { session, clock, log }
  const context = {
    thing,
    log,
    clock,
    files: folderStore(dataFolder),
    host: folderStore(hostFolder ?? dataFolder),
    gpio: gpioAt({ path: gpioPath, clock, env: { PATH: process.env.PATH } }), // the tools need nothing else, least of all our token
    local: ipcLocalBus(ipc),
    cloud: ipcCloudBus(ipc),
  }
  const work = async (own: AbortSignal) => {
    await nucleusReached(session, own)
    await withSettings({ configuration: ipcConfiguration(ipc), schema, log }, (settings, its) => start({ ...context, settings }, its), own)
  }
  await untilFirst(signal, (own) => session.run(own), work)
}

async function nucleusReached(session: IpcSession, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    await session.connection(AbortSignal.any([signal, patience]))
  } catch (cause) {
    signal.throwIfAborted()
    const remedy = 'See the warnings before this; the recipe hands the socket and SVCUID to the container.'
    throw new FleetError('NUCLEUS_UNREACHABLE', `the nucleus could not be reached within ${PATIENCE_MS / 1000} s`, remedy, { cause })
  }
}
