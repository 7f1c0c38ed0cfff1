// ops/src/cost/render.test.ts: what `fleet cost` prints.
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import { ownDesign, USUAL } from './designs.ts'
import { estimate, total } from './estimate.ts'
import { EVIDENCE, PRICES, pricesThatAre } from './prices.ts'
import { renderCost, type Cost } from './render.ts'

const FLEET = { devices: 100, messagesPerMinute: 1, messageKb: 10 }
const result = estimate(FLEET, { usual: USUAL, ours: ownDesign({ reportKb: 0.5, batch: 1, logsKeptDays: 30, components: 2 }) }, PRICES)
const COST: Cost = { ...FLEET, ...result, currency: 'USD', prices: { region: 'eu-central-1', asOf: '2026-11-21', evidence: EVIDENCE }, stageRegion: 'eu-central-1', total: { usual: total(result.usual), ours: total(result.ours) } }

test('each service, the total, and what is saved by what', () => {
  const text = renderCost(COST, plain)
  expect(text).toMatch(/^100 devices, 1 message a minute of 10 kB: USD a month, list prices assumed for eu-central-1 on 2026-11-21\n\nSERVICE +USUAL +OURS\n/)
  expect(text).toMatch(/\nIoT Core +14\.09 +2\.10\nGreengrass +18\.52 +18\.52\n/)
  expect(text).toMatch(/\ntotal +40\.44 +\d\d\.\d\d\n/)
  expect(text).toContain('−10.51  basic ingest')
  expect(text).toMatch(/\+\d\.\d\d {2}every report is kept in CloudWatch Logs/)
})

test('prices of another region than the stage’s are told as such', () => {
  expect(renderCost({ ...COST, stageRegion: 'eu-west-1' }, plain)).toContain('the stage is in eu-west-1, where they differ')
})

test('it says which prices nobody has seen printed, and each price says what it rests on', () => {
  expect(renderCost(COST, plain)).toMatch(/No price was read on a page of AWS for eu-central-1\.[^]*Not verified: shadowOperation, s3Gb, logsGbTaken, logsGbKept, tableWrite, tableRead, tableGb, streamGb\./)
  expect(renderCost(COST, plain)).toContain('Not counted, since free for good at this size: the console')
  const { region: _region, asOf: _asOf, ...prices } = PRICES
  expect((['fitted', 'elsewhere', 'unverified'] as const).flatMap(pricesThatAre).sort()).toEqual(Object.keys(prices).sort())
})
