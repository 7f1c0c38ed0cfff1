// sandbox/src/operator/rollout.test.ts: a release on a hundred devices that connect and report as cores do: one fails, or all do.
import { watchRollout } from '@fleet/ops/deploy/watch'
import { expect, onTestFinished, test } from 'vitest'
import { BROKEN, TAKEN, type Taken } from '../site/light/light-core.ts'
import { lightSerials } from '../site/light/light-fleet.ts'
import { coreFleet } from './core-fleet.ts'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

const SERIALS = lightSerials(100)

/** As the stack deploys: at most so many a minute, stopped at 10 % of at least ten. */
async function rolledOut(take: (serial: string) => Taken, maximumPerMinute: number) {
  const { cloud, target } = await openTestStage()
  const { http: endpoint, mqttPort, caPem } = cloud.endpoints
  const fleet = await coreFleet({ client: { endpoint, region: ACCOUNT.region, credentials: KEY }, accountId: ACCOUNT.accountId, mqttPort, caPem }, { serials: SERIALS, thingGroup: NAMES.thingGroup, take })
  onTestFinished(() => fleet[Symbol.asyncDispose]())
  const { deploymentId } = await fleet.deploy({
    jobExecutionsRolloutConfig: { maximumPerMinute },
    abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', minNumberOfExecutedThings: 10, thresholdPercentage: 10 }] },
  })
  return watchRollout(target, { deploymentId, waitMs: 120_000, signal: new AbortController().signal, onLook() {} })
}

test('a component that fails on 1 of 100: that device is named with its reason, the others have it, nothing stops', async () => {
  const [bad = ''] = SERIALS.slice(41)
  expect(await rolledOut((serial) => (serial === bad ? BROKEN : TAKEN), 1000)).toMatchObject({
    verdict: 'failed',
    rollout: { succeeded: 99, failed: [bad], waiting: [], isStopped: false },
    failures: [{ serial: bad, why: 'FAILED_ROLLBACK_COMPLETE: fleetwright.led in broken state after deployment' }],
  })
})

test('one that fails on all: the rollout stops by itself in its first wave, and the others are never told', async () => {
  const { verdict, rollout, failures } = await rolledOut(() => BROKEN, 20)
  expect([verdict, rollout.succeeded, rollout.untold.length]).toEqual(['stopped', 0, 80])
  expect(rollout.failed.length).toBeGreaterThanOrEqual(10)
  expect(failures[0]?.why).toContain('fleetwright.led in broken state')
})
