// ops/src/cost/render.ts: an estimate as a table, and what each choice saves.
import type { Paint } from '../shell/paint.ts'
import { table } from '../shell/table.ts'
import { SERVICES, type Estimate } from './estimate.ts'
import { pricesThatAre, type Evidence, type Price } from './prices.ts'
import type { Fleet } from './usage.ts'

export interface Cost extends Fleet, Estimate {
  readonly currency: 'USD'
  readonly prices: { readonly region: string; readonly asOf: string; readonly evidence: Readonly<Record<Price, Evidence>> }
  readonly stageRegion: string
  /** A month. */
  readonly total: { readonly usual: number; readonly ours: number }
}

export function renderCost({ devices, messagesPerMinute, messageKb, usual, ours, total, savings, prices, stageRegion }: Cost, paint: Paint): string {
  const width = money(Math.max(total.usual, total.ours, ...savings.map(({ usd }) => Math.abs(usd)))).length + 1
  const amount = (usd: number) => money(usd).padStart(width)
  const rows = SERVICES.filter((service) => usual[service] !== 0 || ours[service] !== 0).map((service) => [service, amount(usual[service]), amount(ours[service])])
  const other = stageRegion === prices.region ? '' : `; the stage is in ${stageRegion}, where they differ`
  return [
    `${devices} devices, ${messagesPerMinute} ${messagesPerMinute === 1 ? 'message' : 'messages'} a minute of ${messageKb} kB: USD a month, list prices assumed for ${prices.region} on ${prices.asOf}${other}`,
    '',
    table(['SERVICE', 'USUAL'.padStart(width), 'OURS'.padStart(width)], [...rows, [paint('bold', 'total'), amount(total.usual), paint('bold', amount(total.ours))]], paint),
    '',
    ...savings.map(({ by, usd }) => `${paint(usd > 0 ? 'green' : 'yellow', `${usd > 0 ? '−' : '+'}${money(Math.abs(usd))}`.padStart(width))}  ${by}`),
    '',
    ...reliability(prices.region).map((line) => paint('dim', line)),
  ].join('\n')
}

/** What nobody has seen printed must not look as if somebody had. */
const reliability = (region: string): string[] => [
  `No price was read on a page of AWS for ${region}. Fitted to a published estimate: ${pricesThatAre('fitted').join(', ')}.`,
  `Printed for another region: ${pricesThatAre('elsewhere').join(', ')}. Not verified: ${pricesThatAre('unverified').join(', ')}.`,
  'Not counted, since free for good at this size: the console (CloudFront: 1 TB and 10 million requests a month; Cognito: 10,000 people a month).',
  'Compare with https://calculator.aws before a decision hangs on them; ops/src/cost/prices.ts names the sources.',
]

const money = (usd: number): string => usd.toFixed(2)
