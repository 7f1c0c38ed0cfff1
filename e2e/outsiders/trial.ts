// e2e/outsiders/trial.ts: runs one suite and collects what it judged.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Judgement } from './fidelity/judgements.ts'
import type { Report } from './report.ts'
import type { Suite, Trial } from './suite.ts'
import { openTwin, type AnsweredCall, type Twin } from './twin.ts'

const USUAL_MS = 300_000 // ends what hangs

/** Resolves with nothing when the suite failed: it has judged nothing then. */
export async function runSuite(suite: Suite, report: Report): Promise<Judgement | undefined> {
  const startedMs = performance.now()
  const failedBefore = report.failures
  const folder = mkdtempSync(join(tmpdir(), `outsiders-${suite.name}-`))
  const twins: Twin[] = []
  const areas = new Map<string, Set<string>>()
  const checked = (what: string, why?: string) => report.checked(suite.name, what, why)
  const withinMs = suite.withinMs ?? USUAL_MS
  const patience = AbortSignal.timeout(withinMs)
  const trial: Trial = {
    folder,
    signal: patience,
    checked,
    async twin(options) {
      const twin = await openTwin(options)
      twins.push(twin)
      return twin
    },
    async check(what, body) {
      patience.throwIfAborted()
      try {
        await body()
        checked(what)
      } catch (error) {
        checked(what, explained(error))
      }
    },
    judged(area, what) {
      areas.set(area, (areas.get(area) ?? new Set()).add(what))
    },
  }
  let offers: Operations = {}
  try {
    await Promise.race([suite.run(trial), over(patience, withinMs)])
    offers = (await twins.at(-1)?.offers()) ?? {}
  } catch (error) {
    checked('the suite runs to its end', `${explained(error)}\nlast lines of the twin:\n${twins.at(-1)?.lastLog().slice(-20).join('\n') ?? 'none'}`)
  } finally {
    for (const twin of twins) {
      checked('the twin never failed inside', twin.trouble())
      await twin[Symbol.asyncDispose]()
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  report.ended(suite.name, (performance.now() - startedMs) / 1000)
  if (report.failures > failedBefore) return undefined
  const operations = operationsOf(twins, suite.userAgent, ({ status }) => status < 400)
  const refusals = without(operationsOf(twins, suite.userAgent, ({ service, operation }) => offers[service]?.includes(operation) === true), operations)
  return { suite: suite.name, judge: suite.judge, operations, ...(Object.keys(refusals).length > 0 ? { refusals } : {}), areas: sorted(areas) }
}

const over = (patience: AbortSignal, withinMs: number) =>
  new Promise<never>((_, reject) => patience.addEventListener('abort', () => reject(new Error(`it was not done after ${(withinMs / 1000).toFixed(0)} s`))))

type Operations = Judgement['operations']

/** Operations that this judge has asked for, by model. */
function operationsOf(twins: readonly Twin[], judge: RegExp | undefined, isWanted: (call: AnsweredCall) => boolean): Operations {
  const isJudges = (call: AnsweredCall) => judge?.test(call.userAgent) === true && isWanted(call)
  const names = twins.flatMap(({ calls }) => calls.filter(isJudges).map(({ service, operation }) => [service, operation] as const))
  const byModel = Map.groupBy(names, ([service]) => service)
  return Object.fromEntries([...byModel].sort(([one], [other]) => (one < other ? -1 : 1)).map(([model, found]) => [model, [...new Set(found.map(([, operation]) => operation))].sort()]))
}

const without = (all: Operations, some: Operations): Operations =>
  Object.fromEntries(Object.entries(all).map(([model, names]) => [model, names.filter((name) => some[model]?.includes(name) !== true)] as const).filter(([, names]) => names.length > 0))

const sorted = (areas: ReadonlyMap<string, ReadonlySet<string>>) => Object.fromEntries([...areas].sort(([one], [other]) => (one < other ? -1 : 1)).map(([area, whats]) => [area, [...whats].sort()]))

const explained = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
