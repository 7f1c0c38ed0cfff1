// e2e/soak/device.ts: a light Pi that rotates: the rotator itself on real files, a host unit without its shell, and a power switch.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { systemClock } from '@fleet/device-runtime/clock'
import { start } from '@fleet/cert-rotator/start'
import { silentLog } from '@fleet/log'
import type { LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import type { Chance } from './chance.ts'
import type { Credentials, LineOptions } from './line.ts'
import { lossyBus, type LossyBus } from './lossy-bus.ts'

export interface SoakDevice {
  readonly serial: string
  readonly bus: LossyBus
  /** What the device works with now. */
  readonly inCharge: () => Credentials
  /** Then it may yet go back to the former. */
  readonly isOnTrial: () => boolean
  /** The rotator says that this job is behind it. */
  readonly isBehind: (jobId: string) => boolean
  /** For a person who wonders why it takes so long. */
  describe(): string
  /** kill -9: the rotator is gone in an instant and begins again from its files. */
  crash(): void
  end(): Promise<void>
}

const HOST_LOOK_MS = 100
/**
 * How long the host unit waits for the rotator's word: long enough for a busy machine. A nucleus that is known to stay away is not waited for;
 * a device whose job was cancelled during the trial waits all of it, since its new certificate is cleared away.
 */
const TRIAL_MS = 30_000
const TRIAL_IN_VAIN_MS = 3000
/** Repeats of what is only slow make a busy machine slower still. */
const PATIENCE = { firstRepeat: 500, mostRepeat: 8000, lookForJobs: 2000, tick: 100 }

export interface SoakDeviceOptions {
  readonly folder: string
  readonly cloud: LineOptions['cloud']
  readonly chance: Chance
  /** With each message, in either direction: a moment for an accident. */
  readonly onTraffic: () => void
}

export function soakDevice(identity: LightIdentity, { folder, cloud, chance, onTraffic }: SoakDeviceOptions): SoakDevice {
  const place = (name: string) => join(folder, identity.serial, name)
  for (const name of ['rotator', 'host']) mkdirSync(place(name), { recursive: true })
  const [files, host] = [folderStore(place('rotator')), folderStore(place('host'))]
  let credentials: Credentials = identity
  const bus = lossyBus({ serial: identity.serial, cloud, credentials: () => credentials, chance, onTraffic })

  let over = new AbortController()
  let running = Promise.resolve()
  let crashing: Promise<void> | undefined
  let isOver = false
  const begin = () => {
    over = new AbortController()
    running = start({ thing: identity.serial, log: silentLog, clock: systemClock(), files, host, cloud: bus, patience: PATIENCE }, over.signal)
  }
  const stop = async () => {
    over.abort(new Error('killed'))
    await running
  }
  const unit = hostUnit({ place, bus, chance, take: (next) => (credentials = next), now: () => credentials })
  begin()
  return {
    serial: identity.serial,
    bus,
    inCharge: () => credentials,
    isOnTrial: unit.isOnTrial,
    isBehind: (jobId) => readOr(place('rotator/state.json')) === JSON.stringify({ phase: 'idle', last: jobId }),
    describe: () => ['rotator/state.json', 'rotator/wish', 'host/answer'].map((name) => `${name}: ${readOr(place(name)).trim()}`).concat(bus.describe()).join('; '),
    crash() {
      if (!isOver) crashing ??= stop().then(begin).finally(() => (crashing = undefined))
    },
    async end() {
      isOver = true // messages may still be under way, and accidents with them
      await crashing
      await stop()
      await unit.end()
      await bus.close()
      rmSync(join(folder, identity.serial), { recursive: true })
    },
  }
}

interface Host {
  readonly place: (name: string) => string
  readonly bus: LossyBus
  readonly chance: Chance
  readonly take: (credentials: Credentials) => void
  readonly now: () => Credentials
}

/** What os-image/identity/fleet-identity.sh does, whose own test cuts it off at each write. One nucleus of twelve does not come back. */
function hostUnit({ place, bus, chance, take, now }: Host) {
  let isOver = false
  let decided = ''
  let isOnTrial = false
  const answer = (text: string) => writeFileSync(place('host/answer'), `${text}\n`)
  const read = (name: string) => readOr(place(name))
  const trial = async (generation: string) => {
    const former = now()
    isOnTrial = true
    take({ certificatePem: read(`rotator/${generation}.pem`), privateKeyPem: read(`rotator/${generation}.key`) })
    answer(`trying ${generation}`)
    const isInVain = chance.once(12)
    if (isInVain) bus.stop()
    else bus.restart()
    const until = performance.now() + (isInVain ? TRIAL_IN_VAIN_MS : TRIAL_MS)
    while (!isOver && performance.now() < until) {
      const wish = read('rotator/wish').trim()
      if (wish === `keep ${generation}`) return `kept ${generation}`
      if (wish === `back ${generation}`) break
      await new Promise((resolve) => setTimeout(resolve, HOST_LOOK_MS))
    }
    take(former)
    bus.restart()
    return `back ${generation} no connection with the new certificate`
  }
  const work = (async () => {
    while (!isOver) {
      const [verb, generation] = read('rotator/wish').trim().split(' ')
      const isDecided = generation !== undefined && (decided === `kept ${generation}` || decided.startsWith(`back ${generation}`))
      if (generation !== undefined && verb === 'try' && !isDecided) decided = await trial(generation).finally(() => (isOnTrial = false))
      if (generation !== undefined && verb === 'back' && !isDecided) decided = `back ${generation} it was not tried`
      if (decided !== '' && read('host/answer') !== `${decided}\n`) answer(decided)
      await new Promise((resolve) => setTimeout(resolve, HOST_LOOK_MS))
    }
  })()
  return {
    isOnTrial: () => isOnTrial,
    async end() {
      isOver = true
      await work
    },
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not there
  }
}
