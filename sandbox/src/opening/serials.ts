// sandbox/src/opening/serials.ts: which Pis stand in the sandbox: those of the allowlist first, then made-up ones, which are admitted beside it.
import type { Allowlist } from '@fleet/contract/allowlist'
import { parseSerialNumber, type SerialNumber } from '@fleet/contract/serial-number'

export interface Serials {
  /** To be placed and switched on, beside those that stand there. */
  readonly added: readonly SerialNumber[]
  /** Those of all Pis that no allowlist names, made up now or at an earlier start. */
  readonly madeUp: readonly SerialNumber[]
}

/** `count` undefined: the first three of the list at the first start, then those that are there. A smaller number than there are takes none away. */
export function serialsFor(count: number | undefined, list: Allowlist, placed: readonly SerialNumber[], madeUpBefore: readonly SerialNumber[]): Serials {
  const wanted = count ?? (placed.length === 0 ? Math.min(FIRST, list.serials.length) : 0)
  const isTaken = (serial: SerialNumber) => placed.includes(serial)
  const candidates = [...list.serials.filter((serial) => !isTaken(serial)), ...madeUp(wanted).filter((serial) => !isTaken(serial) && !list.has(serial))]
  const added = candidates.slice(0, Math.max(0, wanted - placed.length))
  const isMadeUp = (serial: SerialNumber) => !list.has(serial)
  return { added, madeUp: [...new Set([...madeUpBefore.filter(isMadeUp), ...added.filter(isMadeUp)])] }
}

const FIRST = 3

/** Those of the sandbox's own: a Raspberry Pi's look, `30000000` and a number. */
const madeUp = (count: number): SerialNumber[] => Array.from({ length: count }, (_, index) => parseSerialNumber(`30000000${(index + 1).toString(16).padStart(8, '0')}`))
