// ops/src/cost/estimate.test.ts: the model against a published estimate, and ours against it.
import { expect, test } from 'vitest'
import { keptTelemetry, ownDesign, USUAL } from './designs.ts'
import { bill, estimate, SERVICES, total, type Bill } from './estimate.ts'
import { PRICES } from './prices.ts'
import { usageOf, type Fleet } from './usage.ts'

const FLEET: Fleet = { devices: 100, messagesPerMinute: 1, messageKb: 10 }
const OURS = ownDesign({ reportKb: 0.5, batch: 1, logsKeptDays: 30, components: 2 })

/** Cents, as the estimate tells them. */
const cents = (each: Bill) => Object.fromEntries(SERVICES.map((service) => [service, Number(each[service].toFixed(2))]))

test('100 devices, one message of 10 kB a minute: the published estimate, service by service', () => {
  const usual = bill(usageOf(FLEET, USUAL), PRICES)
  expect(cents(usual)).toEqual({ 'IoT Core': 14.09, Greengrass: 18.52, 'Device Defender': 0.13, 'Device Management': 0, S3: 0.06, DynamoDB: 0, Firehose: 0, ECR: 5, Lambda: 2.65, 'CloudWatch Logs': 0, CloudWatch: 0, KMS: 0 })
  expect(Object.values(cents(usual)).reduce((sum, each) => sum + each, 0)).toBeCloseTo(40.45, 6) // it adds what it has rounded
  expect(Math.abs(total(usual) - 40.45)).toBeLessThan(0.01)
})

test('ours is cheaper for the same telemetry, and the savings add up to the difference', () => {
  const { usual, ours, savings } = estimate(FLEET, { usual: USUAL, ours: OURS }, PRICES)
  expect(total(ours)).toBeLessThan(total(usual))
  expect(savings.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(total(usual) - total(ours), 9)
  expect(savings.map(({ by, usd }) => [by, Math.sign(usd)])).toEqual([
    ['basic ingest instead of messages through the broker', 1],
    ['a rule that writes by itself instead of a function for each message', 1],
    ['only what has changed is reported', 1],
    ['shadows, the fleet index, and alarms of lost connections', -1],
    ['every report is kept in CloudWatch Logs', -1],
    ['lifecycle rules of images and objects', 1],
    ['a key of its own for the secrets in the stack’s state', -1],
    ['alarms, a dashboard, and counters of what goes wrong', -1],
  ])
})

test('every message in full into CloudWatch Logs would be dearer than the usual way: the estimate does not hide it', () => {
  const inFull = estimate(FLEET, { usual: USUAL, ours: { ...OURS, reportKb: Infinity } }, PRICES)
  expect(inFull.ours['CloudWatch Logs']).toBeGreaterThan(25)
  expect(total(inFull.ours)).toBeGreaterThan(total(inFull.usual))
})

test.each<[number, number]>([
  [0.1, 1],
  [5.12, 1],
  [5.13, 2],
  [10, 2],
  [128, 25],
])('a message of %d kB is metered as %d', (messageKb, metered) => {
  const { messages, rulesTriggered, connectionMinutes } = usageOf({ devices: 1, messagesPerMinute: 1, messageKb }, USUAL)
  expect([messages / connectionMinutes, rulesTriggered]).toEqual([metered, messages])
})

test('a batch is one message, as long as all that is in it', () => {
  const { watched: _, ...design } = OURS
  const single = usageOf(FLEET, { ...design, reportKb: 1 })
  const batched = usageOf(FLEET, { ...design, reportKb: 1, batch: 5 })
  expect(batched.rulesTriggered).toBeCloseTo(single.rulesTriggered / 5)
  expect(batched.logsGbTaken).toBeLessThan(single.logsGbTaken)
  expect(usageOf(FLEET, { ...design, reportKb: 1, batch: 6 }).rulesTriggered).toBeCloseTo(single.rulesTriggered / 3)
})

test('a fleet that says nothing costs its devices and its connections', () => {
  const { messages, ruleActions, lambdaRequests, logsGbTaken } = usageOf({ ...FLEET, messagesPerMinute: 0 }, USUAL)
  expect([messages, ruleActions, lambdaRequests, logsGbTaken]).toEqual([0, 0, 0, 0])
})

test('1,000 devices whose health is kept: each batch triggers one rule with four actions, and is two items of a table', () => {
  const usage = usageOf({ devices: 1000, messagesPerMinute: 1, messageKb: 1 }, { ...OURS, kept: keptTelemetry({ days: 30, archiveDays: 365, healthSeconds: 300 }) })
  const without = usageOf({ devices: 1000, messagesPerMinute: 1, messageKb: 1 }, OURS)
  const batches = 1000 * 12 * 730
  expect(usage.rulesTriggered - without.rulesTriggered).toBeCloseTo(batches, 3)
  expect(usage.ruleActions - without.ruleActions).toBeCloseTo(4 * batches, 3)
  expect(usage.tableWrites - without.tableWrites).toBeCloseTo(2 * batches, 3)
  expect(without).toMatchObject({ tableGb: 0, streamGb: 0, archiveGb: 0 })
})

test('1,000 devices that are watched: each write of a shadow updates the index, each loss is two rules, the registry and four writes', () => {
  const { watched, ...unwatched } = OURS
  const [fleet, days] = [{ devices: 1000, messagesPerMinute: 1, messageKb: 1 }, 730 / 24]
  const [usage, without] = [usageOf(fleet, OURS), usageOf(fleet, unwatched)]
  expect(watched).toEqual({ shadowWritesPerDay: 20, lossesPerDay: 1, consoleHoursPerDay: 8 })
  expect(usage.indexUpdates).toBeCloseTo(1000 * 22 * days, 6)
  expect(usage.shadowOperations).toBeCloseTo(1000 * 22 * days, 6)
  expect(usage.rulesTriggered - without.rulesTriggered).toBeCloseTo(2 * 1000 * days, 4)
  expect(usage.ruleActions - without.ruleActions).toBeCloseTo(5 * 1000 * days, 4)
  expect(usage.tableWrites).toBeCloseTo(4 * 1000 * days, 6)
  expect(usage.indexSearches).toBeCloseTo(8 * 60 * 10 * days, 6)
  expect(bill(usage, PRICES)['Device Management']).toBeCloseTo(2.236, 3)
})
