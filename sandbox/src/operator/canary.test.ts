// sandbox/src/operator/canary.test.ts: `fleet deploy --canary` as a process: the waves that it asks AWS for, and that they do not begin anew.
import { GetDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { AddThingToThingGroupCommand, CreateThingCommand } from '@aws-sdk/client-iot'
import { lightSerials } from '../site/light/light-fleet.ts'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

test('a twentieth of the fleet first; a deploy of the same release leaves its waves alone', async () => {
  const stage = await openTestStage()
  const greengrass = new GreengrassV2Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const deploy = async (...more: string[]) => {
    const { code, out, err } = await stage.fleet(['deploy', '--json', ...more])
    expect([code, err.includes('error:') ? err : '']).toEqual([0, ''])
    return JSON.parse(out) as { readonly canary?: number; readonly deploymentId: string; readonly changes: readonly unknown[] }
  }
  expect(await stage.fleet(['deploy', '--canary', 'half'])).toMatchObject({ code: 2, err: expect.stringContaining('such as 5%') })
  expect(stage.proxy.calls).toEqual([])
  await stage.fleet(['deploy'])
  for (const thingName of lightSerials(41)) {
    await stage.iot.send(new CreateThingCommand({ thingName }))
    await stage.iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: NAMES.thingGroup }))
  }
  await stage.fleet(['release', 'publish'])
  const { canary, deploymentId } = await deploy('--canary', '5%')
  expect(canary).toBe(3)
  expect((await greengrass.send(new GetDeploymentCommand({ deploymentId }))).iotJobConfiguration).toMatchObject({
    jobExecutionsRolloutConfig: { maximumPerMinute: 100, exponentialRate: { baseRatePerMinute: 3, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: 3 } } },
    abortConfig: { criteriaList: [{ thresholdPercentage: 10, minNumberOfExecutedThings: 3 }] },
  })
  stage.proxy.calls.length = 0
  expect(await deploy('--canary', '50%')).toMatchObject({ canary: 3, deploymentId, changes: [] })
  expect(stage.proxy.calls.filter((call) => /^(PUT|PATCH|DELETE)|Create|Update|Put/.test(call))).toEqual([])
}, 240_000)
