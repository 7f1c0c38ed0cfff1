// sandbox/src/site/site.ts: the place where the simulated Pis stand: who is there, whose power is on, what is done to them by hand.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { SerialNumberSchema } from '@fleet/contract/serial-number-schema'
import type { SerialNumber } from '@fleet/contract/serial-number'
import { replaceFile } from '@fleet/ops/stack/durable-file'
import * as z from 'zod'
import { keepCorruptState } from '../cloud/corrupt-state.ts'
import { isHot, setHot } from './board/kernel-files.ts'
import { corruptCard, flashCard, type FlashedCard } from './card.ts'
import type { Distribution } from './java-nucleus/distribution.ts'
import type { Patience, Stand } from './messages.ts'
import { simulatedPi, type Pi } from './pi.ts'

/** What a new card is flashed with. */
export type Image = Omit<FlashedCard, 'folder' | 'serial'>

export interface SiteOptions {
  readonly folder: string
  /** Read at each flashing: the claim may have been replaced. */
  readonly image: () => Promise<Image>
  readonly patience: Patience
  /** Where the `host:port` of the cards is in truth. */
  readonly routes: Readonly<Record<string, string>>
  /** The real Greengrass nucleus, for all Pis. */
  readonly distribution?: Distribution | undefined
  readonly onLine: (serial: SerialNumber, line: string) => void
}

export interface Site extends AsyncDisposable {
  /** In the order in which they came. */
  readonly pis: readonly SandboxPi[]
  pi(serial: SerialNumber): SandboxPi | undefined
  /** Hears of each Pi that changes; the answer stops that. */
  watch(listener: (pi: SandboxPi) => void): () => void
  /** Gives a board of this serial number its place and a flashed card, if it has none; with `isNew`, the card in it is erased first. */
  place(serial: SerialNumber, isNew?: boolean): Promise<void>
  /** Switches on those that were on when the sandbox ended. */
  resume(): Promise<void>
  powerOn(serial: SerialNumber): Promise<void>
  shutDown(serial: SerialNumber): Promise<void>
  unplug(serial: SerialNumber): Promise<void>
  press(serial: SerialNumber): Promise<void>
  cutNetwork(serial: SerialNumber, isCut: boolean): Promise<void>
  skewClock(serial: SerialNumber, skewMs: number): Promise<void>
  heat(serial: SerialNumber, isHot: boolean): Promise<void>
  /** The power fails while the card writes. A Pi that was on starts again, with what is left. */
  corruptCard(serial: SerialNumber): Promise<void>
  card(serial: SerialNumber): string
}

const Placed = z.object({ serial: SerialNumberSchema, power: z.enum(['on', 'off', 'unplugged']), presses: z.number() })
type Placed = z.infer<typeof Placed>
const SiteFile = z.object({ formatVersion: z.literal(1), pis: z.array(Placed) })

interface Place extends Pick<SandboxPi, 'power' | 'networkIsCut' | 'clockSkewMs'> {
  readonly pi: Pi
  /** Before the process that runs now. */
  pressesBefore: number
}

type Changes = Partial<Pick<Place, 'power' | 'networkIsCut' | 'clockSkewMs'>>

const LAST_WORK_MS = 2200 // Ctrl-C ends everything within five seconds: after this the plug is pulled

