// sandbox/src/cloud/iot-core/audit/notification.ts: tells an SNS topic that an audit has ended (Device Defender guide, «Notifications»).
import type { Account } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { CloudLog } from '../../log.ts'
import type { RoleSessions, TopicPublisher } from '../../ports.ts'
import type { AuditConfiguration, TaskRecord } from './audit-records.ts'
import { statisticsOf } from './task-operations.ts'

export interface NotificationOptions {
  readonly account: Account
  readonly roles: Pick<RoleSessions, 'assume' | 'permits'>
  readonly topics: TopicPublisher
  readonly log: CloudLog
}

export function auditNotification({ account, roles, topics, log }: NotificationOptions): (task: TaskRecord, notification: AuditConfiguration['notification']) => void {
  return (task, notification) => {
    const { enabled, roleArn = '', targetArn = '' } = notification ?? {}
    if (!enabled) return
    const why = refusal(roles, roleArn, targetArn) ?? published(topics, targetArn, JSON.stringify(payloadOf(account, task)))
    if (why === undefined) log.info('audit told', { taskId: task.taskId, topicArn: targetArn })
    else log.warn('audit could not be told', { taskId: task.taskId, topicArn: targetArn, why })
  }
}

/** Without the details that only its API has. */
export function payloadOf({ accountId }: Account, { taskId, status, type, scheduledAuditName, startedAt, checks }: TaskRecord) {
  const { failedChecks, canceledChecks, nonCompliantChecks, compliantChecks, totalChecks } = statisticsOf(checks)
  return {
    accountId,
    taskId,
    taskStatus: status,
    taskType: type,
    ...(scheduledAuditName === undefined ? {} : { scheduledAuditName }),
    failedChecksCount: failedChecks,
    canceledChecksCount: canceledChecks,
    nonCompliantChecksCount: nonCompliantChecks,
    compliantChecksCount: compliantChecks,
    totalChecksCount: totalChecks,
    taskStartTime: startedAt.getTime(),
    auditDetails: Object.entries(checks).map(([checkName, { checkRunStatus, nonCompliantResourcesCount = 0, totalResourcesCount = 0, message, errorCode }]) => ({
      checkName,
      checkRunStatus,
      nonCompliantResourcesCount,
      totalResourcesCount,
      ...(message === undefined ? {} : { message }),
      ...(errorCode === undefined ? {} : { errorCode }),
    })),
  }
}

function refusal(roles: NotificationOptions['roles'], roleArn: string, targetArn: string): string | undefined {
  try {
    roles.assume({ roleArn, service: 'iot.amazonaws.com', sessionName: 'device-defender', durationSeconds: 900 })
  } catch (error) {
    if (error instanceof AwsError) return `AWS IoT cannot assume ${roleArn}: ${error.message}`
    throw error
  }
  return roles.permits(roleArn, 'sns:Publish', targetArn) ? undefined : `${roleArn} is not allowed to publish to ${targetArn}`
}

function published(topics: TopicPublisher, topicArn: string, message: string): string | undefined {
  const sent = topics.publish({ topicArn, message })
  return sent.kind === 'refused' ? sent.why : undefined
}
