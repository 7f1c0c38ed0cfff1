// sandbox/src/cloud/iot-core/audit/configuration-operations.ts: which audit checks the account has enabled, in which role they run, whom they tell.
import type { AuditCheckConfiguration } from '@aws-sdk/client-iot'
import type { RoleSessions } from '../../ports.ts'
import { invalidRequest, notFound, required } from '../registry/errors.ts'
import type { IotOperations } from '../registry/registry-state.ts'
import type { AuditConfiguration, AuditTables, CheckConfiguration } from './audit-records.ts'
import { CHECK_NAMES, type CheckName, isCheckName } from './check-names.ts'

export const ACCOUNT = 'account'

/** Days, least and most: AWS refuses more than 3650, whatever its guide says (aws-cdk#35365). */
const THRESHOLDS: Readonly<Partial<Record<CheckName, string>>> = { DEVICE_CERTIFICATE_AGE_CHECK: 'CERT_AGE_THRESHOLD_IN_DAYS', DEVICE_CERTIFICATE_EXPIRING_CHECK: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS' }
const [LEAST_DAYS, MOST_DAYS] = [30, 3650]

export function configurationOperations({ tables, roles }: { readonly tables: AuditTables; readonly roles: Pick<RoleSessions, 'assume'> }) {
  return {
    UpdateAccountAuditConfiguration(input) {
      const before = tables.configuration.get(ACCOUNT)
      const roleArn = required(input.roleArn ?? before?.roleArn, 'roleArn')
      const changes = Object.entries(input.auditCheckConfigurations ?? {}).map(([name, configuration]) => [name, checkedConfiguration(name, configuration)] as const)
      const checks = { ...before?.checks, ...Object.fromEntries(changes) }
      if (!before && !Object.values(checks).some(({ enabled }) => enabled)) throw invalidRequest('The first configuration must enable at least one audit check.')
      refuseUsed(tables, checks)
      const notification = input.auditNotificationTargetConfigurations?.SNS ?? before?.notification
      if (notification?.enabled && !(notification.roleArn && notification.targetArn)) throw invalidRequest('A notification target that is enabled needs targetArn and roleArn.')
      for (const arn of [roleArn, ...(notification?.enabled ? [notification.roleArn ?? ''] : [])]) refuseUnassumable(roles, arn)
      tables.configuration.put(ACCOUNT, { roleArn, checks, ...(notification ? { notification } : {}) })
      return {}
    },
    DescribeAccountAuditConfiguration() {
      const { roleArn, checks = {}, notification } = tables.configuration.get(ACCOUNT) ?? {}
      return {
        roleArn,
        auditNotificationTargetConfigurations: notification ? { SNS: notification } : {},
        auditCheckConfigurations: Object.fromEntries(CHECK_NAMES.map((name) => [name, shown(checks[name])])),
      }
    },
    DeleteAccountAuditConfiguration({ deleteScheduledAudits = false }) {
      if (!tables.configuration.delete(ACCOUNT)) throw notFound('The account has no audit configuration.')
      if (deleteScheduledAudits) for (const [name] of tables.scheduled.all()) tables.scheduled.delete(name)
      return {}
    },
  } satisfies Partial<IotOperations>
}

const shown = ({ enabled, configuration }: CheckConfiguration = { enabled: false }): AuditCheckConfiguration => ({ enabled, ...(configuration ? { configuration: { ...configuration } } : {}) })

function checkedConfiguration(name: string, { enabled = false, configuration }: AuditCheckConfiguration): CheckConfiguration {
  if (!isCheckName(name)) throw invalidRequest(`${name} is not an audit check.`)
  for (const [key, value] of Object.entries(configuration ?? {})) {
    if (key !== THRESHOLDS[name]) throw invalidRequest(`${name} cannot be configured with ${key}.`)
    if (!/^\d+$/.test(value) || Number(value) < LEAST_DAYS || Number(value) > MOST_DAYS) throw invalidRequest(`${key} must be a number of days from ${LEAST_DAYS} to ${MOST_DAYS}, not ${value}.`)
  }
  return { enabled, ...(configuration && Object.keys(configuration).length > 0 ? { configuration } : {}) }
}

/** «You cannot disable a check if it's used by any scheduled audit.» */
function refuseUsed(tables: AuditTables, checks: AuditConfiguration['checks']): void {
  for (const [scheduledAudit, { checks: used }] of tables.scheduled.all()) {
    const missing = used.find((name) => checks[name]?.enabled !== true)
    if (missing) throw invalidRequest(`${missing} cannot be disabled: the scheduled audit ${scheduledAudit} uses it.`)
  }
}

function refuseUnassumable(roles: Pick<RoleSessions, 'assume'>, roleArn: string): void {
  try {
    roles.assume({ roleArn, service: 'iot.amazonaws.com', sessionName: 'device-defender', durationSeconds: 900 })
  } catch (cause) {
    throw invalidRequest(`AWS IoT cannot assume the role ${roleArn}.`, cause)
  }
}

/** The checks that were asked for, each enabled. @throws AwsError InvalidRequestException */
export function enabledChecks(tables: AuditTables, asked: readonly string[] | undefined): readonly CheckName[] {
  const names = required(asked, 'targetCheckNames')
  const { checks = {} } = tables.configuration.get(ACCOUNT) ?? {}
  if (names.length === 0) throw invalidRequest('targetCheckNames must name at least one check.')
  return [...new Set(names)].map((name) => {
    if (!isCheckName(name)) throw invalidRequest(`${name} is not an audit check.`)
    if (checks[name]?.enabled !== true) throw invalidRequest(`The audit check ${name} is not enabled for this account: call UpdateAccountAuditConfiguration first.`)
    return name
  })
}
