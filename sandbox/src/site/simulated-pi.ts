// sandbox/src/site/simulated-pi.ts: what a Raspberry Pi does when the power comes on: its board, first boot, the nucleus.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readlink, rm, symlink } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WIRING } from '@fleet/contract/wiring'
import type { Log } from '@fleet/log'
import { openBoard, type Board } from './board/board.ts'
import { kernelFiles } from './board/kernel-files.ts'
import { light, looksDifferent } from './board/light.ts'
import { onCard } from './card.ts'
import { debian } from './debian.ts'
import { openDockerEngine } from './docker/engine.ts'
import { firstBoot, readStatus } from './first-boot-unit.ts'
import { hostUnits, lookAfterCard, sshUnit, takeOverSite } from './host-units.ts'
import type { Command, PowerOn, Stand } from './messages.ts'
import { networkCable, type NetworkCable } from './network.ts'
import { openNetworkDoor } from './network-door.ts'
import type { StartNucleus } from './nucleus-host.ts'
import { nucleusUnit } from './nucleus-unit.ts'
import type { Script } from './script.ts'
import { standTeller, type StandTeller } from './stand.ts'
import { installStandIns } from './stand-ins/stand-ins.ts'
import { systemd, type Power, type Unit } from './systemd.ts'

export interface SimulatedPi {
  obey(command: Exclude<Command, { ask: 'shut-down' }>): Promise<void>
  /** As `poweroff` does: stops the units in order. */
  shutDown(): Promise<void>
}

export interface Surroundings {
  readonly startNucleus: StartNucleus
  readonly tell: (stand: Stand) => void
  /** The Pi itself asks to be rebooted or switched off. */
  readonly power: Power
  readonly log: Log
  readonly hostPath: string
}

export async function switchOn(power: PowerOn, surroundings: Surroundings): Promise<SimulatedPi> {
  const { log } = surroundings
  const own = new AsyncDisposableStack()
  const stand = standTeller(surroundings.tell)
  let clockSkewMs = power.clockSkewMs
  const now = () => new Date(Date.now() + clockSkewMs)
  const cable = networkCable({ now, routes: power.routes })
  if (power.networkIsCut) cable.cut()

  const run = await runFolder(power.card, own)
  own.use(await openNetworkDoor(join(run, 'network'), cable))
  own.use(await openDockerEngine(run, log))
  own.use(kernelFiles(power.card))
  const board = own.use(await soldered(power.card, stand, own))
  const environment = {
    PATH: await installStandIns(power.card, surroundings.hostPath),
    FLEET_ROOT: power.card,
    FLEET_NETWORK_DOOR: join(run, 'network'),
    FLEET_BOOT_ID: randomUUID(), // a container of an earlier boot does not run any more
    TMPDIR: tmpdir(),
  }
  const greengrass = nucleusUnit({
    start: async () => {
      const nucleus = await surroundings.startNucleus({
        root: join(power.card, onCard.nucleusRoot),
        initConfig: join(power.card, onCard.initConfig),
        environment: { ...environment, ...(await environmentFile(join(power.card, onCard.nucleusEnvironment))) },
        network: cable,
        now,
      })
      nucleus.watch((standsNow) => stand.change(standsNow))
      return nucleus
    },
    onFailure: (error) => log.warn('the nucleus has failed and is restarted', { error }),
    onReboot: surroundings.power.reboot,
  })
  const ending = new AbortController()
  const { aptGet } = debian({ card: power.card, network: cable, signal: ending.signal })
  const asked = systemd({ 'greengrass.service': greengrass, 'ssh.service': sshUnit() }, surroundings.power, { 'apt-get': aptGet })
  const serving = hostUnits({ card: power.card, environment, patience: power.patience, systemd: asked, log }, ending.signal)
  const booted = boot({ power, environment, asked, greengrass, stand, surroundings, signal: ending.signal })
  return {
    obey: async (command) => obey(command, { cable, board, stand, setSkew: (ms) => void (clockSkewMs = ms) }),
    async shutDown() {
      ending.abort(new Error('shut down'))
      await Promise.all([booted, serving])
      await greengrass.stop()
      await own.disposeAsync()
      stand.flush()
    },
  }
}

