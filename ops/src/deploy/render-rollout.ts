// ops/src/deploy/render-rollout.ts: how a rollout goes and ended, and which releases were deployed when.
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { History } from './history.ts'
import type { Rollout, Verdict } from './rollout.ts'
import type { Watched } from './watch.ts'

const MOST_NAMED = 3

/** One line, while it is under way. */
export function renderLook({ succeeded, failed, unhealthy, waiting }: Rollout): string {
  const total = succeeded + failed.length + waiting.length
  const bad = failed.length + unhealthy.length
  const named = waiting.slice(0, MOST_NAMED).join(', ')
  return `${succeeded} of ${total} devices have it${bad > 0 ? `, ${bad} failed` : ''}${waiting.length > 0 ? `; waiting for ${named}${waiting.length > MOST_NAMED ? ' …' : ''}` : ''}`
}

const SAYS: Readonly<Record<Verdict, (rollout: Rollout) => string>> = {
  healthy: ({ succeeded }) => `all ${succeeded} devices have it and are healthy`,
  offline: ({ succeeded, waiting }) => `${succeeded} devices have it and are healthy; ${waiting.length} are offline and get it when they connect`,
  failed: ({ succeeded, failed, unhealthy }) => `${failed.length + unhealthy.length} of ${succeeded + failed.length} devices could not take it`,
  stopped: ({ succeeded, failed, waiting }) => `the rollout has stopped: ${failed.length} failed, ${succeeded} have it, ${waiting.length} were not told`,
  'under way': ({ succeeded, waiting }) => `still under way: ${succeeded} devices have it, ${waiting.length} do not; the rollout goes on by itself`,
}

export function renderWatched({ verdict, rollout, failures }: Watched, paint: Paint): string {
  const isGood = verdict === 'healthy' || verdict === 'offline'
  const head = `${paint(isGood ? 'green' : verdict === 'under way' ? 'yellow' : 'red', 'rollout:')} ${SAYS[verdict](rollout)}`
  const lines = failures.map(({ serial, why }) => `  ${paint('red', 'failed')}  ${serial}  ${printable(why)}`)
  const next = isGood || verdict === 'under way' ? [] : ['Devices that failed have rolled back by themselves. To take it from the others: fleet deploy rollback']
  return [head, ...lines, ...next].join('\n')
}

export function renderHistory(history: History, now: Date, paint: Paint): string {
  if (history.length === 0) return 'No release was deployed yet. Next: fleet release publish, then fleet deploy'
  const rows = history.map(({ at, release, deploymentId }, index) => [at.slice(0, 19).replace('T', ' '), ago(new Date(at), now), index === 0 ? paint('green', release) : release, deploymentId])
  return table(['DEPLOYED (UTC)', 'AGO', 'RELEASE', 'DEPLOYMENT'], rows, paint)
}
