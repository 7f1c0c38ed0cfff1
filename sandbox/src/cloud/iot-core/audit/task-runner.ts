// sandbox/src/cloud/iot-core/audit/task-runner.ts: runs an audit: one check after the other, each finding kept, the end told.
import { randomUUID } from 'node:crypto'
import type { AuditCheckDetails } from '@aws-sdk/client-iot'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { RoleSessions } from '../../ports.ts'
import { keyOf, prefixOf, type Store } from '../../store/store.ts'
import { type AuditTables, isSameResource, type TaskRecord } from './audit-records.ts'
import type { Check, Finding } from './check.ts'
import { CHECK_NEEDS, CHECK_SEVERITIES, type CheckName } from './check-names.ts'
import { ACCOUNT } from './configuration-operations.ts'
import { HISTORY_MS } from './connection-checks.ts'

export interface NewTask extends Pick<TaskRecord, 'type' | 'scheduledAuditName' | 'formerRunAt'> {
  readonly checks: readonly CheckName[]
}

export interface TaskRunner {
  /** @returns its id; it runs on by itself */
  start(task: NewTask): string
  cancel(taskId: string): void
  /** Goes on with audits that an earlier run of the cloud began. */
  resume(): void
}

export interface RunnerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly tables: AuditTables
  readonly roles: Pick<RoleSessions, 'permits'>
  readonly log: CloudLog
  readonly checks: Readonly<Record<CheckName, Check>>
  readonly tell: (task: TaskRecord) => void
}

/** API reference, ListAuditFindings: «Findings are retained for 90 days.» */
const KEPT_MS = 90 * 86_400_000
const IN_PROGRESS: AuditCheckDetails = { checkRunStatus: 'IN_PROGRESS' }

export function taskRunner(options: RunnerOptions): TaskRunner {
  const { store, clock, tables, log, tell } = options
  /** @returns false when it was canceled meanwhile */
  const report = (taskId: string, name: CheckName, details: AuditCheckDetails): boolean => {
    const task = tables.tasks.get(taskId)
    if (task?.status !== 'IN_PROGRESS') return false
    tables.tasks.put(taskId, { ...task, checks: { ...task.checks, [name]: details } })
    return true
  }
  const end = (taskId: string) => {
    const task = tables.tasks.get(taskId)
    if (task?.status !== 'IN_PROGRESS') return
    const allFailed = Object.values(task.checks).every(({ checkRunStatus }) => checkRunStatus === 'FAILED')
    const ended = { ...task, status: allFailed ? ('FAILED' as const) : ('COMPLETED' as const) }
    tables.tasks.put(taskId, ended)
    tell(ended)
  }
  const run = async (task: TaskRecord): Promise<void> => {
    for (const [name, { checkRunStatus }] of Object.entries(task.checks) as [CheckName, AuditCheckDetails][]) {
      if (checkRunStatus !== 'IN_PROGRESS') continue
      await new Promise((resolve) => setImmediate(resolve)) // the cloud goes on meanwhile, and may cancel it
      if (tables.tasks.get(task.taskId)?.status !== 'IN_PROGRESS') return
      const judged = judge(options, task, name)
      if (!store.transaction(() => report(task.taskId, name, keep(tables, task, name, { judged, now: clock.now() })))) return
    }
    end(task.taskId)
  }
  const begin = (task: TaskRecord) => void run(task).catch((error: unknown) => log.error('audit failed', { taskId: task.taskId, error }))
  return {
    start({ checks, ...about }) {
      const taskId = randomUUID().replaceAll('-', '')
      forgetOld(tables, clock.now())
      const task: TaskRecord = { ...about, taskId, status: 'IN_PROGRESS', startedAt: clock.now(), checks: Object.fromEntries(checks.map((name) => [name, IN_PROGRESS])) }
      tables.tasks.put(taskId, task)
      begin(task)
      return taskId
    },
    cancel(taskId) {
      const task = tables.tasks.get(taskId)
      if (task?.status !== 'IN_PROGRESS') return
      const canceled = Object.entries(task.checks).map(([name, details]) => [name, details.checkRunStatus === 'IN_PROGRESS' ? { checkRunStatus: 'CANCELED' } : details])
      const ended = { ...task, status: 'CANCELED' as const, checks: Object.fromEntries(canceled) as TaskRecord['checks'] }
      tables.tasks.put(taskId, ended)
      tell(ended)
    },
    resume: () => tables.tasks.all().forEach(([, task]) => task.status === 'IN_PROGRESS' && begin(task)),
  }
}

