// ops/src/stack/requests.ts: asks the cloud for changes, with a journal: what was asked is on disk before it is sent, the answer before anyone relies on it.
import { randomUUID } from 'node:crypto'
import type { Properties } from './properties.ts'
import { CloudFailure, isPassing, type Made, type Outcome, type ResourceProvider } from './resource-provider.ts'
import type { Pending, RecordedResource, StackState } from './stack-state.ts'

/** A resource as it shall be; it gets its id and outputs from the cloud. */
export type Draft = Omit<RecordedResource, 'id' | 'outputs' | 'pending'>

export interface Requests {
  create(draft: Draft): Promise<RecordedResource>
  update(recorded: RecordedResource, draft: Draft): Promise<RecordedResource>
  /** Makes the new one; the former stays until it is deleted as superseded, unless its name is in the way and it may go first. */
  replace(former: RecordedResource, draft: Draft, mayGoFirst: boolean): Promise<RecordedResource>
  delete(recorded: RecordedResource): Promise<void>
  /** Sends again what a killed run may have sent: with the same token it is done once (Cloud Control API reference, «ClientToken»). */
  recover(): Promise<void>
}

export interface RequestsOptions {
  readonly state: StackState
  readonly provider: ResourceProvider
  readonly sleep: (ms: number) => Promise<void>
}

/** What is no answer of the cloud came before anything was sent. */
const outcomeOf = (error: unknown): Outcome => (error instanceof CloudFailure ? error.outcome : 'refused')

interface Journaled {
  readonly send: (token: string) => Promise<Made>
  readonly record: (made: Made, pending?: Pending) => Promise<RecordedResource>
}

const TRIES = 4
const FIRST_PAUSE_MS = 500

export function requests({ state, provider, sleep }: RequestsOptions): Requests {
  /** Tries again what may pass, each time as a new request with a token of its own. */
  const tried = async <T>(request: (token: string) => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await request(randomUUID())
      } catch (error) {
        if (attempt + 1 === TRIES || !(error instanceof CloudFailure) || !isPassing(error)) throw error
        await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random())) // jitter: ten may be waiting
      }
    }
  }
  /** `held` is what the state shows meanwhile, and again if the request is refused; `record` keeps what was made. */
  const journaled = async (held: RecordedResource, pending: Omit<Pending, 'token'>, { send, record }: Journaled): Promise<RecordedResource> => {
    try {
      return await record(
        await tried(async (token) => {
          await state.put({ ...held, pending: { ...pending, token } })
          return await send(token)
        }),
      )
    } catch (error) {
      await conclude(outcomeOf(error), pending.inputs, { record, refused: () => settle(held) })
      throw error
    }
  }
  /** After a failure. An unknown outcome stays pending: the next run asks again. */
  const conclude = async (outcome: Outcome, inputs: Properties, { record, refused }: Pick<Journaled, 'record'> & { readonly refused: () => Promise<unknown> }) => {
    if (outcome === 'refused') await refused()
    else if (outcome !== 'unknown') await record({ id: outcome.madeId, outputs: inputs }, { operation: 'read', token: '', inputs })
  }
  const settle = (held: RecordedResource) => (held.id === '' ? state.delete(state.get(held.urn) ?? held) : state.put({ ...held, pending: undefined }))
  const make = async (held: RecordedResource, draft: Draft): Promise<RecordedResource> => {
    const { type, inputs } = draft
    return await journaled(held, { operation: 'create', inputs }, {
      send: (token) => provider.create({ type, inputs, token }),
      record: (made, pending) => recordMade(held, { ...draft, ...made, pending }),
    })
  }
  const put = async (resource: RecordedResource): Promise<RecordedResource> => {
    await state.put(resource)
    return resource
  }
  const recordMade = async (held: RecordedResource, made: RecordedResource): Promise<RecordedResource> => {
    await (held.id === '' ? state.put(made) : state.supersede({ ...held, pending: undefined }, made))
    return made
  }
  const readAgain = async (held: RecordedResource) => {
    const outputs = await provider.read(held)
    await (outputs ? state.put({ ...held, outputs, pending: undefined }) : state.delete(held))
  }
  const resume = async (held: RecordedResource, { operation, token, inputs }: Pending) => {
    const { type, id, inputs: before } = held
    if (operation === 'read') return await readAgain(held)
    const isCreation = operation === 'create'
    const record = (made: Made, pending?: Pending) => isCreation ? recordMade(held, { ...held, ...made, inputs, pending }) : put({ ...held, ...made, inputs, pending })
    try {
      await record(isCreation ? await provider.create({ type, inputs, token }) : await provider.update({ type, id, before, after: inputs, token }))
    } catch (error) {
      // The cloud may have stopped, too, after it made the resource and before it knew so. Else it was not done, and this run's plan sees to it.
      const refused = async () => {
        const found = isCreation ? await provider.find({ type, inputs }) : undefined
        await (found ? record(found) : settle(held))
      }
      await conclude(outcomeOf(error), inputs, { record, refused })
      if (outcomeOf(error) !== 'refused') throw error
    }
  }
  const remove = async (recorded: RecordedResource) => {
    const { type, id } = recorded
    await tried((token) => provider.delete({ type, id, token }))
    await state.delete(recorded)
  }
  return {
    create: (draft) => make({ ...draft, id: '', outputs: {} }, draft),
    async update(recorded, draft) {
      const { type, id, inputs: before } = recorded
      const { inputs: after } = draft
      return await journaled(recorded, { operation: 'update', inputs: after }, {
        send: (token) => provider.update({ type, id, before, after, token }),
        record: (made, pending) => put({ ...draft, ...made, pending }),
      })
    },
    async replace(former, draft, mayGoFirst) {
      try {
        return await make(former, draft)
      } catch (error) {
        if (!mayGoFirst || !(error instanceof CloudFailure) || error.code !== 'AlreadyExists') throw error
        await remove(state.get(former.urn) ?? former)
        return await make({ ...draft, id: '', outputs: {} }, draft)
      }
    },
    delete: remove,
    async recover() {
      for (const held of state.all()) if (held.pending) await resume(held, held.pending)
    },
  }
}
