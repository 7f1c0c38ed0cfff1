// packages/contract/src/alarm.test.ts: what is read of an alarm's item, and what of it a device or a person may have said.
import { expect, test } from 'vitest'
import { acknowledging, acknowledgingAttributes, alarmIn, OPEN_ALARMS } from './alarm.ts'

const ITEM = { thing: '10000000a1b2c3d4', alarm: 'too-hot', receivedAt: 1, state: 'raised', at: '2026-11-21T10:00:00.000Z', why: 'hot', open: '4' }

test('of several who have acknowledged it the first is told', () => {
  expect(alarmIn(ITEM)?.acknowledged).toBeUndefined()
  const seen = { 'acknowledgedBy:olga': '2026-11-21T10:02:00.000Z', 'acknowledgedBy:ada: of night': '2026-11-21T10:01:00.000Z', 'acknowledgedBy:eve': 7 }
  expect(alarmIn({ ...ITEM, ...seen })?.acknowledged).toEqual({ by: 'ada: of night', at: '2026-11-21T10:01:00.000Z' })
})

test('what is no alarm is left out, and does not hide the others', () => {
  expect(alarmIn({ ...ITEM, alarm: 'other' })).toBeUndefined()
  expect(alarmIn({ ...ITEM, why: null })).toBeUndefined()
})

test('an acknowledgement names no attribute but those that are granted', () => {
  const { Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames } = acknowledging({ thing: ITEM.thing, alarm: 'too-hot', receivedAt: 1 }, { by: 'ada', at: new Date(0) })
  const named = [...`${UpdateExpression} ${ConditionExpression}`.matchAll(/#?\b[a-z]\w+/g)].map(([name]) => (ExpressionAttributeNames as Record<string, string>)[name] ?? name)
  for (const name of [...Object.keys(Key), ...Object.values(ExpressionAttributeNames), 'receivedAt']) expect(acknowledgingAttributes('ada')).toContain(name)
  expect(named).toContain('receivedAt')
})

test('a serial number is in the shard of its last digit', () => {
  expect(OPEN_ALARMS.shards).toContain(ITEM.thing.slice(OPEN_ALARMS.digitAt))
})
