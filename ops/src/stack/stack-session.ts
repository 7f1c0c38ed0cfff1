// ops/src/stack/stack-session.ts: one run of the program: does for each resource what the plan says, then deletes what the program no longer has.
import { FleetError } from '@fleet/contract/errors'
import { autoNamed } from './auto-name.ts'
import { deletionWaves } from './deletion-order.ts'
import type { Operations } from './operations.ts'
import { effectiveInputs, stepFor, type Wanted } from './plan.ts'
import { isSame, type Properties } from './properties.ts'
import { CloudFailure, type ResourceProvider } from './resource-provider.ts'
import type { Draft, Requests } from './requests.ts'
import type { ResourceName, StackChange, StackProgress } from './stack-engine.ts'
import type { RecordedResource, StackState } from './stack-state.ts'

/** A resource as the program registers it. */
export interface Registration extends Wanted, ResourceName {
  readonly dependencies: readonly string[]
  readonly retainOnDelete: boolean
  /** Former URNs of the same resource. */
  readonly aliases: readonly string[]
}

/** What became of it. In a preview, what only the cloud can give is missing, and an empty id is one that is not known yet. */
export interface Registered {
  readonly id: string
  readonly outputs: Properties
}

export interface StackSession {
  readonly register: (registration: Registration) => Promise<Registered>
  /** After the whole program. */
  deleteUnwanted(): Promise<void>
  destroy(): Promise<void>
  refresh(): Promise<void>
  readonly changes: readonly StackChange[]
  readonly unchanged: number
}

export interface SessionOptions {
  readonly state: StackState
  readonly requests: Requests
  readonly operations: Operations
  readonly provider: Pick<ResourceProvider, 'read'>
  readonly isPreview: boolean
  readonly onProgress: (progress: StackProgress) => void
}

export function stackSession({ state, requests, operations, provider, isPreview, onProgress }: SessionOptions): StackSession {
  const changes: StackChange[] = []
  const wanted = new Set<string>()
  let unchanged = 0

  /** In a preview only tells; else does the work. */
  const change = async <T>(planned: StackChange, work: () => Promise<T>): Promise<T | undefined> => {
    const { urn, type, name, operation } = planned
    if (isPreview) onProgress({ urn, type, name, operation, state: 'planned' })
    const result = isPreview ? undefined : await operations.run({ urn, type, name }, operation, work)
    changes.push(planned)
    return result
  }

  const register = async (registration: Registration): Promise<Registered> => {
    const { urn, type, name } = registration
    const former = registration.aliases.find((alias) => state.get(alias) !== undefined)
    if (former !== undefined && state.get(urn) === undefined && !isPreview) await state.rename(former, urn)
    wanted.add(urn).add(former ?? urn)
    const recorded = existing(state.get(urn) ?? state.get(former ?? urn))
    const inputs = autoNamed(type, name, effectiveInputs(registration, recorded), recorded?.inputs)
    const step = stepFor({ ...registration, inputs }, recorded)
    const draft = draftOf(registration, inputs)
    if (recorded === undefined) return (await change({ urn, type, name, operation: 'create', properties: [] }, () => requests.create(draft))) ?? { id: '', outputs: inputs }
    if (step.do === 'keep' || step.do === 'create') return await keep(recorded, draft)
    const { properties } = step
    const replace = async () => {
      if (registration.protect) throw new CloudFailure('InvalidRequest', `it is protected, and a change of ${properties.join(', ')} would replace it`)
      // A generated name is generated anew: the former has it.
      const renamed = draftOf(registration, autoNamed(type, name, effectiveInputs(registration, recorded)))
      return await requests.replace(recorded, renamed, registration.deleteBeforeReplace !== false)
    }
    if (step.do === 'replace') return (await change({ urn, type, name, operation: 'replace', properties }, replace)) ?? { id: '', outputs: inputs }
    const planned: { -readonly [Key in keyof StackChange]: StackChange[Key] } = { urn, type, name, operation: 'update', properties }
    const update = () => requests.update(recorded, draft).catch((error: unknown) => {
      if (!(error instanceof CloudFailure) || !error.code.startsWith('NotUpdatable')) throw error
      planned.operation = 'replace' // the SDK did not know that this property cannot change
      return replace()
    })
    return (await change(planned, update)) ?? { id: recorded.id, outputs: { ...recorded.outputs, ...inputs } }
  }

  /** Nothing to ask the cloud; what only this engine knows of the resource may have changed. */
  const keep = async (recorded: RecordedResource, draft: Draft): Promise<RecordedResource> => {
    unchanged++
    const kept = { ...recorded, ...draft }
    const isRecorded = kept.protect === recorded.protect && kept.retainOnDelete === recorded.retainOnDelete && isSame(kept.dependencies, recorded.dependencies)
    if (!isRecorded && !isPreview) await state.put(kept)
    return kept
  }

  const deleteAll = async (doomed: readonly RecordedResource[]) => {
    const held = doomed.filter(({ protect }) => protect)
    if (held.length > 0) throw protectedError(held)
    for (const wave of deletionWaves(doomed)) await Promise.all(wave.map(deleteOne))
  }

  /** A failure is remembered by the operations; what does not depend on it goes on, and what it needs stays, since its own deletion would fail. */
  const deleteOne = async (resource: RecordedResource): Promise<void> => {
    const { urn, type, retainOnDelete } = resource
    const isNeeded = [...state.superseded(), ...state.all()].some((other) => failedToDelete.has(other) && other.dependencies.includes(urn))
    if (isNeeded) return void failedToDelete.add(resource)
    const isFormer = state.superseded().includes(resource)
    const named = { urn, type, name: nameOf(urn) }
    const work = () => (retainOnDelete ? state.delete(resource) : requests.delete(resource))
    try {
      if (isFormer) await operations.run(named, 'delete', work)
      else await change({ ...named, operation: 'delete', properties: [] }, work)
    } catch {
      failedToDelete.add(resource) // told by the operations
    }
  }
  const failedToDelete = new Set<RecordedResource>()

  return {
    register,
    changes,
    get unchanged() {
      return unchanged
    },
    deleteUnwanted: () => deleteAll([...(isPreview ? [] : state.superseded()), ...state.all().filter(({ urn }) => !wanted.has(urn))]),
    destroy: () => deleteAll([...state.superseded(), ...state.all()]),
    async refresh() {
      for (const recorded of state.all()) {
        const { urn, type, id, inputs } = recorded
        const outputs = await operations.run({ urn, type, name: nameOf(urn) }, 'keep', () => provider.read({ type, id, inputs }))
        if (outputs === undefined) {
          await state.delete(recorded)
          changes.push({ urn, type, name: nameOf(urn), operation: 'delete', properties: [] })
        } else {
          unchanged++
          if (!isSame(outputs, recorded.outputs)) await state.put({ ...recorded, outputs })
        }
      }
    },
  }
}

/** One whose first creation is not settled is not there yet. */
const existing = (recorded: RecordedResource | undefined) => (recorded?.id === '' ? undefined : recorded)

const draftOf = ({ urn, type, dependencies, protect, retainOnDelete }: Registration, inputs: Properties): Draft => ({ urn, type, inputs, dependencies, protect, retainOnDelete })

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf('::') + 2)

const protectedError = (resources: readonly RecordedResource[]) =>
  new FleetError(
    'STACK_PROTECTED',
    `protected and not to be deleted: ${resources.map(({ urn }) => nameOf(urn)).join(', ')}; nothing was deleted`,
    'Set fleetwright:protectsData to "false" in the stage file and run `up`, then run this again.',
  )
