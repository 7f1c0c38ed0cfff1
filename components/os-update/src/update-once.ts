// components/os-update/src/update-once.ts: how an update stands after what the stage wishes and the host unit says: pure.
import type { OsUpdateStanding } from '@fleet/contract/os-update'

/** Of the host unit, about one update. */
export type Answer = { readonly id: string; readonly attempt: number } & (
  | { readonly state: 'waiting' | 'updating' | 'rebooting' | 'failed'; readonly why?: string }
  | { readonly state: 'done'; readonly changed: number; readonly rebootPending: boolean; readonly packages: readonly string[] }
)

/** `silent`: the host unit has not answered for longer than one that is there ever takes. */
export type Heard = Answer | 'nothing' | 'silent'

const SILENT = 'the host unit fleet-os-update does not answer; the image of this card may be older than this component'

/**
 * The same object when nothing has changed. An update is done when the host unit says so of this very id, and then it stays done: an answer
 * that comes late, or is about another id, changes nothing.
 */
export function next(standing: OsUpdateStanding | null, wanted: string, heard: Heard): OsUpdateStanding | null {
  if (wanted === '') return standing
  const own = standing?.id === wanted ? standing : { id: wanted, state: 'asked' as const, attempt: 0 }
  if (own.state === 'done') return own
  if (heard === 'nothing') return own
  if (heard === 'silent') return own.state === 'asked' && own.why !== SILENT ? { ...own, why: SILENT } : own
  if (heard.id !== wanted) return own
  const told: OsUpdateStanding = heard.state === 'done' ? { ...heard, packages: [...heard.packages] } : heard
  return isSame(own, told) ? own : told
}

const isSame = (one: OsUpdateStanding, other: OsUpdateStanding) => one.state === other.state && one.attempt === other.attempt && (one.why ?? '') === (other.why ?? '')
