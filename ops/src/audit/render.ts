// ops/src/audit/render.ts: what an audit found, as a table.
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { Audit } from './audit.ts'

export function renderAudit({ checks, findings, accepted }: Audit, paint: Paint): string {
  const judged = checks.filter(({ status }) => status.startsWith('COMPLETED')).length
  const summary = `${checks.length} checks, ${judged} of them judged`
  const livedWith = accepted.map(({ check, resource, because }) => `\naccepted: ${check} of ${printable(resource)}${because === '' ? '' : `: ${printable(because)}`}`).join('')
  if (findings.length === 0) return `${paint('green', 'Nothing was found:')} ${summary}.${livedWith}`
  const rows = findings.map(({ check, severity, resource, reason }) => [severity, check, printable(resource), printable(reason)])
  return `${table(['SEVERITY', 'CHECK', 'RESOURCE', 'REASON'], rows, paint)}\n${paint('red', `${findings.length} found`)}; ${summary}.${livedWith}`
}
