// sandbox/src/telemetry.test.ts: telemetry of the shipped stack: two stages in one account take the connections of their own devices alone; what cannot be stored is kept, with why.
import { DeleteTableCommand, DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { alarmIn } from '@fleet/contract/alarm'
import { plainItem } from '@fleet/contract/item'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { rotationStage, type RotationStage } from './rotation.testing.ts'
import { provision, switchOn } from './site/light/light-pi.ts'

const [FIRST, SECOND] = ['1000000000000051', '1000000000000052']

let stage: RotationStage
beforeAll(async () => {
  stage = await rotationStage([FIRST])
}, 120_000)
afterAll(() => stage[Symbol.asyncDispose]())

test('a device that is lost rings in its own stage alone, and is over there when it is back', { timeout: 180_000 }, async () => {
  const second = await stage.deployed('qa', [SECOND], { 'fleetwright:managesAccountSettings': 'false', 'fleetwright:accountSettingsOf': 'dev' })
  const devices = [[stage.identities[0]!, stage.light], [await provision(SECOND, second), second]] as const
  const db = new DynamoDBClient(stage.client)
  const alarms = async (name: string) => {
    const { Items = [] } = await db.send(new ScanCommand({ TableName: `fleet-${name}-alarms` }))
    return Items.map((item) => ({ ...alarmIn(plainItem(item)), open: item['open']?.S }))
  }
  const both = async (expected: object) => vi.waitFor(async () => expect([await alarms('dev'), await alarms('qa')]).toMatchObject([[{ thing: FIRST, alarm: 'offline', ...expected }], [{ thing: SECOND, alarm: 'offline', ...expected }]]), { timeout: 30_000, interval: 50 })
  for (const [identity, light] of devices) await switchOn(identity, light)
  stage.light.network.cut()
  await both({ state: 'raised', why: 'connection lost: CONNECTION_LOST' })
  expect([await alarms('dev'), await alarms('qa')]).toMatchObject([[{ open: '1' }], [{ open: '2' }]])

  stage.light.network.restore()
  for (const [identity, light] of devices) await switchOn(identity, light)
  await both({ state: 'cleared', why: 'connected again', open: undefined })
})

test('what a rule could not store is in the queue of dead letters, as it was sent and with why; its other actions are done', { timeout: 60_000 }, async () => {
  const [identity, db, sqs] = [stage.identities[0]!, new DynamoDBClient(stage.client), new SQSClient(stage.client)]
  await db.send(new DeleteTableCommand({ TableName: 'fleet-dev-telemetry' }))
  const pi = await switchOn(identity, stage.light)
  const at = new Date().toISOString()
  const batch = { firstAt: at, firstSequence: 7, lastSequence: 7, sentAt: at, lost: 0, entries: [{ sequence: 7, at, on: true, frequencyHz: 1 }] }
  await pi.sendTelemetry(batch)
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'fleet-dev-telemetry-dead-letters' }))
  const letter = await vi.waitFor(async () => {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }))
    expect(message).toBeDefined()
    return JSON.parse(message?.Body ?? '') as { readonly base64OriginalPayload: string }
  }, { timeout: 20_000, interval: 50 })
  expect(letter).toMatchObject({ ruleName: 'fleet_dev_telemetry', clientId: FIRST, failures: [{ failedAction: 'DynamoDBv2Action', errorMessage: expect.stringMatching(/not found/i) as string }] })
  expect(JSON.parse(Buffer.from(letter.base64OriginalPayload, 'base64').toString())).toEqual(batch)
  const { Item } = await db.send(new GetItemCommand({ TableName: 'fleet-dev-last-state', Key: { thing: { S: FIRST }, kind: { S: 'led' } } }))
  expect(Item?.['batch']?.M?.['firstSequence']).toEqual({ N: '7' })
  await pi.end()
})
