// ops/src/cost/run.ts: `fleet cost`.
import { COMPONENTS } from '@fleet/contract/names'
import type { Stage } from '@fleet/contract/stage'
import { EXIT } from '../shell/exit-code.ts'
import type { Invocation } from '../shell/invocation.ts'
import { show } from '../shell/shell.ts'
import { readStageFile } from '../stack/stage-file.ts'
import { REPOSITORY } from '../target/repository.ts'
import { keptTelemetry, ownDesign, USUAL } from './designs.ts'
import { estimate, total } from './estimate.ts'
import { EVIDENCE, PRICES } from './prices.ts'
import { renderCost, type Cost } from './render.ts'

export interface CostOptions {
  readonly devices: number
  readonly messagesPerMinute: number
  readonly messageKb: number
  readonly reportKb: number
  readonly batch: number
}

export function runCost({ shell, options }: Invocation<CostOptions>) {
  show(shell, costOf(readStageFile(REPOSITORY, options.stage).stage, options), renderCost)
  return Promise.resolve(EXIT.done)
}

/** Of a month, by the settings of the stage. */
export function costOf(stage: Pick<Stage, 'region' | 'logRetentionDays' | 'telemetry'>, { devices, messagesPerMinute, messageKb, reportKb, batch }: CostOptions): Cost {
  const fleet = { devices, messagesPerMinute, messageKb }
  const ours = ownDesign({ reportKb, batch, logsKeptDays: stage.logRetentionDays, components: COMPONENTS.length, kept: keptTelemetry(stage.telemetry) })
  const result = estimate(fleet, { usual: USUAL, ours }, PRICES)
  return { ...fleet, prices: { region: PRICES.region, asOf: PRICES.asOf, evidence: EVIDENCE }, stageRegion: stage.region, currency: 'USD', ...result, total: { usual: total(result.usual), ours: total(result.ours) } }
}
