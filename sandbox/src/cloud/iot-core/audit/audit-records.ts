// sandbox/src/cloud/iot-core/audit/audit-records.ts: what Device Defender keeps: the account's configuration, scheduled audits, tasks, findings, suppressions.
import type { AuditCheckDetails, AuditFinding, AuditFrequency, AuditNotificationTarget, AuditTaskStatus, AuditTaskType, DayOfWeek, ResourceIdentifier } from '@aws-sdk/client-iot'
import { isDeepStrictEqual } from 'node:util'
import { type Account, arn } from '../../account.ts'
import type { Store, Table } from '../../store/store.ts'
import type { CheckName } from './check-names.ts'

export interface CheckConfiguration {
  readonly enabled: boolean
  /** `CERT_AGE_THRESHOLD_IN_DAYS: '180'` */
  readonly configuration?: Readonly<Record<string, string>>
}

export interface AuditConfiguration {
  readonly roleArn: string
  readonly checks: Readonly<Partial<Record<CheckName, CheckConfiguration>>>
  readonly notification?: AuditNotificationTarget
}

export interface ScheduledAuditRecord {
  readonly frequency: AuditFrequency
  readonly dayOfWeek?: DayOfWeek
  readonly dayOfMonth?: string
  readonly checks: readonly CheckName[]
  readonly createdAt: Date
  readonly lastRunAt?: Date
}

export interface TaskRecord {
  readonly taskId: string
  readonly type: AuditTaskType
  readonly scheduledAuditName?: string
  readonly status: AuditTaskStatus
  readonly startedAt: Date
  /** Of a scheduled audit: when it ran before. Checks of what happened look at the time since. */
  readonly formerRunAt?: Date
  readonly checks: Readonly<Partial<Record<CheckName, AuditCheckDetails>>>
}

export interface SuppressionRecord {
  readonly checkName: string
  readonly resourceIdentifier: ResourceIdentifier
  readonly expirationDate?: Date
  readonly suppressIndefinitely: boolean
  readonly description?: string
}

export interface AuditTables {
  /** One, under `account`. */
  readonly configuration: Table<AuditConfiguration>
  readonly scheduled: Table<ScheduledAuditRecord>
  readonly tasks: Table<TaskRecord>
  /** task, check, number */
  readonly findings: Table<AuditFinding>
  /** The key of a finding by its id. */
  readonly findingKeys: Table<string>
  /** check, resource as JSON */
  readonly suppressions: Table<SuppressionRecord>
}

export const auditTables = (store: Store): AuditTables => ({
  configuration: store.table('audit_configuration'),
  scheduled: store.table('audit_scheduled'),
  tasks: store.table('audit_tasks'),
  findings: store.table('audit_findings'),
  findingKeys: store.table('audit_finding_keys'),
  suppressions: store.table('audit_suppressions'),
})

export const scheduledAuditArn = (account: Account, name: string) => arn('iot', account, `scheduledaudit/${name}`)

/** Members that are not given do not count. */
export const isSameResource = (one: ResourceIdentifier, other: ResourceIdentifier) => isDeepStrictEqual(given(one), given(other))
const given = (resource: ResourceIdentifier): unknown => JSON.parse(JSON.stringify(resource))
