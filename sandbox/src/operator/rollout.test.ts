// sandbox/src/operator/rollout.test.ts: a release on a hundred devices that connect and report as cores do: one fails, or too many do.
import { CreateDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2'
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateCertificateFromCsrCommand, CreatePolicyCommand, CreateThingCommand } from '@aws-sdk/client-iot'
import { watchRollout } from '@fleet/ops/deploy/watch'
import { expect, onTestFinished, test } from 'vitest'
import { certificateRequest, newDeviceKey, privateKeyPem } from '../site/certificate-request.ts'
import { BROKEN, lightCore, TAKEN, type Taken } from '../site/light/light-core.ts'
import { lightSerials } from '../site/light/light-fleet.ts'
import { networkCable } from '../site/network.ts'
import { ACCOUNT, bareStack, KEY, NAMES, openTestStage, type TestStage } from './testing.ts'

const SERIALS = lightSerials(100)

/** All of them, connected; `take` says how each fares. */
async function fleet(take: (serial: string) => Taken) {
  const stage = await openTestStage()
  await bareStack(stage)
  await stage.iot.send(new CreatePolicyCommand({ policyName: NAMES.devicePolicy, policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] }) }))
  const { mqttPort, caPem } = stage.cloud.endpoints
  const cloud = { network: networkCable({ now: () => new Date() }), host: 'localhost', mqttPort, rootCaPem: caPem }
  const cores = await Promise.all(SERIALS.map(async (serial) => lightCore(await identity(serial, stage), { cloud, take: () => take(serial) })))
  onTestFinished(async () => {
    await Promise.all(cores.map((core) => core.end()))
  })
  return stage
}

async function identity(serial: string, { iot }: TestStage) {
  const key = newDeviceKey()
  const { certificateArn: principal = '', certificatePem = '' } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: certificateRequest(key, serial), setAsActive: true }))
  await iot.send(new CreateThingCommand({ thingName: serial }))
  await iot.send(new AttachThingPrincipalCommand({ thingName: serial, principal }))
  await iot.send(new AttachPolicyCommand({ policyName: NAMES.devicePolicy, target: principal }))
  await iot.send(new AddThingToThingGroupCommand({ thingName: serial, thingGroupName: NAMES.thingGroup }))
  return { serial, certificatePem, privateKeyPem: privateKeyPem(key) }
}

/** As the stack deploys: at most so many a minute, stopped at 10 % of at least ten. */
async function rolledOut(stage: TestStage, maximumPerMinute: number) {
  const greengrass = new GreengrassV2Client({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const { deploymentId = '' } = await greengrass.send(
    new CreateDeploymentCommand({
      targetArn: `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:thinggroup/${NAMES.thingGroup}`,
      components: {},
      iotJobConfiguration: { jobExecutionsRolloutConfig: { maximumPerMinute }, abortConfig: { criteriaList: [{ action: 'CANCEL', failureType: 'ALL', minNumberOfExecutedThings: 10, thresholdPercentage: 10 }] } },
    }),
  )
  return watchRollout(stage.target, { deploymentId, waitMs: 120_000, signal: new AbortController().signal, onLook() {} })
}

test('a component that fails on 1 of 100: that device is named with its reason, the others have it, nothing stops', async () => {
  const [bad = ''] = SERIALS.slice(41)
  const stage = await fleet((serial) => (serial === bad ? BROKEN : TAKEN))
  expect(await rolledOut(stage, 1000)).toMatchObject({
    verdict: 'failed',
    rollout: { succeeded: 99, failed: [bad], waiting: [], isStopped: false },
    failures: [{ serial: bad, why: 'FAILED_ROLLBACK_COMPLETE: fleetwright.led in broken state after deployment' }],
  })
})

test('one that fails on all: the rollout stops by itself in its first wave, and the others are never told', async () => {
  const stage = await fleet(() => BROKEN)
  const { verdict, rollout, failures } = await rolledOut(stage, 20)
  expect([verdict, rollout.succeeded, rollout.untold.length]).toEqual(['stopped', 0, 80])
  expect(rollout.failed.length).toBeGreaterThanOrEqual(10)
  expect(failures[0]?.why).toContain('fleetwright.led in broken state')
})
