// e2e/outsiders/trial.ts: runs one suite and collects what it judged.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Judgement } from './fidelity/judgements.ts'
import type { Report } from './report.ts'
import type { Suite, Trial } from './suite.ts'
import { openTwin, type Twin } from './twin.ts'

/** Nothing is judged by a suite that failed. */
export async function runSuite(suite: Suite, report: Report): Promise<readonly Judgement[]> {
  const startedMs = performance.now()
  const failedBefore = report.failures
  const folder = mkdtempSync(join(tmpdir(), `outsiders-${suite.name}-`))
  const twins: Twin[] = []
  const areas = new Map<string, Set<string>>()
  const checked = (what: string, why?: string) => report.checked(suite.name, what, why)
  const trial: Trial = {
    folder,
    checked,
    async twin(options) {
      const twin = await openTwin(options)
      twins.push(twin)
      return twin
    },
    async check(what, body) {
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
  try {
    await suite.run(trial)
  } catch (error) {
    checked('the suite runs to its end', `${explained(error)}\nlast lines of the twin:\n${twins.at(-1)?.lastLog().slice(-20).join('\n') ?? 'none'}`)
  } finally {
    for (const twin of twins) {
      checked('the twin never failed inside', twin.trouble())
      await twin[Symbol.asyncDispose]()
    }
    rmSync(folder, { recursive: true, force: true })
  }
  report.ended(suite.name, (performance.now() - startedMs) / 1000)
  return report.failures > failedBefore ? [] : [{ suite: suite.name, judge: suite.judge, operations: answered(twins), areas: sorted(areas) }]
}

/** Operations that were answered with success at least once, by model. */
function answered(twins: readonly Twin[]): Judgement['operations'] {
  const names = new Set(twins.flatMap(({ calls }) => [...calls].filter(([, { answered: times }]) => times > 0).map(([name]) => name)))
  const byModel = Map.groupBy([...names].sort(), (name) => name.slice(0, name.indexOf(' ')))
  return Object.fromEntries([...byModel].map(([model, found]) => [model, found.map((name) => name.slice(model.length + 1))]))
}

const sorted = (areas: ReadonlyMap<string, ReadonlySet<string>>) => Object.fromEntries([...areas].sort().map(([area, whats]) => [area, [...whats].sort()]))

const explained = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
