// infra/src/deployment/rollout-policy.test.ts: how a release spreads: at one rate, or in waves; and when it stops.
import { expect, test } from 'vitest'
import { rolloutPolicy } from './rollout-policy.ts'

const ROLLOUT = { devicesPerMinute: 50, firstPerMinute: undefined, abortAtFailedPercent: 10, abortAfterDevices: 10 }

test('without a first wave at one rate; it stops by itself, and a device goes back by itself', () => {
  expect(rolloutPolicy(ROLLOUT)).toMatchObject({
    deploymentPolicies: { failureHandlingPolicy: 'ROLLBACK' },
    iotJobConfiguration: { jobExecutionsRolloutConfig: { maximumPerMinute: 50 }, abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', minNumberOfExecutedThings: 10, thresholdPercentage: 10 }] } },
  })
})

test('with one, the next wave is twice as large and waits for the success of the first', () => {
  expect(rolloutPolicy({ ...ROLLOUT, firstPerMinute: 5, abortAfterDevices: 3 })).toMatchObject({
    iotJobConfiguration: {
      jobExecutionsRolloutConfig: { maximumPerMinute: 50, exponentialRate: { baseRatePerMinute: 5, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: 5 } } },
      abortConfig: { criteriaList: [{ minNumberOfExecutedThings: 3 }] },
    },
  })
})
