// sandbox/src/cloud/iot-core/audit/setting-checks.ts: the audit check of what is set for the whole account: logging.
import type { Account } from '../../account.ts'
import { AwsError } from '../../aws-error.ts'
import type { Check } from './check.ts'

export interface LoggingOptions {
  readonly disableAllLogs?: boolean | undefined
  readonly defaultLogLevel?: string | undefined
}

/** @param optionsOf throws an AwsError while logging was never set up */
export function settingChecks(account: Account, optionsOf: () => LoggingOptions) {
  const isLogging = () => {
    try {
      const { disableAllLogs, defaultLogLevel } = optionsOf()
      return disableAllLogs !== true && defaultLogLevel !== 'DISABLED'
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NotConfiguredException') return false
      throw error
    }
  }
  return {
    LOGGING_DISABLED_CHECK: () => ({
      total: 1,
      findings: isLogging() ? [] : [{ resource: { resourceType: 'ACCOUNT_SETTINGS' as const, resourceIdentifier: { account: account.accountId } }, code: 'LOGGING_DISABLED', reason: 'Logging is disabled.' }],
    }),
  } satisfies Record<string, Check>
}