/** @throws FleetError SANDBOX_STATE_UNREADABLE */
export function openSite({ folder, image, patience, routes, distribution, onLine }: SiteOptions): Site {
  const file = join(folder, 'pis.json')
  const places = new Map<SerialNumber, Place>()
  const listeners = new Set<(pi: SandboxPi) => void>()
  const at = (serial: SerialNumber): Place => {
    const place = places.get(serial)
    if (place === undefined) throw new FleetError('PI_UNKNOWN', `there is no Pi ${serial}`, `Give it a place and a card: npx fleet sandbox power on ${serial}`)
    return place
  }
  const cardOf = (serial: SerialNumber) => join(folder, serial)
  const save = () => replaceFile(file, `${JSON.stringify({ formatVersion: 1, pis: [...places].map(([serial, { power, ...place }]): Placed => ({ serial, power, presses: pressesOf(place) })) } satisfies z.infer<typeof SiteFile>, null, 2)}\n`)
  const tell = (serial: SerialNumber) => {
    const pi = shown(serial, at(serial))
    for (const listener of listeners) listener(pi)
  }
  const change = (serial: SerialNumber, changes: Changes) => {
    Object.assign(at(serial), changes)
    save()
    tell(serial)
  }
  const stand = ({ serial, power, presses }: Placed) => {
    const pi = simulatedPi({ serial, card: cardOf(serial), patience, routes, distribution, onLine: (line) => onLine(serial, line) })
    const place: Place = { pi, power, pressesBefore: presses, networkIsCut: false, clockSkewMs: 0 }
    places.set(serial, place)
    let last = 0
    pi.watch(({ button }) => {
      if (button.presses < last) place.pressesBefore += last // its process has ended
      last = button.presses
      tell(serial)
    })
  }
  const inTurn = turns()
  const power = (serial: SerialNumber, power: SandboxPi['power'], work: (pi: Pi) => Promise<void>) =>
    inTurn(serial, async () => {
      await work(at(serial).pi)
      change(serial, { power })
    })
  for (const placed of readSite(file)) stand(placed)
  return {
    get pis() {
      return [...places].map(([serial, place]) => shown(serial, place))
    },
    pi: (serial) => {
      const place = places.get(serial)
      return place && shown(serial, place)
    },
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    place: (serial, isNew = false) =>
      inTurn(serial, async () => {
        if (isNew) await places.get(serial)?.pi.unplug()
        if (isNew) rmSync(cardOf(serial), { recursive: true, force: true })
        mkdirSync(folder, { recursive: true })
        if (!existsSync(cardOf(serial))) await flashCard({ folder: cardOf(serial), serial, ...(await image()) })
        if (!places.has(serial)) stand({ serial, power: 'off', presses: 0 })
        change(serial, isNew ? { power: 'off' } : {})
      }),
    async resume() {
      await Promise.all([...places.values()].filter(({ power }) => power === 'on').map(({ pi }) => pi.powerOn()))
    },
    powerOn: (serial) => power(serial, 'on', (pi) => pi.powerOn()),
    shutDown: (serial) => power(serial, 'off', (pi) => pi.shutDown()),
    unplug: (serial) => power(serial, 'unplugged', (pi) => pi.unplug()),
    async press(serial) {
      const { pi, power } = at(serial)
      if (power !== 'on') throw new FleetError('PI_OFF', `${serial} is switched off`, `Switch it on: npx fleet sandbox power on ${serial}`)
      await pi.press()
      save()
    },
    async cutNetwork(serial, isCut) {
      const { network } = at(serial).pi
      await (isCut ? network.cut() : network.restore())
      change(serial, { networkIsCut: isCut })
    },
    async skewClock(serial, skewMs) {
      await at(serial).pi.clock.skew(skewMs)
      change(serial, { clockSkewMs: skewMs })
    },
    async heat(serial, isWarmed) {
      setHot(at(serial).pi.card, isWarmed)
      tell(serial)
    },
    corruptCard: (serial) =>
      inTurn(serial, async () => {
        const { pi, power } = at(serial)
        await pi.unplug()
        await corruptCard(pi.card)
        if (power === 'on') await pi.powerOn()
        tell(serial)
      }),
    card: cardOf,
    async [Symbol.asyncDispose]() {
      await Promise.all([...places.values()].map(({ pi }) => pi.shutDown(LAST_WORK_MS)))
      listeners.clear()
    },
  }
}

const pressesOf = ({ pi, pressesBefore }: Pick<Place, 'pi' | 'pressesBefore'>) => pressesBefore + pi.stand.button.presses

function shown(serial: SerialNumber, { pi, power, networkIsCut, clockSkewMs, ...place }: Place): SandboxPi {
  const stand: Stand = { ...pi.stand, button: { presses: pressesOf({ pi, ...place }) } }
  return { serial, stand, power, networkIsCut, clockSkewMs, boardIsHot: isHot(pi.card) }
}

/** Work for the same Pi is done one after the other, in the order in which it came. */
function turns(): (serial: SerialNumber, work: () => Promise<void>) => Promise<void> {
  const last = new Map<SerialNumber, Promise<void>>()
  return (serial, work) => {
    const turn = (last.get(serial) ?? Promise.resolve()).then(work)
    last.set(serial, turn.catch(() => undefined)) // whoever ordered it hears of it
    return turn
  }
}

function readSite(file: string): readonly Placed[] {
  if (!existsSync(file)) return []
  const read = SiteFile.safeParse(json(readFileSync(file, 'utf8')))
  if (read.success) return read.data.pis
  throw new FleetError('SANDBOX_STATE_UNREADABLE', `${file} is damaged: which Pis stand here cannot be told; a copy is kept as ${keepCorruptState(file)}`, 'Start over with --fresh (the simulated devices are lost), or use another folder: --state DIR.')
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no such file is
  }
}