interface Boot {
  readonly power: PowerOn
  readonly environment: Readonly<Record<string, string>>
  readonly asked: Script['systemd']
  readonly greengrass: Unit
  readonly stand: StandTeller
  readonly surroundings: Surroundings
  readonly signal: AbortSignal
}

/** What systemd starts: fleet-card.service once the device has joined, greengrass.service when it is configured, fleet-first-boot.service until the device has joined (their Condition… lines). */
async function boot({ power, environment, asked, greengrass, stand, surroundings, signal }: Boot): Promise<void> {
  const { log } = surroundings
  const said = (unit: string) => (line: string) => {
    log.info(unit, { line })
    const told = readStatus(line)
    if (told !== undefined) stand.change(told)
  }
  const code = await takeOverSite({ card: power.card, environment, systemd: asked, onLine: said('site') }, signal)
  if (code !== 0) log.warn('settings of the site were not taken over', { code })
  const hasJoined = existsSync(join(power.card, onCard.firstBootDone))
  if (hasJoined) {
    stand.change({ state: 'joined', what: 'joined the fleet at an earlier start' })
    await lookAfterCard({ environment, systemd: asked, onLine: said('card') }, signal)
  }
  if (existsSync(join(power.card, onCard.initConfig))) await greengrass.start().catch((error: unknown) => log.error('the nucleus cannot start', { error }))
  if (hasJoined) return
  const run = firstBoot(
    {
      environment,
      patience: power.patience,
      systemd: asked,
      onStand: (standsNow) => stand.change(standsNow),
      onLine: (line) => log.info('first boot', { line }),
    },
    signal,
  )
  await run.catch((error: unknown) => log.error('first boot cannot run', { error }))
}

interface Hardware {
  readonly cable: NetworkCable
  readonly board: Board
  readonly stand: StandTeller
  readonly setSkew: (skewMs: number) => void
}

async function obey(command: Exclude<Command, { ask: 'shut-down' }>, { cable, board, stand, setSkew }: Hardware): Promise<void> {
  if (command.ask === 'cut-network') cable.cut()
  else if (command.ask === 'restore-network') cable.restore()
  else if (command.ask === 'skew-clock') setSkew(command.skewMs)
  else {
    await board.press(WIRING.button)
    stand.change({ button: { presses: stand.now.button.presses + 1 } })
    stand.flush() // before the answer: whoever hears that it was pressed also knows of the press
  }
}

const LOOK_MS = 250

/** The board with an LED and a button on it; someone looks at the LED four times a second. */
async function soldered(card: string, stand: StandTeller, own: AsyncDisposableStack): Promise<Board> {
  const led = light()
  const board = await openBoard({ path: join(card, onCard.gpioChip), watch: ({ line, level, atMs }) => line === WIRING.led && led.edge(level, atMs) })
  const look = setInterval(() => {
    const seen = led.seen(Number(process.hrtime.bigint()) / 1e6)
    if (looksDifferent(stand.now.light, seen)) stand.change({ light: seen })
  }, LOOK_MS)
  own.defer(() => clearInterval(look))
  return board
}

/** `/run` of a Pi is in memory and empty after each boot; here it is a folder with a path short enough for sockets (sun_path), behind a symlink. */
async function runFolder(card: string, own: AsyncDisposableStack): Promise<string> {
  const link = join(card, 'run')
  const left = await readlink(link).catch(() => undefined)
  if (left !== undefined) await rm(left, { recursive: true, force: true })
  await rm(link, { force: true })
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pi-'))
  await mkdir(card, { recursive: true })
  await symlink(folder, link)
  own.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** systemd's EnvironmentFile: KEY=value lines, here without quotes (nucleus-configuration.sh). */
async function environmentFile(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return Object.fromEntries([...text.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
}
