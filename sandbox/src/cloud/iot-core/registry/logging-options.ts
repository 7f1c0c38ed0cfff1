// sandbox/src/cloud/iot-core/registry/logging-options.ts: what IoT shall log, for the account and for single targets.
import type { LogEventConfiguration, LogLevel, LogTargetType } from '@aws-sdk/client-iot'
import { AwsError } from '../../aws-error.ts'
import { keyOf, partsOf, type Store } from '../../store/store.ts'
import { invalidRequest, required } from './errors.ts'
import { listed } from './listing.ts'
import type { IotOperations } from './registry-state.ts'

interface LoggingOptions {
  readonly roleArn: string
  readonly defaultLogLevel: LogLevel
  readonly disableAllLogs: boolean
  readonly eventConfigurations?: readonly LogEventConfiguration[]
}

const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'DISABLED']

export function loggingOperations(store: Store) {
  const options = store.table<LoggingOptions>('iot_logging_options')
  const levels = store.table<LogLevel>('iot_logging_levels')
  const current = () => {
    const configured = options.get('account')
    if (!configured) throw new AwsError('NotConfiguredException', 'Logging is not configured: call SetV2LoggingOptions first')
    return configured
  }
  return {
    SetV2LoggingOptions(input) {
      const before = options.get('account')
      const roleArn = required(input.roleArn ?? before?.roleArn, 'roleArn')
      const eventConfigurations = input.eventConfigurations ?? before?.eventConfigurations
      options.put('account', {
        roleArn,
        defaultLogLevel: checkedLevel(input.defaultLogLevel ?? before?.defaultLogLevel ?? 'ERROR'),
        disableAllLogs: input.disableAllLogs ?? false,
        ...(eventConfigurations ? { eventConfigurations } : {}),
      })
      return {}
    },
    GetV2LoggingOptions(input) {
      const { eventConfigurations, ...rest } = current()
      return { ...rest, eventConfigurations: input.verbose && eventConfigurations ? [...eventConfigurations] : undefined }
    },
    SetV2LoggingLevel(input) {
      current()
      const { targetType, targetName } = required(input.logTarget, 'logTarget')
      levels.put(levelKey(required(targetType, 'logTarget.targetType'), targetName), checkedLevel(required(input.logLevel, 'logLevel')))
      return {}
    },
    DeleteV2LoggingLevel(input) {
      levels.delete(levelKey(required(input.targetType, 'targetType'), required(input.targetName, 'targetName')))
      return {}
    },
    ListV2LoggingLevels(input) {
      current()
      const { items, next } = listed(levels, { prefix: input.targetType ?? '', token: input.nextToken, size: input.maxResults })
      const logTargetConfigurations = items.map(([key, logLevel]) => {
        const [targetType, targetName] = partsOf(key)
        return { logTarget: { targetType: targetType as LogTargetType, targetName }, logLevel } // only such types are put
      })
      return { logTargetConfigurations, nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

/** The level of the default target stands for the account: it has no name. */
function levelKey(targetType: LogTargetType, targetName: string | undefined): string {
  return targetType === 'DEFAULT' ? 'DEFAULT' : keyOf(targetType, required(targetName, 'logTarget.targetName'))
}

function checkedLevel(level: LogLevel): LogLevel {
  if (!LEVELS.includes(level)) throw invalidRequest(`1 validation error detected: Value '${level}' at 'logLevel' failed to satisfy constraint: Member must satisfy enum value set: [${LEVELS.join(', ')}]`)
  return level
}
