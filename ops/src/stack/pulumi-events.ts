// ops/src/stack/pulumi-events.ts: reads the engine events that the Pulumi CLI prints with --json, one a line.
import { z } from 'zod'
import type { Operation, ResourceName, StackChange, StackProgress } from './stack-engine.ts'

const State = z.object({ custom: z.boolean().optional() }).nullish()
const Metadata = z.object({ op: z.string(), urn: z.string(), type: z.string(), diffs: z.array(z.string()).nullish(), old: State, new: State })
const Event = z.object({
  resourcePreEvent: z.object({ metadata: Metadata }).optional(),
  resOutputsEvent: z.object({ metadata: Metadata }).optional(),
  resOpFailedEvent: z.object({ metadata: Metadata }).optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string(), urn: z.string().optional() }).optional(),
})

/** The engine's step names (pulumi `pkg/resource/deploy/step.go`); a replacement is told by its creation. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: 'create',
  update: 'update',
  'create-replacement': 'replace',
  delete: 'delete',
  'delete-replaced': 'delete',
  same: 'keep',
  refresh: 'keep',
}

export interface EventReader {
  /** Takes one line of output; lines that are no event are passed over. */
  read(line: string): void
  readonly changes: readonly StackChange[]
  readonly unchanged: number
  /** What the engine calls errors, in its own words. */
  readonly errors: readonly string[]
}

export function eventReader(isPreview: boolean, onProgress: (progress: StackProgress) => void, now: () => number): EventReader {
  const changes: StackChange[] = []
  const errors: string[] = []
  const startedAt = new Map<string, number>()
  let unchanged = 0
  const begun = ({ op, urn, type, diffs }: z.infer<typeof Metadata>, operation: Operation) => {
    const resource: ResourceName = { urn, type, name: nameOf(urn) }
    startedAt.set(`${op} ${urn}`, now())
    if (operation === 'keep') unchanged++
    else {
      onProgress({ ...resource, operation, state: isPreview ? 'planned' : 'started' })
      if (op !== 'delete-replaced') changes.push({ ...resource, operation, properties: diffs ?? [] })
    }
  }
  const ended = ({ op, urn, type }: z.infer<typeof Metadata>, operation: Operation, state: 'done' | 'failed') => {
    if (operation === 'keep' || isPreview) return
    const tookMs = now() - (startedAt.get(`${op} ${urn}`) ?? now())
    onProgress({ urn, type, name: nameOf(urn), operation, state, tookMs })
    if (state === 'failed') changes.splice(0, changes.length, ...changes.filter((change) => change.urn !== urn))
  }
  return {
    changes,
    errors,
    get unchanged() {
      return unchanged
    },
    read(line) {
      const event = parsed(line)
      if (event === undefined) return
      const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event
      if (diagnosticEvent?.severity === 'error') errors.push(withName(withoutFrames(diagnosticEvent.message), diagnosticEvent.urn))
      const metadata = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata
      const operation = metadata && OPERATIONS[metadata.op]
      if (metadata === undefined || operation === undefined || !isCustom(metadata)) return
      if (resourcePreEvent) begun(metadata, operation)
      else ended(metadata, operation, resOutputsEvent ? 'done' : 'failed')
    },
  }
}

/** Components only group others: nothing of them is in the cloud. */
const isCustom = (metadata: z.infer<typeof Metadata>) => (metadata.new ?? metadata.old)?.custom === true

function parsed(line: string): z.infer<typeof Event> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return Event.safeParse(JSON.parse(line)).data
  } catch {
    return undefined // a line of something else, such as a plugin's
  }
}

/** The program's faults come with Node's stack frames, which say nothing to an operator. */
const withoutFrames = (message: string) => message.split('\n').filter((line) => !/^\s+at /.test(line)).join('\n').trim()

const nameOf = (urn: string) => urn.slice(urn.lastIndexOf('::') + 2)
const withName = (message: string, urn: string | undefined) => (urn ? `${nameOf(urn)}: ${message}` : message)
