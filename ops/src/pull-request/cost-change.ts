// ops/src/pull-request/cost-change.ts: what a stage costs a month as it is, and as a checkout would make it.
import type { Plan } from '../allowlist/plan.ts'
import { keptTelemetry, ownDesign } from '../cost/designs.ts'
import { bill, total, type Bill } from '../cost/estimate.ts'
import { PRICES } from '../cost/prices.ts'
import { usageOf, type KeptTelemetry } from '../cost/usage.ts'
import type { ReleasePlan } from '../release/publish-release.ts'
import type { Target } from '../target/target.ts'

export interface Size {
  readonly devices: number
  /** With images of their own. */
  readonly components: number
  readonly logsKeptDays: number
}

export interface Costed extends Size {
  readonly bill: Bill
  /** USD a month. */
  readonly total: number
}

export interface CostChange {
  readonly before: Costed
  readonly after: Costed
}

export interface Known {
  readonly allowlist: Plan
  readonly release: ReleasePlan
  /** Undefined: there is no stack yet. */
  readonly logsKeptDays: number | undefined
}

/** What `fleet cost` takes when nothing else is said; only what a pull request can change differs. */
const TELEMETRY = { messagesPerMinute: 1, messageKb: 10 } as const
const REPORTS = { reportKb: 0.5, batch: 1 } as const

export function costChange({ stage }: Target, { allowlist, release: { steps }, logsKeptDays }: Known): CostChange {
  const kept = keptTelemetry(stage.telemetry) // as this checkout has it, in both: what a stack keeps now is written nowhere in one place
  const components = (without: 'add' | 'remove') => steps.filter(({ action }) => action !== without).length
  return {
    before: costed({ devices: allowlist.active, components: components('add'), logsKeptDays: logsKeptDays ?? 0 }, logsKeptDays === undefined ? undefined : kept),
    after: costed({ devices: allowlist.listed, components: components('remove'), logsKeptDays: stage.logRetentionDays }, kept),
  }
}

function costed(size: Size, kept: KeptTelemetry | undefined): Costed {
  const design = ownDesign({ ...REPORTS, logsKeptDays: size.logsKeptDays, components: size.components, ...(kept && { kept }) })
  const costs = bill(usageOf({ ...TELEMETRY, devices: size.devices }, design), PRICES)
  return { ...size, bill: costs, total: total(costs) }
}
