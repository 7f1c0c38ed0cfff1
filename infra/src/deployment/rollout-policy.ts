// infra/src/deployment/rollout-policy.ts: how a release spreads, when it stops by itself, and what a device does with a bad one.
import type { Rollout } from '@fleet/contract/stage'
import type { DeploymentArgs } from '@pulumi/aws-native/greengrassv2/deployment.js'

/** Fewer would let the first failing device stop the rollout of a large fleet. */
const LEAST_FINISHED = 10

export function rolloutPolicy({ devicesPerMinute, abortAtFailedPercent }: Rollout): Pick<DeploymentArgs, 'deploymentPolicies' | 'iotJobConfiguration'> {
  return {
    deploymentPolicies: {
      failureHandlingPolicy: 'ROLLBACK',
      // Components that are busy (an update of the system) can ask for time.
      componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS', timeoutInSeconds: 60 },
      configurationValidationPolicy: { timeoutInSeconds: 60 },
    },
    iotJobConfiguration: {
      jobExecutionsRolloutConfig: { maximumPerMinute: devicesPerMinute },
      abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', minNumberOfExecutedThings: LEAST_FINISHED, thresholdPercentage: abortAtFailedPercent }] },
    },
  }
}
