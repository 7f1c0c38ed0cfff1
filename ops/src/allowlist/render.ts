// ops/src/allowlist/render.ts: a plan and what became of it, in words.
import type { FleetError } from '@fleet/contract/errors'
import type { Paint, Style } from '../shell/paint.ts'
import type { Outcome } from './apply.ts'
import type { Action, Change } from './plan.ts'
import type { Reconciled, ReconcilePlan } from './reconcile.ts'

const LOOKS: Readonly<Record<Action, { readonly sign: string; readonly style: Style; readonly done: string }>> = {
  admit: { sign: '+ admit', style: 'green', done: 'admitted' },
  heal: { sign: '~ heal', style: 'yellow', done: 'healed' },
  suspend: { sign: '- suspend', style: 'red', done: 'suspended' },
  purge: { sign: '-- purge', style: 'red', done: 'purged' },
}
const SIGN_WIDTH = 9

export function renderPlan(plan: ReconcilePlan, paint: Paint): string {
  const head = `${plan.file}: ${counted(plan.listed, 'serial number')}, ${plan.uploads ? 'not yet what the cloud has' : 'the same in the cloud'}`
  const width = Math.max(0, ...plan.changes.map(({ serial }) => serial.length))
  const lines = plan.changes.map((change) => line(change, width, paint))
  return [head, ...lines, ...(lines.length > 0 ? [''] : []), summary(plan)].join('\n')
}

function line({ action, serial, why }: Change, width: number, paint: Paint): string {
  const { sign, style } = LOOKS[action]
  return `${paint(style, sign.padEnd(SIGN_WIDTH))} ${serial.padEnd(width)}  ${paint('dim', why)}`
}

function summary({ changes, unchanged }: ReconcilePlan): string {
  const count = (wanted: Action) => changes.filter(({ action }) => action === wanted).length
  return `${count('admit')} to admit, ${count('heal')} to heal, ${count('suspend')} to suspend, ${count('purge')} to purge, ${unchanged} unchanged`
}

export function renderReconciled({ plan, approved, outcomes }: Reconciled, paint: Paint): string {
  if (!approved) return 'Nothing was changed.'
  const failed = outcomes.filter(({ failure }) => failure !== undefined)
  const waiting = plan.changes.filter(({ action }) => action === 'admit').length
  const parts = [
    plan.uploads ? 'list uploaded' : 'list as it was',
    ...(['heal', 'suspend', 'purge'] as const).map((action) => `${outcomes.filter(({ change, failure }) => change.action === action && !failure).length} ${LOOKS[action].done}`),
    `${plan.unchanged} unchanged`,
    `${waiting} may join`,
  ]
  return [...failed.map((outcome) => renderOutcome(outcome, paint)), `${failed.length > 0 ? paint('red', `${failed.length} failed`) : paint('green', 'done')}: ${parts.join(', ')}`].join('\n')
}

/** One device, as it ends. */
export function renderOutcome({ change, failure }: Outcome, paint: Paint): string {
  if (!failure) return `${LOOKS[change.action].done} ${change.serial}`
  return `${paint('red', 'failed:')} ${LOOKS[change.action].sign} ${change.serial}: ${reason(failure)}`
}

const reason = ({ code, message, cause }: FleetError) => `${message}${cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : ''} [${code}]`

/** For `--json`. */
export const reconciledJson = ({ plan, approved, outcomes }: Reconciled) => ({
  ...plan,
  approved,
  done: outcomes.filter(({ failure }) => !failure).map(({ change: { action, serial } }) => ({ action, serial })),
  failed: outcomes.flatMap(({ change: { action, serial }, failure }) => (failure ? [{ action, serial, code: failure.code, why: reason(failure) }] : [])),
})

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
