// packages/device-runtime/src/shadow/shadow-client.ts: single requests to a named shadow, and what it says unasked (AWS IoT guide, «Device Shadow MQTT topics»).
import { randomUUID } from 'node:crypto'
import type { NamedShadow } from '@fleet/contract/shadow'
import * as z from 'zod'
import { abortable } from '../abort.ts'
import type { CloudBus } from '../bus/bus.ts'
import { sleep, type Clock } from '../clock.ts'
import type { Queue } from '../queue.ts'
import { together, untilFirst } from '../task-group.ts'

export interface ShadowClient {
  /** Listens for answers and news: a loop for the owner's task group; without it every request ends unanswered. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** What is wished now; undefined when there is no such shadow. */
  get(signal: AbortSignal): Promise<Wished | undefined>
  /** Resolves when the cloud has accepted what is reported; null removes a key. */
  update(reported: object, signal: AbortSignal): Promise<void>
}

export interface Wished {
  readonly version: number
  readonly desired: Readonly<Record<string, unknown>>
}

/** `uncertain`: wishes may have been missed. `delta`: how what is wished differs from what is reported. */
export type ShadowNews = { readonly kind: 'uncertain' } | ({ readonly kind: 'delta' } & Wished)

export interface ShadowClientOptions {
  readonly shadow: NamedShadow
  readonly thing: string
  readonly cloud: CloudBus
  readonly clock: Clock
  /** Where news go. Without it the component has no wishes and only reports: it needs no right to the other topics. */
  readonly news?: Queue<ShadowNews>
}

/** `code` is AWS's (AWS IoT guide, «Device Shadow error messages»): 404 no shadow, 409 version conflict, 413 too large, 429 too many requests … */
export class ShadowRefusal extends Error {
  override readonly name = 'ShadowRefusal'
  readonly code: number

  constructor(code: number, message: string) {
    super(`the shadow refused with ${code}: ${message}`)
    this.code = code
  }
}

const ANSWER_MS = 10_000 // a shadow answers in some 100 ms; the network of a Pi may be slow
const UNCERTAIN_MS = 60 * 60_000 // an outage longer than the broker keeps our session is told to nobody; asking costs two messages

const state = z.record(z.string(), z.unknown())
const Answer = z.object({ clientToken: z.string() })
const Refusal = z.object({ code: z.number(), message: z.string() })
const Document = z.object({ version: z.number(), state: z.object({ desired: state.optional() }) })
const Delta = z.object({ version: z.number(), state })

export function shadowClient({ shadow, thing, cloud, clock, news }: ShadowClientOptions): ShadowClient {
  const pending = new Map<string, (answer: unknown) => void>()
  const delta = shadow.updateDelta.of(thing)
  const answers = [shadow.updateAccepted, shadow.updateRejected].map((topic) => topic.of(thing))
  const wishes = news === undefined ? [] : [shadow.getAccepted.of(thing), shadow.getRejected.of(thing), delta]

  async function listen(signal: AbortSignal): Promise<void> {
    for await (const event of cloud.subscribe([...answers, ...wishes], signal)) {
      if (event.kind === 'subscribed') news?.push({ kind: 'uncertain' })
      else hear(event.topic, parsed(event.payload))
    }
  }

  function hear(topic: string, message: unknown): void {
    const change = Delta.safeParse(message)
    const answer = Answer.safeParse(message)
    if (topic === delta && change.success) news?.push({ kind: 'delta', version: change.data.version, desired: change.data.state })
    else if (topic !== delta && answer.success) pending.get(answer.data.clientToken)?.(message)
  }

  async function doubt(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(clock, UNCERTAIN_MS * (0.5 + Math.random()), signal) // spread, or a fleet would ask at once
      news?.push({ kind: 'uncertain' })
    }
  }

  /** Sent at once or not at all: the answer proves delivery, and an older request must not arrive after a newer one. */
  async function ask(topic: string, request: object, signal: AbortSignal): Promise<unknown> {
    const clientToken = randomUUID()
    let answer: unknown
    const answered = async (own: AbortSignal) => {
      answer = await abortable<unknown>(own, (resolve) => (pending.set(clientToken, resolve), () => pending.delete(clientToken)))
    }
    const sent = async (own: AbortSignal) => {
      await cloud.publish(topic, { ...request, clientToken }, 'now')
      await sleep(clock, ANSWER_MS, own)
      throw new Error(`the shadow ${shadow.name} has not answered within ${ANSWER_MS / 1000} s`)
    }
    await untilFirst(signal, answered, sent)
    signal.throwIfAborted()
    return answer
  }

  return {
    run: (signal) => together(signal, listen, doubt),
    async update(reported, signal) {
      orThrow(await ask(shadow.update.of(thing), { state: { reported } }, signal))
    },
    async get(signal) {
      const answer = await ask(shadow.get.of(thing), {}, signal)
      if (Refusal.safeParse(answer).data?.code === 404) return undefined
      const { version, state } = Document.parse(orThrow(answer))
      return { version, desired: state.desired ?? {} }
    },
  }
}

function orThrow(answer: unknown): unknown {
  const refusal = Refusal.safeParse(answer)
  if (refusal.success) throw new ShadowRefusal(refusal.data.code, refusal.data.message)
  return answer
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'))
  } catch {
    return undefined // nothing that a shadow says
  }
}
