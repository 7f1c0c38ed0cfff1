// e2e/soak/device.ts: a light Pi that rotates: the rotator itself on real files, a host unit without its shell, and a power switch.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderStore } from '@fleet/device-runtime/files/file-store'
import { systemClock } from '@fleet/device-runtime/clock'
import { start } from '@fleet/cert-rotator/start'
import { silentLog } from '@fleet/log'
import type { LightIdentity } from '@fleet/sandbox/site/light/light-pi'
import type { Chance } from './chance.ts'
import { lossyBus, type Credentials, type LossyBus, type LossyBusOptions } from './lossy-bus.ts'

export interface SoakDevice {
  readonly serial: string
  readonly bus: LossyBus
  /** What the device works with now. */
  readonly inCharge: () => Credentials
  /** Then it may yet go back to the former. */
  readonly isOnTrial: () => boolean
  /** For a person who wonders why it takes so long. */
  describe(): string
  /** kill -9: the rotator is gone in an instant and begins again from its files. */
  crash(): Promise<void>
  end(): Promise<void>
}

const HOST_LOOK_MS = 50
const TRIAL_MS = 6000
const PATIENCE = { firstRepeat: 300, mostRepeat: 1500, lookForJobs: 1000, tick: 50 }

export async function soakDevice(identity: LightIdentity, { folder, cloud, chance }: { readonly folder: string; readonly cloud: LossyBusOptions['cloud']; readonly chance: Chance }): Promise<SoakDevice> {
  const place = (name: string) => join(folder, identity.serial, name)
  for (const name of ['rotator', 'host']) mkdirSync(place(name), { recursive: true })
  const [files, host] = [folderStore(place('rotator')), folderStore(place('host'))]
  let credentials: Credentials = identity
  const bus = lossyBus({ serial: identity.serial, cloud, credentials: () => credentials, chance })
  await bus.restart()

  let over = new AbortController()
  let running = Promise.resolve()
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
    describe: () => ['rotator/state.json', 'rotator/wish', 'host/answer'].map((name) => `${name}: ${readOr(place(name))}`).join('; '),
    async crash() {
      await stop()
      begin()
    },
    async end() {
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
    if (chance.once(12)) await bus.cut()
    else await bus.restart()
    const until = performance.now() + TRIAL_MS
    while (!isOver && performance.now() < until) {
      const wish = read('rotator/wish').trim()
      if (wish === `keep ${generation}`) return `kept ${generation}`
      if (wish === `back ${generation}`) break
      await new Promise((resolve) => setTimeout(resolve, HOST_LOOK_MS))
    }
    take(former)
    await bus.restart()
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
