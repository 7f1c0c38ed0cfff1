// sandbox/src/site/nucleus/ipc/configuration.test.ts: components read and change configurations, and hear of changes, with AWS's own client.
import type { greengrasscoreipc } from 'aws-iot-device-sdk-v2'
import { expect, test } from 'vitest'
import { refusal, speakFor, SPEAKING } from '../testing-ipc.ts'
import { offlineNucleus } from '../testing-offline.ts'
import { eventually } from '../testing.ts'

type UpdateEvents = greengrasscoreipc.model.ConfigurationUpdateEvents

const CONFIGURATION = { frequency: 2, nested: { Deep: { a: 'x' } }, list: [1, 2], none: null, accessControl: {} }
const nucleus = () => offlineNucleus({ a: { lifecycle: SPEAKING, configuration: CONFIGURATION }, b: { lifecycle: SPEAKING, configuration: { other: true } } })
const seconds = (ms: number) => new Date(ms)

test.each<[string, greengrasscoreipc.model.GetConfigurationRequest, unknown]>([
  ['all of one’s own', { keyPath: [] }, CONFIGURATION],
  ['a branch', { keyPath: ['nested'] }, { Deep: { a: 'x' } }],
  ['a leaf, as an object with its name', { keyPath: ['NESTED', 'deep', 'a'] }, { a: 'x' }],
  ['of another component', { componentName: 'b', keyPath: ['other'] }, { other: true }],
])('%s can be read', async (_case, request, expected) => {
  const client = await speakFor('a', (await nucleus()).root)
  expect((await client.getConfiguration(request)).value).toEqual(expected)
})

test('what is not there is not found', async () => {
  const client = await speakFor('a', (await nucleus()).root)
  expect(await refusal(client.getConfiguration({ keyPath: ['no', 'such'] }))).toBe('ResourceNotFoundError: Key not found')
})

test('an update is merged, kept, and heard of by who subscribed', async () => {
  const { root } = await nucleus()
  const [a, b] = [await speakFor('a', root), await speakFor('b', root)]
  const stream = b.subscribeToConfigurationUpdate({ componentName: 'a', keyPath: ['nested'] })
  const heard: string[] = []
  stream.on('message', ({ configurationUpdateEvent: event }: UpdateEvents) => void heard.push(`${event?.componentName ?? ''} ${event?.keyPath.join('/') ?? ''}`))
  await stream.activate()
  await a.updateConfiguration({ keyPath: ['nested'], timestamp: seconds(Date.now() + 1000), valueToMerge: { Deep: { a: 'y' }, list: [3] } })
  await a.updateConfiguration({ keyPath: [], timestamp: seconds(Date.now() + 1000), valueToMerge: { frequency: 5 } })
  expect((await b.getConfiguration({ componentName: 'a', keyPath: [] })).value).toEqual({ ...CONFIGURATION, frequency: 5, nested: { Deep: { a: 'y' }, list: [3] } })
  await eventually(() => heard).toEqual(['a nested/Deep/a', 'a nested/list', 'a nested/list'])
})

test('an update that is older than the value is refused, as is one of access control', async () => {
  const client = await speakFor('a', (await nucleus()).root)
  expect(await refusal(client.updateConfiguration({ keyPath: [], timestamp: seconds(1000), valueToMerge: { frequency: 9 } }))).toMatch(/^FailedUpdateConditionCheckError/)
  const grant = { 'aws.greengrass.ipc.pubsub': { p: { operations: ['*'], resources: ['*'] } } }
  expect(await refusal(client.updateConfiguration({ keyPath: [], timestamp: new Date(), valueToMerge: { accessControl: grant } }))).toMatch(/^InvalidArgumentsError: Config update is not allowed/)
  expect(await refusal(client.updateConfiguration({ keyPath: ['accessControl'], timestamp: new Date(), valueToMerge: grant }))).toMatch(/^InvalidArgumentsError/)
})
