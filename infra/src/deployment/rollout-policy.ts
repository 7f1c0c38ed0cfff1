// infra/src/deployment/rollout-policy.ts: how a release spreads, when it stops by itself, and what a device does with a bad one.
import type { Rollout } from '@fleet/contract/stage'
import type { DeploymentArgs } from '@pulumi/aws-native/greengrassv2/deployment.js'

export function rolloutPolicy({ devicesPerMinute, firstPerMinute, abortAtFailedPercent, abortAfterDevices }: Rollout): Pick<DeploymentArgs, 'deploymentPolicies' | 'iotJobConfiguration'> {
  return {
    deploymentPolicies: {
      failureHandlingPolicy: 'ROLLBACK',
      // Components that are busy (an update of the system) can ask for time.
      componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS', timeoutInSeconds: 60 },
      configurationValidationPolicy: { timeoutInSeconds: 60 },
    },
    iotJobConfiguration: {
      jobExecutionsRolloutConfig: { maximumPerMinute: devicesPerMinute, ...(firstPerMinute !== undefined && { exponentialRate: waves(firstPerMinute) }) },
      abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', minNumberOfExecutedThings: abortAfterDevices, thresholdPercentage: abortAtFailedPercent }] },
    },
  }
}

/** Each wave is let go by the success of the one before: a release that fails never reaches the second. */
const waves = (firstPerMinute: number) => ({ baseRatePerMinute: firstPerMinute, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: firstPerMinute } })
