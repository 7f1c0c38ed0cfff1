// sandbox/src/cloud/iot-core/fleet-index/fleet-index.test.ts: searches of the fleet index, by AWS's own client.
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient, SearchIndexCommand, UpdateIndexingConfigurationCommand } from '@aws-sdk/client-iot'
import { IoTDataPlaneClient, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../../cloud.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function bench() {
  const cloud = await openCloud({ stateFolder: ':memory:', account: { accountId: '000000000000', region: 'eu-central-1' }, rootKey: { accessKeyId: 'AKIAROOT', secretAccessKey: 'root' }, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(() => cloud[Symbol.asyncDispose]())
  const config = { endpoint: cloud.endpoints.http, region: 'eu-central-1', credentials: { accessKeyId: 'AKIAROOT', secretAccessKey: 'root' } }
  const iot = new IoTClient(config)
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'g' }))
  for (const [thingName, fleet] of [['a1', 'dev'], ['a2', 'dev'], ['b1', 'prod']] as const) await iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { fleet } } }))
  await iot.send(new AddThingToThingGroupCommand({ thingName: 'a2', thingGroupName: 'g' }))
  await new IoTDataPlaneClient(config).send(new UpdateThingShadowCommand({ thingName: 'a1', shadowName: 'led', payload: Buffer.from(JSON.stringify({ state: { reported: { on: true } } })) }))
  const index = (thingIndexingConfiguration: UpdateIndexingConfigurationCommand['input']['thingIndexingConfiguration']) => iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration }))
  const search = async (queryString: string) => (await iot.send(new SearchIndexCommand({ queryString }))).things?.map(({ thingName }) => thingName)
  return { iot, index, search }
}

test.each<[string, string[]]>([
  ['*', ['a1', 'a2', 'b1']],
  ['thingName:a*', ['a1', 'a2']],
  ['a2', ['a2']],
  ['attributes.fleet:dev AND NOT thingGroupNames:g', ['a1']],
  ['thingGroupNames:"g"', ['a2']],
  ['shadow.name.led.reported.on:true', ['a1']],
  ['connectivity.connected:false attributes.fleet:prod', ['b1']],
])('%s finds %j', async (query, found) => {
  const { index, search } = await bench()
  await index({ thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS', namedShadowIndexingMode: 'ON', filter: { namedShadowNames: ['led'] } })
  expect(await search(query)).toEqual(found)
})

test('only what the account indexes is found', async () => {
  const { index, search } = await bench()
  await expect(search('*')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await index({ thingIndexingMode: 'REGISTRY' })
  expect(await search('shadow.name.led.reported.on:true')).toEqual([])
  expect(await search('connectivity.connected:false')).toEqual([])
})

test('a query that the sandbox does not read is refused, not misread', async () => {
  const { index, search } = await bench()
  await index({ thingIndexingMode: 'REGISTRY' })
  for (const query of ['a1 OR b1', 'attributes.x>3', 'thingName:[a TO b]', '']) await expect(search(query)).rejects.toMatchObject({ name: expect.stringMatching(/InvalidQueryException|InvalidRequestException/) })
})

test('pages', async () => {
  const { iot, index } = await bench()
  await index({ thingIndexingMode: 'REGISTRY' })
  const { things, nextToken } = await iot.send(new SearchIndexCommand({ queryString: '*', maxResults: 2 }))
  expect([things?.length, (await iot.send(new SearchIndexCommand({ queryString: '*', nextToken }))).things?.map(({ thingName }) => thingName)]).toEqual([2, ['b1']])
})
