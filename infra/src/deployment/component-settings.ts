// infra/src/deployment/component-settings.ts: the whole configuration of each component on this stage, checked as the component will check it.
import { componentName, fleetNames } from '@fleet/contract/names'
import { ButtonSettings, HealthSettings, LedSettings, OsUpdateSettings } from '@fleet/contract/settings'
import type { Stage } from '@fleet/contract/stage'

/** By component name. A component that is not here keeps the defaults of its recipe. */
export function componentSettings(stage: Stage): ReadonlyMap<string, object> {
  const { telemetryRule, alarmRule } = fleetNames(stage)
  const { healthSeconds: reportSeconds, tooHotCelsius, diskFullPercent } = stage.telemetry
  return new Map<string, object>([
    [componentName('led'), LedSettings.parse({ telemetryRule, alarmRule })],
    [componentName('button'), ButtonSettings.parse({ telemetryRule })],
    [componentName('health'), HealthSettings.parse({ telemetryRule, alarmRule, reportSeconds, tooHotCelsius, diskFullPercent })],
    [componentName('os-update'), OsUpdateSettings.parse({ telemetryRule, ...stage.osUpdate })],
  ])
}
