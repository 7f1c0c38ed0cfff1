// e2e/outsiders/java-nucleus/joining.ts: it makes itself a member of the fleet by claim, when it is on the list; and runs what the fleet runs.
import assert from 'node:assert/strict'
import { GetCoreDeviceCommand } from '@aws-sdk/client-greengrassv2'
import { ListThingPrincipalsCommand } from '@aws-sdk/client-iot'
import { oneDeviceStatus } from '@fleet/ops/status/fleet-status'
import { joined, refused, running, serial } from '../../running-sandbox.ts'
import { eventually, stateOf, type Stage } from './stage.ts'

const LATE = serial(2)
export const FLEETS_OWN = ['fleetwright.led', 'fleetwright.button', 'fleetwright.cert-rotator', 'fleetwright.os-update', 'fleetwright.health']

export async function judgeJoining({ trial, sandbox, listed, until }: Stage): Promise<void> {
  await trial.check('on the list, it joins by claim with its own request, connects by MQTT 5, gets the deployment of its group and runs our components unmodified', async () => {
    await until(listed, 'running all', (each) => joined(each) && FLEETS_OWN.every((name) => stateOf(each, name) === 'RUNNING'))
    assert.equal((await sandbox.iot.send(new ListThingPrincipalsCommand({ thingName: listed }))).principals?.length, 1)
    for (const what of ['fleet provisioning by claim with CSR', 'MQTT 5', 'deployment to a thing group by jobs', 'components resolved by mutual TLS', 'role credentials, registry login and image pull', 'led, button and rotator, unmodified']) trial.judged('Greengrass core', what)
  })
  await trial.check('the cloud knows it: core device, components, health', async () => {
    const core = await eventually(() => sandbox.greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: listed })), ({ status }) => status === 'HEALTHY', trial)
    assert.equal(core.coreVersion?.startsWith('2.1'), true, core.coreVersion)
    const status = await eventually(() => oneDeviceStatus(sandbox.target, listed), ({ components = [] }) => FLEETS_OWN.every((name) => components.some((each) => each.name === name && each.state === 'RUNNING')), trial)
    assert.partialDeepStrictEqual(status, { state: 'active', connected: true, health: 'healthy' })
    trial.judged('Greengrass core', 'fleet status')
  })
  await trial.check('off the list it is refused; put on it, it joins without being touched', async () => {
    await sandbox.powerOn(LATE)
    await until(LATE, 'refused', refused)
    await sandbox.allow([listed, LATE])
    await until(LATE, 'joined and running', (pi) => joined(pi) && running(pi))
    await sandbox.site.shutDown(LATE)
    trial.judged('Greengrass core', 'refused by the hook, joins later')
  })
}
