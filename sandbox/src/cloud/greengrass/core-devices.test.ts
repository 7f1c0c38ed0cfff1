// sandbox/src/cloud/greengrass/core-devices.test.ts: what core devices report over MQTT, and what the API tells of it.
import { DeleteCoreDeviceCommand, GetCoreDeviceCommand, ListCoreDevicesCommand, ListInstalledComponentsCommand } from '@aws-sdk/client-greengrassv2'
import { expect, test, vi } from 'vitest'
import { afterMessage, type CoreDevice, type FleetStatus } from './fleet-status.ts'
import { greengrassBench, groupArn } from './testing.ts'

const AT = Date.parse('2026-11-21T00:00:00Z')
type Component = NonNullable<FleetStatus['components']>[number]
const component = (componentName: string, status: Component['status'] = 'RUNNING', more: Partial<Component> = {}): Component => ({ componentName, version: '1.0.0', isRoot: true, status, ...more })
const message = (change: Partial<FleetStatus>): FleetStatus => ({
  ggcVersion: '2.18.0',
  platform: 'linux',
  architecture: 'aarch64',
  sequenceNumber: 1,
  timestamp: AT,
  messageType: 'PARTIAL',
  overallDeviceStatus: 'HEALTHY',
  ...change,
})
const after = (...messages: Partial<FleetStatus>[]) => messages.reduce<CoreDevice | undefined>((device, change) => afterMessage('pi1', device, message(change)), undefined)
const states = (device: CoreDevice | undefined) => Object.fromEntries(Object.values(device?.components ?? {}).map(({ name, state }) => [name, state]))

test.each<[string, Partial<FleetStatus>[], Record<string, string>]>([
  ['a complete report is the whole list', [{ components: [component('old')] }, { messageType: 'COMPLETE', timestamp: AT + 1, components: [component('led')] }], { led: 'RUNNING' }],
  ['a partial one changes what it names', [{ components: [component('led'), component('button')] }, { timestamp: AT + 1, components: [component('led', 'BROKEN')] }], { led: 'BROKEN', button: 'RUNNING' }],
  ['what was uninstalled is gone', [{ components: [component('led')] }, { timestamp: AT + 1, components: [component('led', 'UNINSTALLED')] }], {}],
  ['a message that comes late does not undo a newer one', [{ timestamp: AT + 2, sequenceNumber: 7, components: [component('led', 'BROKEN')] }, { timestamp: AT + 1, sequenceNumber: 8, components: [component('led')] }], { led: 'BROKEN' }],
  ['a sequence number that repeats after a rollback is no reason to ignore it', [{ sequenceNumber: 9, components: [component('led', 'BROKEN')] }, { sequenceNumber: 4, timestamp: AT + 5, components: [component('led')] }], { led: 'RUNNING' }],
  [
    'a complete report in parts takes effect with the last part, in any order',
    [
      { components: [component('old'), component('a', 'NEW')] },
      { messageType: 'COMPLETE', timestamp: AT + 1, chunkInfo: { chunkId: 2, totalChunks: 2 }, components: [component('b')] },
      { messageType: 'COMPLETE', timestamp: AT + 1, chunkInfo: { chunkId: 1, totalChunks: 2 }, components: [component('a')] },
    ],
    { a: 'RUNNING', b: 'RUNNING' },
  ],
  [
    'half a complete report removes nothing',
    [{ components: [component('old')] }, { messageType: 'COMPLETE', timestamp: AT + 1, chunkInfo: { chunkId: 1, totalChunks: 2 }, components: [component('a')] }],
    { old: 'RUNNING', a: 'RUNNING' },
  ],
])('%s', (_case, messages, expected) => {
  expect(states(after(...messages))).toEqual(expected)
})

test('a late message does not turn the device\'s own status back', () => {
  expect(after({ timestamp: AT + 2, overallDeviceStatus: 'UNHEALTHY' }, { timestamp: AT + 1 })?.status).toBe('UNHEALTHY')
})

test('a core is listed once it has reported, with its components', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  await core.report(
    message({
      messageType: 'COMPLETE',
      overallDeviceStatus: 'UNHEALTHY',
      components: [
        component('main', 'FINISHED', { version: null, isRoot: false }),
        component('aws.greengrass.Nucleus', 'FINISHED', { isRoot: false }),
        component('fleetwright.led', 'BROKEN', { componentStatusDetails: { statusCodes: ['RUN_ERROR'], statusReason: 'exited with code 7' } }),
      ],
    }),
  )
  const devices = async () => (await bench.client.send(new ListCoreDevicesCommand({ thingGroupArn: groupArn(), status: 'UNHEALTHY' }))).coreDevices
  await vi.waitFor(async () => expect(await devices()).toHaveLength(1))
  expect(await devices()).toMatchObject([{ coreDeviceThingName: 'pi1', status: 'UNHEALTHY', platform: 'linux', architecture: 'aarch64', lastStatusUpdateTimestamp: new Date(AT) }])
  expect((await bench.client.send(new ListCoreDevicesCommand({ status: 'HEALTHY' }))).coreDevices).toEqual([])
  expect(await bench.client.send(new GetCoreDeviceCommand({ coreDeviceThingName: 'pi1' }))).toMatchObject({ coreVersion: '2.18.0' })
  const installed = async (topologyFilter?: 'ALL' | 'ROOT') => (await bench.client.send(new ListInstalledComponentsCommand({ coreDeviceThingName: 'pi1', topologyFilter }))).installedComponents
  expect(await installed()).toMatchObject([{ componentName: 'fleetwright.led', lifecycleState: 'BROKEN', lifecycleStateDetails: 'exited with code 7', lifecycleStatusCodes: ['RUN_ERROR'], isRoot: true }])
  expect((await installed('ALL'))?.map(({ componentName }) => componentName)).toEqual(['aws.greengrass.Nucleus', 'fleetwright.led'])
  await bench.client.send(new DeleteCoreDeviceCommand({ coreDeviceThingName: 'pi1' }))
  await expect(bench.client.send(new GetCoreDeviceCommand({ coreDeviceThingName: 'pi1' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException', resourceType: 'core device' })
})

test('what is no status message is told to the operator and changes nothing', async () => {
  const bench = await greengrassBench()
  const core = await bench.core('pi1')
  await core.report({ nonsense: true })
  await vi.waitFor(() => expect(bench.cloud.recorded.lines).toContainEqual(expect.objectContaining({ event: 'fleet status not understood', fields: expect.objectContaining({ thingName: 'pi1' }) })))
  expect((await bench.client.send(new ListCoreDevicesCommand({}))).coreDevices).toEqual([])
})
