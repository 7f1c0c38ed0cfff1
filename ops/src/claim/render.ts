// ops/src/claim/render.ts: a claim certificate in words.
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import type { ClaimReport } from './show-claim.ts'

export function renderClaim({ stage, certificateId, status, createdAt, hasPolicy }: ClaimReport, now: Date, paint: Paint): string {
  const lines = [
    ['claim', `of stage ${stage}`],
    ['id', certificateId],
    ['status', paint(status === 'ACTIVE' ? 'green' : 'red', status)],
    ['made', `${createdAt} (${ago(new Date(createdAt), now)})`],
    ['policy', hasPolicy ? 'attached' : paint('red', 'not attached: no device can join (fleet bootstrap attaches it)')],
  ] as const
  return lines.map(([name, text]) => `${paint('dim', name.padEnd(8))} ${text}`).join('\n')
}
