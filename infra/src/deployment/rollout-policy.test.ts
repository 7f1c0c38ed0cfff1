// infra/src/deployment/rollout-policy.test.ts: how a release spreads: at one rate, or in waves; and when it stops.
import { expect, test } from 'vitest'
import { canaryOf, withCanary } from '../canary.ts'
import { STAGE } from '../planned.ts'
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

test.each<[first: number, wave: number | undefined, abortAfter: number]>([
  [0, undefined, 10], // as the stage has it
  [3, 3, 3], // else the wave would be through before the rollout may stop
  [40, 40, 10],
  [900, 50, 10], // the stage's most
])('a canary of %d: a first wave of %s, which stops after %d', (first, firstPerMinute, abortAfterDevices) => {
  expect(withCanary({ ...STAGE, rollout: ROLLOUT }, first).rollout).toEqual({ ...ROLLOUT, firstPerMinute, abortAfterDevices })
})

test.each(['-1', '1.5', 'x', '1001'])('a canary of «%s» is none', (text) => {
  expect(() => canaryOf(text)).toThrow('FLEET_CANARY')
  expect([canaryOf(), canaryOf(''), canaryOf('7')]).toEqual([0, 0, 7])
})
