// sandbox/src/operator/telemetry.test.ts: `fleet alarms` and `fleet telemetry` on the tables that a stage has.
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { ALARM_KEYS, OPEN_ALARMS } from '@fleet/contract/alarm'
import { historyKey, TELEMETRY_KEYS } from '@fleet/contract/telemetry'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, NAMES, openTestStage } from './testing.ts'

const SERIAL = '10000000a1b2c3d4'
const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })
const key = ({ hash, range }: { readonly hash: string; readonly range: string }) => [{ AttributeName: hash, KeyType: 'HASH' as const }, { AttributeName: range, KeyType: 'RANGE' as const }]

async function stageWithTables() {
  const stage = await openTestStage()
  const db = new DynamoDBClient({ endpoint: stage.cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY })
  const [index, { history }] = [OPEN_ALARMS, TELEMETRY_KEYS]
  await db.send(new CreateTableCommand({ TableName: NAMES.telemetryTable, BillingMode: 'PAY_PER_REQUEST', KeySchema: key(history), AttributeDefinitions: [history.hash, history.range].map(text) }))
  await db.send(new CreateTableCommand({
    TableName: NAMES.alarmsTable,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: key(ALARM_KEYS),
    AttributeDefinitions: [...[ALARM_KEYS.hash, ALARM_KEYS.range, index.hash].map(text), { AttributeName: index.range, AttributeType: 'N' }],
    GlobalSecondaryIndexes: [{ IndexName: index.index, KeySchema: key(index), Projection: { ProjectionType: 'ALL' } }],
  }))
  const alarm = async (thing: string, receivedAt: number, state: 'raised' | 'cleared', more: Readonly<Record<string, { S: string }>> = {}) => {
    const open: Readonly<Record<string, { S: string }>> = state === 'raised' ? { open: { S: thing.slice(OPEN_ALARMS.digitAt) } } : {}
    await db.send(new PutItemCommand({ TableName: NAMES.alarmsTable, Item: { thing: { S: thing }, alarm: { S: 'offline' }, state: { S: state }, at: { S: new Date(receivedAt).toISOString() }, why: { S: 'x' }, receivedAt: { N: String(receivedAt) }, ...open, ...more } }))
  }
  const json = async (...args: readonly string[]) => {
    const { code, out, err } = await stage.fleet([...args, '--json'])
    expect(code, err).toBe(0)
    return JSON.parse(out) as readonly Record<string, unknown>[]
  }
  return { ...stage, db, alarm, json }
}

test('open alarms of a fleet are asked of their index, the newest first, whatever a device has made of its own; acknowledged is who says so', async () => {
  const stage = await stageWithTables()
  const { alarm, json, proxy } = stage
  for (const [index, digit] of OPEN_ALARMS.shards.entries()) await alarm(`1000000000000${digit}0${digit}`, 1000 + index, 'raised')
  await alarm(SERIAL, 5000, 'cleared')
  await alarm('1000000000000fff', 6000, 'raised', { alarm: { S: 'none of ours' } })
  proxy.calls.length = 0
  const open = await json('alarms', 'list')
  expect(open.map(({ receivedAt }) => receivedAt)).toEqual(OPEN_ALARMS.shards.map((_, index) => 1015 - index))
  expect(proxy.calls).toHaveLength(OPEN_ALARMS.shards.length)
  expect(await json('alarms', 'list', '--all')).toHaveLength(17)

  const serial = String(open[0]?.['thing'])
  await json('alarms', 'ack', serial, 'offline', '--by', 'ada')
  expect((await json('alarms', 'list'))[0]).toMatchObject({ thing: serial, acknowledged: { by: 'ada' } })
  await alarm(serial, 9000, 'raised')
  expect((await json('alarms', 'list'))[0]).not.toHaveProperty('acknowledged')
  expect(await stage.fleet(['alarms', 'ack', SERIAL, 'offline'])).toMatchObject({ code: 1, err: expect.stringContaining('ALARM_NOT_OPEN') })
})

test('a period has what a message tells of it that began long before, and nothing twice', async () => {
  const { db, json } = await stageWithTables()
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
  const batch = async (presses: readonly (readonly [number, number])[]) => {
    const [[first, firstHours] = [0, 0], [last] = [0]] = [presses[0], presses.at(-1)]
    const entries = presses.map(([number, hours]) => ({ M: { presses: { N: String(number) }, on: { BOOL: true }, at: { S: ago(hours) } } }))
    await db.send(new PutItemCommand({ TableName: NAMES.telemetryTable, Item: { thing: { S: SERIAL }, entry: { S: historyKey('button', ago(firstHours), first) }, kind: { S: 'button' }, certificateId: { S: 'c' }, receivedAt: { N: '1' }, expiresAt: { N: '2' }, firstAt: { S: ago(firstHours) }, firstSequence: { N: String(first) }, lastSequence: { N: String(last) }, sentAt: { S: ago(0) }, lost: { N: '0' }, entries: { L: entries } } }))
  }
  await batch([[1, 200], [2, 150]])
  await batch([[3, 100], [4, 60], [5, 1]])
  await batch([[5, 1], [6, 0.5]])
  const presses = async (since: string) => (await json('telemetry', SERIAL, '--since', since, '--kind', 'button')).map(({ entry }) => (entry as { presses: number }).presses)
  expect(await presses('2h')).toEqual([5, 6])
  expect(await presses('3d')).toEqual([4, 5, 6])
  expect(await presses('90d')).toEqual([1, 2, 3, 4, 5, 6])
})
