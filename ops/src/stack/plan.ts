// ops/src/stack/plan.ts: decides what has to be done for one resource: what the program wants against what was recorded.
import { isSame, valuesAt, type Properties } from './properties.ts'

/** What the program asks for. */
export interface Wanted {
  readonly inputs: Properties
  readonly protect: boolean
  /** Undefined when the program does not say. */
  readonly deleteBeforeReplace: boolean | undefined
  readonly ignoreChanges: readonly string[]
  /** Property paths that a resource cannot change (the SDK's resource classes give them: CloudFormation's create-only properties). */
  readonly replaceOnChanges: readonly string[]
}

export type Step =
  | { readonly do: 'create' }
  | { readonly do: 'keep' }
  | { readonly do: 'update' | 'replace'; readonly properties: readonly string[] }

export function stepFor(wanted: Wanted, recorded: { readonly inputs: Properties } | undefined): Step {
  if (recorded === undefined) return { do: 'create' }
  const properties = changedProperties(recorded.inputs, wanted.inputs)
  if (properties.length === 0) return { do: 'keep' }
  const isReplaced = wanted.replaceOnChanges.some((path) => !isSameAt(path, recorded.inputs, wanted.inputs))
  return { do: isReplaced ? 'replace' : 'update', properties }
}

/** The wanted inputs, where a property whose changes are ignored keeps its recorded value (whole top-level properties: all that the program uses). */
export function effectiveInputs({ inputs, ignoreChanges }: Pick<Wanted, 'inputs' | 'ignoreChanges'>, recorded: { readonly inputs: Properties } | undefined): Properties {
  if (recorded === undefined || ignoreChanges.length === 0) return inputs
  const kept = Object.entries(recorded.inputs).filter(([key]) => ignoreChanges.includes(key))
  return { ...Object.fromEntries(Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key))), ...Object.fromEntries(kept) }
}

/** Top-level properties that differ, in the order of the alphabet. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => !isSame(before[key], after[key])).sort()
}

function isSameAt(path: string, before: Properties, after: Properties): boolean {
  const [from, to] = [valuesAt(before, path), valuesAt(after, path)]
  return from.size === to.size && [...from].every(([at, value]) => to.has(at) && isSame(value, to.get(at)))
}
