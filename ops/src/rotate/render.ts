// ops/src/rotate/render.ts: rotations as a person reads them: the plan, a change, and where they stand.
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { RotationPlan } from './plan.ts'
import { hasEnded, type RotationStatus } from './rotation-status.ts'

export function renderPlan({ rotate, skip }: RotationPlan, paint: Paint): string {
  const lines = rotate.map(({ serial, certificateId, ageDays }) => `  ${paint('yellow', '~ rotate')}  ${serial}  certificate ${certificateId.slice(0, 8)}, ${ageDays} ${ageDays === 1 ? 'day' : 'days'} old`)
  const skipped = skip.map(({ serial, why }) => `  ${paint('dim', `  leave   ${serial}  ${why}`)}`)
  return [...lines, ...skipped, `${rotate.length} to rotate, ${skip.length} left as they are`].join('\n')
}

export const renderChange = (status: RotationStatus, paint: Paint): string => `${status.serial}  ${stageOf(status, paint)}`

export function renderRotations(statuses: readonly RotationStatus[], paint: Paint): string {
  if (statuses.length === 0) return 'No rotation was ever asked for.'
  const rows = statuses.map((status) => [status.serial, stageOf(status, paint), status.certificateId?.slice(0, 8) ?? '', status.changedAt?.toISOString() ?? '', status.jobId])
  const open = statuses.filter((each) => !hasEnded(each)).length
  const rest = open === 0 ? '' : `\n${open} under way; they go on by themselves (fleet rotate status).`
  return `${table(['SERIAL', 'STAGE', 'NEW CERTIFICATE', 'CHANGED', 'JOB'], rows, paint)}${rest}`
}

const COLOURS = { done: 'green', 'rolled back': 'red' } as const

function stageOf({ stage, reason }: RotationStatus, paint: Paint): string {
  const text = stage === 'done' || stage === 'rolled back' ? paint(COLOURS[stage], stage) : stage
  return reason === undefined ? text : `${text}: ${printable(reason)}`
}
