// ops/src/stack/account-settings.test.ts: settings of the account, as AWS IoT's API takes them.
import { IoTClient } from '@aws-sdk/client-iot'
import { expect, onTestFinished, test } from 'vitest'
import { accountSettings } from './account-settings.ts'
import { cloudFake } from './testing/cloud-fake.ts'

async function site() {
  const fake = await cloudFake()
  onTestFinished(() => fake[Symbol.asyncDispose]())
  const client = new IoTClient({ endpoint: fake.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 })
  return { fake, settings: accountSettings(client) }
}

test.each([
  ['aws:iot/eventConfigurations:EventConfigurations', { eventConfigurations: { JOB_EXECUTION: true, JOB: false } }, 'PATCH /event-configurations', { eventConfigurations: { JOB_EXECUTION: { Enabled: true }, JOB: { Enabled: false } } }],
  ['aws:iot/indexingConfiguration:IndexingConfiguration', { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } }, 'POST /indexing/config', { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } }],
])('%s', async (type, inputs, call, body) => {
  const { fake, settings } = await site()
  expect(await settings.create({ type, inputs, token: 't' })).toMatchObject({ outputs: inputs })
  await settings.update({ type, id: 'x', before: {}, after: inputs, token: 't' })
  await settings.delete({ type, id: 'x', token: 't' })
  expect(fake.asked).toEqual([{ call, body }, { call, body }])
})

test('a type that is not known is refused', async () => {
  const { settings } = await site()
  await expect(async () => settings.create({ type: 'aws:sqs/queue:Queue', inputs: {}, token: 't' })).rejects.toThrow('this engine does not know aws:sqs/queue:Queue')
})
