// ops/src/doctor/drift.ts: whether what the stack has made is still there, whatever its own record says.
import type { Leftover } from '../teardown/leftovers.ts'
import { ok, warning, type Verdict } from './examination.ts'

const MOST_NAMED = 3

export function driftVerdict(absent: readonly Leftover[], looked: number, stage: string): Verdict {
  if (absent.length === 0) return ok(`all ${looked} resources are in the cloud`)
  const unknown = absent.filter(({ why }) => why !== undefined)
  const list = (each: readonly Leftover[]) => `${each.slice(0, MOST_NAMED).map(({ type, id, why }) => `${type} ${id}${why === undefined ? '' : ` (${why})`}`).join(', ')}${each.length > MOST_NAMED ? ', …' : ''}`
  if (unknown.length === absent.length) return warning(`${unknown.length} of ${looked} resources could not be looked at: ${list(unknown)}`, 'Give these credentials the permission to read them, or use others.')
  const gone = absent.filter(({ why }) => why === undefined)
  return warning(`${gone.length} of ${looked} resources of the stack are gone from the cloud: ${list(gone)}`, `Somebody has removed them. Make them again: fleet deploy --refresh --stage ${stage}`)
}
