// ops/src/stack/adoption.ts: whether a resource that is there is the one that a lost request of ours made.
import { isList, isRecord, isSame, type Properties, type Value } from './properties.ts'
import type { ResourceType } from './resource-types.ts'

/** Everything that was asked for is there as it was asked for; what the cloud added, and what it cannot show, does not count. */
export function isMadeFrom(type: ResourceType, inputs: Properties, outputs: Properties): boolean {
  const hidden = new Set(type.writeOnly)
  return Object.entries(inputs).every(([key, value]) => hidden.has(key) || contains(outputs[key], value))
}

/** Documents may come back as text where a record was sent, or the other way round. */
function contains(there: Value | undefined, asked: Value): boolean {
  if (typeof there === 'string' && typeof asked !== 'string') return contains(parsed(there), asked)
  if (typeof asked === 'string' && typeof there !== 'string') return isSame(there, parsed(asked))
  if (isList(asked)) return isList(there) && there.length === asked.length && asked.every((each, i) => contains(there[i], each))
  if (isRecord(asked)) return isRecord(there) && Object.entries(asked).every(([key, value]) => contains(there[key], value))
  return there === asked
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value // JSON is all that a Value can be
  } catch {
    return undefined // text, not a document
  }
}
