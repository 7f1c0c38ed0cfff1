// sandbox/src/telemetry-second-stage.test.ts: two stages in one account: AWS IoT tells of all connections, and each stage takes those of its own devices.
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
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
