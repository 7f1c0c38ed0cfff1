// components/cert-rotator/src/start.ts: replaces the device's certificate when a job asks for it: hears, decides, writes down, then does.
import { backoff } from '@fleet/device-runtime/backoff'
import type { CloudBus } from '@fleet/device-runtime/bus/bus'
import { sleep, type Clock } from '@fleet/device-runtime/clock'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import { queue } from '@fleet/device-runtime/queue'
import { together } from '@fleet/device-runtime/task-group'
import type { Log } from '@fleet/log'
import { fileKeySource } from './file-key-source.ts'
import { hear, heardTopics } from './hear.ts'
import { certificateFile, hostAnswer } from './host.ts'
import type { KeySource } from './key-source.ts'
import { orders } from './orders.ts'
import { perform } from './perform.ts'
import { isOnTrial, next, type Happened, type Rotation } from './rotation.ts'
import { readState, writeState } from './state-file.ts'

export interface RotatorContext {
  readonly thing: string
  readonly log: Log
  readonly clock: Clock
  /** The half of the exchange folder that we write. */
  readonly files: FileStore
  /** The half that the host unit writes. */
  readonly host: Pick<FileStore, 'read'>
  readonly cloud: CloudBus
  readonly keys?: KeySource
  readonly patience?: Patience
}

/** Milliseconds. */
export interface Patience {
  /** Repeats of what was not answered: a rotation is in no hurry, and a whole fleet may be asking. */
  readonly firstRepeat: number
  readonly mostRepeat: number
  /** A job is announced; one whose announcement was missed is found by asking. */
  readonly lookForJobs: number
  readonly tick: number
}
const PATIENCE: Patience = { firstRepeat: 2000, mostRepeat: 60_000, lookForJobs: 15 * 60_000, tick: 500 }

/** `do-again`: nothing has happened for a while, or an answer may have been missed. */
type Item = Happened | 'do-again'

export async function start({ thing, log, clock, files, host, cloud, keys = fileKeySource(files), patience = PATIENCE }: RotatorContext, signal: AbortSignal): Promise<void> {
  const items = queue<Item>()
  const rotator = await openRotator({ files, log, keys, patience, clock, perform: (order) => perform(order, { thing, files, cloud, keys, happened: items.push }) })
  const work = async (own: AbortSignal) => {
    for await (const item of items.until(own)) await rotator.take(item)
  }
  const listen = async (own: AbortSignal) => {
    for await (const item of cloud.subscribe(heardTopics(thing), own)) {
      const event = item.kind === 'subscribed' ? 'do-again' : await hear(item, { thing, keys })
      if (event !== undefined) items.push(event)
    }
  }
  const watch = async (own: AbortSignal) => {
    for (; !own.aborted; await sleep(clock, patience.tick, own)) {
      const answer = isOnTrial(rotator.rotation) ? await hostAnswer(host) : undefined
      if (answer !== undefined) items.push(answer)
      if (rotator.isDue()) items.push('do-again')
    }
  }
  await together(signal, work, listen, watch)
}

interface RotatorParts extends Pick<RotatorContext, 'files' | 'log' | 'clock'> {
  readonly keys: KeySource
  readonly patience: Patience
  readonly perform: (order: ReturnType<typeof orders>[number]) => Promise<void>
}

interface Rotator {
  readonly rotation: Rotation
  isDue(): boolean
  /** Never rejects: what could not be done is done again. */
  take(item: Item): Promise<void>
}

async function openRotator({ files, log, clock, patience, perform }: RotatorParts): Promise<Rotator> {
  let rotation = await readState(files, log)
  const repeat = backoff({ firstMs: patience.firstRepeat, mostMs: patience.mostRepeat })
  let dueAtMs = clock.monotonicMs()

  /** Nothing is done before the decision is on the disk: a power cut finds the old state or the new. */
  const decide = async (item: Item) => {
    const after = item === 'do-again' ? rotation : next(rotation, item)
    if (item !== 'do-again' && after === rotation) return
    if (item !== 'do-again' && item.kind === 'signed' && after.phase === 'trying') await files.replace(certificateFile(item.jobId), item.certificatePem)
    if (after !== rotation) await writeState(files, after)
    if (after.phase !== rotation.phase) {
      tell(log, after)
      repeat.reset()
    }
    rotation = after
    dueAtMs = clock.monotonicMs() + (rotation.phase === 'idle' ? patience.lookForJobs : repeat.next())
    for (const order of orders(rotation)) await perform(order)
  }
  return {
    get rotation() {
      return rotation
    },
    isDue: () => clock.monotonicMs() >= dueAtMs,
    async take(item) {
      try {
        await decide(item)
      } catch (error) {
        dueAtMs = clock.monotonicMs() + repeat.next()
        log.warn('a step of the rotation has failed and is tried again', { phase: rotation.phase, error }) // a full disk, a cloud out of reach
      }
    },
  }
}

/** The operator's story; each line names the job. */
function tell(log: Log, rotation: Rotation): void {
  if (rotation.phase === 'idle') return log.info('rotation over', { jobId: rotation.last })
  const { phase, jobId } = rotation
  const fields = { jobId, ...('certificateId' in rotation && { certificateId: rotation.certificateId }) }
  if ('reason' in rotation) log.warn('rotation given up', { phase, ...fields, reason: rotation.reason })
  else log.info('rotation', { phase, ...fields })
}
