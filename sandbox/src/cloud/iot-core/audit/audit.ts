// sandbox/src/cloud/iot-core/audit/audit.ts: AWS IoT Device Defender's audits of this account.
import type { Account } from '../../account.ts'
import type { Clock } from '../../clock.ts'
import type { CloudLog } from '../../log.ts'
import type { DeviceMessage, RoleSessions, TopicPublisher } from '../../ports.ts'
import type { Service } from '../../service.ts'
import type { Store } from '../../store/store.ts'
import type { RegistryState } from '../registry/registry-state.ts'
import type { ResourceTags } from '../resource-tags.ts'
import { auditTables, scheduledAuditArn } from './audit-records.ts'
import { certificateChecks } from './certificate-checks.ts'
import { type Check, noneOfTheKind } from './check.ts'
import type { CheckName } from './check-names.ts'
import { ACCOUNT, configurationOperations } from './configuration-operations.ts'
import { connectionChecks, HISTORY_MS } from './connection-checks.ts'
import { connectionHistory } from './connection-history.ts'
import { findingOperations } from './finding-operations.ts'
import { auditNotification } from './notification.ts'
import { identityPoolChecks, type IdentityPoolReader } from './identity-pool-checks.ts'
import type { IdentityPoolUse } from './identity-pool-use.ts'
import { iotOperations } from './iot-operations.ts'
import { policyChecks } from './policy-checks.ts'
import { roleAliasChecks, type RoleReader } from './role-alias-checks.ts'
import { dueAt } from './schedule.ts'
import { scheduledOperations } from './scheduled-operations.ts'
import { type LoggingOptions, settingChecks } from './setting-checks.ts'
import { suppressionOperations } from './suppression-operations.ts'
import { taskOperations } from './task-operations.ts'
import { taskRunner } from './task-runner.ts'

export interface AuditOptions {
  readonly account: Account
  readonly store: Store
  readonly clock: Clock
  readonly log: CloudLog
  readonly registry: RegistryState
  readonly tags: ResourceTags
  readonly roles: Pick<RoleSessions, 'assume' | 'permits'>
  readonly roleReader: RoleReader
  readonly identityPools: IdentityPoolReader
  readonly identityPoolUse: Pick<IdentityPoolUse, 'since'>
  readonly topics: TopicPublisher
  /** @throws AwsError NotConfiguredException */
  readonly loggingOptions: () => LoggingOptions
  readonly listen: (listener: (message: Pick<DeviceMessage, 'topic' | 'payload'>) => void) => void
}

export interface Audit extends Disposable {
  readonly service: Service
  readonly knowsScheduled: (name: string) => boolean
  /** Starts the audits that are due by the cloud's clock. Runs by itself each second. */
  tick(): void
}

const TICK_MS = 1000

export function openAudit(options: AuditOptions): Audit {
  const { account, store, clock, log, registry, roles, tags } = options
  const tables = auditTables(store)
  const isEnabled = (name: CheckName) => tables.configuration.get(ACCOUNT)?.checks[name]?.enabled === true
  const history = connectionHistory({ store, clock, listen: options.listen, isWanted: () => isEnabled('CONFLICTING_CLIENT_IDS_CHECK') || isEnabled('DEVICE_CERTIFICATE_SHARED_CHECK') })
  const checks: Readonly<Record<CheckName, Check>> = {
    ...certificateChecks(registry),
    ...connectionChecks(history),
    ...policyChecks(registry),
    ...roleAliasChecks(registry, options.roleReader),
    ...identityPoolChecks({ pools: options.identityPools, uses: options.identityPoolUse, roles: options.roleReader, operations: iotOperations() }),
    ...settingChecks(account, options.loggingOptions),
    CA_CERTIFICATE_EXPIRING_CHECK: noneOfTheKind,
    CA_CERTIFICATE_KEY_QUALITY_CHECK: noneOfTheKind,
    REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: noneOfTheKind,
  }
  const notify = auditNotification(options)
  const runner = taskRunner({ ...options, tables, checks, tell: (task) => notify(task, tables.configuration.get(ACCOUNT)?.notification) })
  const tick = () => {
    const now = clock.now()
    for (const [name, scheduled] of tables.scheduled.all()) {
      if (dueAt(scheduled) > now) continue
      tables.scheduled.put(name, { ...scheduled, lastRunAt: now })
      runner.start({ type: 'SCHEDULED_AUDIT_TASK', scheduledAuditName: name, checks: scheduled.checks, ...(scheduled.lastRunAt ? { formerRunAt: scheduled.lastRunAt } : {}) })
      history.forget(new Date(now.getTime() - HISTORY_MS))
    }
  }
  const timer = setInterval(() => {
    try {
      tick()
    } catch (error) {
      log.error('scheduled audits could not be started; tried again in a second', { error })
    }
  }, TICK_MS).unref()
  runner.resume()
  const operations = { ...configurationOperations({ tables, roles }), ...scheduledOperations({ account, clock, tables, tags }), ...taskOperations({ tables, runner }), ...findingOperations({ tables }), ...suppressionOperations({ tables, clock }) }
  return {
    service: { model: 'iot', operations, grants: GRANTS },
    knowsScheduled: (name) => tables.scheduled.get(name) !== undefined,
    tick,
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

interface Named {
  readonly scheduledAuditName?: string
  readonly roleArn?: string
  readonly auditNotificationTargetConfigurations?: { readonly SNS?: { readonly roleArn?: string } }
}

/** Those on a scheduled audit, and the roles that are passed on; all others are on everything (Device Defender guide, «Permissions»). */
const GRANTS: NonNullable<Service['grants']> = {
  ...Object.fromEntries(
    ['CreateScheduledAudit', 'UpdateScheduledAudit', 'DeleteScheduledAudit', 'DescribeScheduledAudit'].map((name) => [
      name,
      ({ scheduledAuditName = '' }: Named, account: Account) => ({ action: `iot:${name}`, resources: [scheduledAuditArn(account, scheduledAuditName)] }),
    ]),
  ),
  UpdateAccountAuditConfiguration({ roleArn, auditNotificationTargetConfigurations: { SNS } = {} }: Named) {
    const passed = [roleArn, SNS?.roleArn].filter((role) => role !== undefined)
    return [
      { action: 'iot:UpdateAccountAuditConfiguration', resources: ['*'] },
      { action: 'iam:PassRole', resources: passed, context: { 'iam:PassedToService': 'iot.amazonaws.com' } },
    ]
  },
}
