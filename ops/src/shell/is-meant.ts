// ops/src/shell/is-meant.ts: whether what a plan has shown is to be done: --yes says so, or the person who is asked.
import { FleetError } from '@fleet/contract/errors'
import type { Shell } from './shell.ts'

export interface Intent {
  readonly yes?: true
  readonly question: string
  /** What happens on a yes, as a clause: `3 devices would rotate`. */
  readonly would: string
}

/** @throws FleetError USAGE where there is nobody to ask */
export async function isMeant(shell: Shell, { yes, question, would }: Intent): Promise<boolean> {
  if (yes === true) return true
  if (!shell.isInteractive) throw new FleetError('USAGE', `${would}, and there is nobody to ask`, 'Look at the plan; if it is meant, repeat with --yes. Nothing was changed.')
  if (await shell.confirm(question)) return true
  shell.tell('Nothing was changed.')
  return false
}