type Judged = { readonly total: number; readonly findings: readonly Finding[] } | { readonly errorCode: string; readonly message: string }

function judge({ tables, roles, checks, log }: RunnerOptions, { taskId, startedAt, formerRunAt }: TaskRecord, name: CheckName): Judged {
  const configured = tables.configuration.get(ACCOUNT)
  const { enabled = false, configuration = {} } = configured?.checks[name] ?? {}
  if (!configured || !enabled) return { errorCode: 'AUDIT_CHECK_DISABLED', message: 'The audit check is disabled.' }
  const denied = CHECK_NEEDS[name].find((action) => !roles.permits(configured.roleArn, action, '*'))
  if (denied !== undefined) return { errorCode: 'INSUFFICIENT_PERMISSIONS', message: `The role ${configured.roleArn} is not authorized to perform: ${denied}` }
  const since = formerRunAt ?? new Date(startedAt.getTime() - HISTORY_MS)
  try {
    return checks[name]({ now: startedAt, since, configuration })
  } catch (error) {
    log.error('audit check failed', { taskId, checkName: name, error })
    return { errorCode: 'INTERNAL_ERROR', message: 'The check could not be performed.' }
  }
}

/** Puts its findings away. @returns what is said of the check; suppressed findings do not make it non-compliant */
function keep(tables: AuditTables, { taskId, startedAt }: TaskRecord, checkName: CheckName, { judged, now }: { readonly judged: Judged; readonly now: Date }): AuditCheckDetails {
  if ('errorCode' in judged) return { checkRunStatus: 'FAILED', checkCompliant: false, ...judged }
  const suppressions = tables.suppressions.all(prefixOf(checkName)).map(([, suppression]) => suppression)
  const isSuppressed = ({ resource }: Finding) => suppressions.some(({ resourceIdentifier, expirationDate }) => isSameResource(resourceIdentifier, resource.resourceIdentifier ?? {}) && (expirationDate === undefined || expirationDate > now))
  let suppressed = 0
  judged.findings.forEach((finding, number) => {
    const [findingId, key, hidden] = [randomUUID(), keyOf(taskId, checkName, String(number).padStart(8, '0')), isSuppressed(finding)]
    if (hidden) suppressed++
    const { resource: nonCompliantResource, related = [], code: reasonForNonComplianceCode, reason: reasonForNonCompliance } = finding
    tables.findings.put(key, { findingId, taskId, checkName, taskStartTime: startedAt, findingTime: now, severity: CHECK_SEVERITIES[checkName], nonCompliantResource, relatedResources: [...related], reasonForNonCompliance, reasonForNonComplianceCode, isSuppressed: hidden })
    tables.findingKeys.put(findingId, key)
  })
  const nonCompliant = judged.findings.length - suppressed
  return { checkRunStatus: nonCompliant > 0 ? 'COMPLETED_NON_COMPLIANT' : 'COMPLETED_COMPLIANT', checkCompliant: nonCompliant === 0, totalResourcesCount: judged.total, nonCompliantResourcesCount: nonCompliant, suppressedNonCompliantResourcesCount: suppressed }
}

function forgetOld(tables: AuditTables, now: Date): void {
  const before = new Date(now.getTime() - KEPT_MS)
  for (const [taskId, { startedAt }] of tables.tasks.all()) {
    if (startedAt >= before) continue
    for (const [key, { findingId = '' }] of tables.findings.all(prefixOf(taskId))) {
      tables.findings.delete(key)
      tables.findingKeys.delete(findingId)
    }
    tables.tasks.delete(taskId)
  }
}
