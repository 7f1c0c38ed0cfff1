// sandbox/src/cloud/iot-core/audit/task-operations.ts: audits that run or have run (AWS IoT API reference).
import type { AuditCheckRunStatus, TaskStatistics } from '@aws-sdk/client-iot'
import { found, invalidRequest, limitExceeded, required } from '../registry/errors.ts'
import { listed } from '../registry/listing.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import type { AuditTables, TaskRecord } from './audit-records.ts'
import { enabledChecks } from './configuration-operations.ts'
import type { TaskRunner } from './task-runner.ts'

/** Device Defender guide, «Service limits». */
const MOST_AT_A_TIME = 10

export function taskOperations({ tables, runner }: { readonly tables: AuditTables; readonly runner: TaskRunner }) {
  const theTask = (taskId: string | undefined) => found(tables.tasks.get(required(taskId, 'taskId')), `Audit task ${taskId ?? ''}`)
  return {
    StartOnDemandAuditTask(input) {
      const checks = enabledChecks(tables, input.targetCheckNames)
      const running = tables.tasks.all().filter(([, { status, type }]) => status === 'IN_PROGRESS' && type === 'ON_DEMAND_AUDIT_TASK')
      if (running.length >= MOST_AT_A_TIME) throw limitExceeded(`At most ${MOST_AT_A_TIME} audits on demand run at a time.`)
      return { taskId: runner.start({ type: 'ON_DEMAND_AUDIT_TASK', checks }) }
    },
    CancelAuditTask(input) {
      const task = theTask(input.taskId)
      if (task.status !== 'IN_PROGRESS') throw invalidRequest(`The audit task ${task.taskId} is ${task.status}; only one in progress can be canceled.`)
      runner.cancel(task.taskId)
      return {}
    },
    DescribeAuditTask(input) {
      const { status, type, startedAt, scheduledAuditName, checks } = theTask(input.taskId)
      return { taskStatus: status, taskType: type, taskStartTime: startedAt, taskStatistics: statisticsOf(checks), scheduledAuditName, auditDetails: { ...checks } }
    },
    ListAuditTasks({ startTime, endTime, taskType, taskStatus, nextToken, maxResults }) {
      const [from, to] = [required(startTime, 'startTime'), required(endTime, 'endTime')]
      const keep = (_key: string, { startedAt, type, status }: TaskRecord) => startedAt >= from && startedAt <= to && (taskType === undefined || type === taskType) && (taskStatus === undefined || status === taskStatus)
      const { items, next } = listed(tables.tasks, { token: nextToken, size: maxResults, keep })
      return { tasks: items.map(([taskId, { status, type }]) => ({ taskId, taskStatus: status, taskType: type })), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

export function statisticsOf(checks: TaskRecord['checks']): Required<TaskStatistics> {
  const all = Object.values(checks)
  const count = (status: AuditCheckRunStatus) => all.filter(({ checkRunStatus }) => checkRunStatus === status).length
  return {
    totalChecks: all.length,
    inProgressChecks: count('IN_PROGRESS'),
    waitingForDataCollectionChecks: count('WAITING_FOR_DATA_COLLECTION'),
    compliantChecks: count('COMPLETED_COMPLIANT'),
    nonCompliantChecks: count('COMPLETED_NON_COMPLIANT'),
    failedChecks: count('FAILED'),
    canceledChecks: count('CANCELED'),
  }
}
