// ops/src/doctor/last-audit.ts: what the latest audit of the account has found, without starting one.
import { DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, paginateListAuditFindings, paginateListAuditTasks, type IoTClient } from '@aws-sdk/client-iot'
import { collect } from '../aws/pages.ts'
import { ok, warning, type Verdict } from './examination.ts'

export interface LastAudit {
  /** Checks that are on. */
  readonly checks: number
  /** undefined: none has ended in the last days. */
  readonly last: { readonly at: Date; /** Names of checks, once for each finding; suppressed ones left out. */ readonly found: readonly string[] } | undefined
}

/** The audit is daily: of three days one must be there. */
const LOOKED_BACK_MS = 3 * 86_400_000
const PAGE = 250

/** Costs a call for each audit of the last days, and one for each 250 findings. */
export async function lastAudit(iot: IoTClient, now: Date): Promise<LastAudit> {
  const { auditCheckConfigurations = {} } = await iot.send(new DescribeAccountAuditConfigurationCommand({}))
  const checks = Object.values(auditCheckConfigurations).filter(({ enabled }) => enabled === true).length
  const tasks = await collect(paginateListAuditTasks({ client: iot, pageSize: PAGE }, { startTime: new Date(now.getTime() - LOOKED_BACK_MS), endTime: now, taskStatus: 'COMPLETED' }), (page) => page.tasks)
  const started = await Promise.all(tasks.map(async ({ taskId }) => ({ taskId, at: (await iot.send(new DescribeAuditTaskCommand({ taskId }))).taskStartTime ?? new Date(0) })))
  const [latest] = started.sort((a, b) => b.at.getTime() - a.at.getTime())
  if (!latest) return { checks, last: undefined }
  const findings = await collect(paginateListAuditFindings({ client: iot, pageSize: PAGE }, { taskId: latest.taskId }), (page) => page.findings)
  return { checks, last: { at: latest.at, found: findings.flatMap(({ isSuppressed, checkName }) => (isSuppressed === true ? [] : [checkName ?? ''])) } }
}

export function auditVerdict({ checks, last }: LastAudit, stage: string): Verdict {
  if (checks === 0) return warning('no audit check is on in this account', 'Old certificates are not found then. Deploy the stage that manages the settings of the account (fleetwright:managesAccountSettings).')
  if (!last) return ok(`${checks} checks are on; none has run in the last three days`)
  const at = last.at.toISOString().slice(0, 16).replace('T', ' ')
  if (last.found.length === 0) return ok(`nothing found by ${checks} checks (${at} UTC)`)
  const counts = Object.entries(Object.groupBy(last.found, (check) => check)).map(([check, each = []]) => `${check} × ${each.length}`)
  return warning(`${last.found.length} found (${at} UTC): ${counts.join(', ')}`, `See them, after a new audit: fleet audit --stage ${stage}. Certificates that are too old are rotated by themselves.`)
}
