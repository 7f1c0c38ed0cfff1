// ops/src/stack/stack-state.ts: what the stack has made, on disk before anyone relies on it: a run that is killed at any moment is gone on with.
import { existsSync, readFileSync } from 'node:fs'
import { FleetError } from '@fleet/contract/errors'
import { z } from 'zod'
import { replaceFile } from './durable-file.ts'
import type { Properties, Value } from './properties.ts'
import type { Safe } from './secrets.ts'

/** A request that was sent, or may have been; the same token again is the same request again. `read`: the change is done, its outputs are not known yet. */
export interface Pending {
  readonly operation: 'create' | 'update' | 'read'
  readonly token: string
  readonly inputs: Properties
}

export interface RecordedResource {
  readonly urn: string
  readonly type: string
  /** Empty while the first `create` is pending. */
  readonly id: string
  /** As the cloud has them. */
  readonly inputs: Properties
  readonly outputs: Properties
  /** URNs of what it needs. */
  readonly dependencies: readonly string[]
  readonly protect: boolean
  readonly retainOnDelete: boolean
  readonly pending?: Pending | undefined
}

export interface StackState {
  get(urn: string): RecordedResource | undefined
  all(): readonly RecordedResource[]
  /** Former resources that a new one has replaced, still to be deleted. */
  superseded(): readonly RecordedResource[]
  outputs(): Properties | undefined
  /** Each of these resolves when it is on disk. */
  put(resource: RecordedResource): Promise<void>
  /** The new one counts from now on; the former is to be deleted. */
  supersede(former: RecordedResource, by: RecordedResource): Promise<void>
  delete(resource: RecordedResource): Promise<void>
  rename(from: string, to: string): Promise<void>
  putOutputs(outputs: Properties | undefined): Promise<void>
}

const properties = z.record(z.string(), z.unknown()).transform((value) => value as Properties) // JSON, since it was parsed from JSON
const Recorded = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string(),
  inputs: properties,
  outputs: properties,
  dependencies: z.array(z.string()).readonly(),
  protect: z.boolean(),
  retainOnDelete: z.boolean(),
  pending: z.object({ operation: z.literal(['create', 'update', 'read']), token: z.string(), inputs: properties }).optional(),
})
const StateFile = z.object({ formatVersion: z.literal(1), resources: z.array(Recorded), superseded: z.array(Recorded), outputs: properties.optional() })

interface StateFile {
  readonly formatVersion: 1
  readonly resources: readonly RecordedResource[]
  readonly superseded: readonly RecordedResource[]
  readonly outputs?: Properties | undefined
}

/** @throws FleetError STACK_STATE_UNREADABLE */
export function openState(file: string, safe: Safe): StackState {
  const loaded = load(file, safe)
  const resources = new Map<string, RecordedResource>(loaded?.resources.map((resource) => [resource.urn, resource]))
  let superseded = loaded?.superseded ?? []
  let outputs = loaded?.outputs
  const content = (): StateFile => ({ formatVersion: 1, resources: [...resources.values()], superseded, outputs })
  const save = coalesced(() => replaceFile(file, `${JSON.stringify(safe.seal(content() as unknown as Value), undefined, 1)}\n`)) // all of it is JSON
  return {
    get: (urn) => resources.get(urn),
    all: () => [...resources.values()],
    superseded: () => superseded,
    outputs: () => outputs,
    put(resource) {
      resources.set(resource.urn, resource)
      return save()
    },
    supersede(former, by) {
      superseded = [...superseded, former]
      resources.set(by.urn, by)
      return save()
    },
    delete(resource) {
      superseded = superseded.filter((each) => each !== resource)
      if (resources.get(resource.urn) === resource) resources.delete(resource.urn)
      return save()
    },
    rename(from, to) {
      const resource = resources.get(from)
      if (resource === undefined) return Promise.resolve()
      resources.delete(from)
      resources.set(to, { ...resource, urn: to })
      for (const [urn, each] of resources) resources.set(urn, { ...each, dependencies: each.dependencies.map((other) => (other === from ? to : other)) })
      return save()
    },
    putOutputs(now) {
      outputs = now
      return save()
    },
  }
}

const REMEDY = 'Put back a copy of it. Without one, delete what the stack made by hand before you delete the file: it is the only record.'

function load(file: string, safe: Safe): StateFile | undefined {
  if (!existsSync(file)) return undefined
  try {
    return StateFile.parse(safe.open(JSON.parse(readFileSync(file, 'utf8')) as Value))
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    throw new FleetError('STACK_STATE_UNREADABLE', `${file} is damaged or of another version`, REMEDY, { cause })
  }
}

/** Calls that come while one waits for its turn share the next write; each resolves after a write that saw its change. */
function coalesced(write: () => void): () => Promise<void> {
  let next: Promise<void> | undefined
  return () => (next ??= Promise.resolve().then(() => {
    next = undefined
    write()
  }))
}
