// ops/src/deploy/render-rollout.ts: how a rollout goes and ended, and which releases were deployed when.
import { ago } from '../shell/ago.ts'
import type { Paint } from '../shell/paint.ts'
import { printable, table } from '../shell/table.ts'
import type { History } from './history.ts'
import type { OsUpdates } from './os-updates.ts'
import type { Rollout, Verdict } from './rollout.ts'
import type { FailedDevice, Watched } from './watch.ts'

/** Rows of the live table: it must fit on the smallest terminal. */
const MOST_FAILED = 4
const MOST_WORKING = 6
/** At the end: as many as of those that could not take the release. */
const MOST_TOLD = 10

/** While it is under way: one line, and below it, for a terminal, the devices that something happens on. */
export function renderLook(rollout: Rollout, failures: readonly FailedDevice[], paint: Paint): string {
  const { succeeded, failed, unhealthy, waiting, working, untold, osUpdates } = rollout
  const total = succeeded + failed.length + waiting.length
  const told = waiting.length - working.length - untold.length
  const counts: [number, string][] = [[failed.length + unhealthy.length, 'failed'], [working.length, 'working on it'], [told, 'told'], [untold.length, 'not told yet']]
  const line = [`${succeeded} of ${total} devices have it`, ...counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)].join(', ') + (osUpdates ? `; ${updatesText(osUpdates)}` : '')
  const isTold = new Set([...working, ...untold])
  const rows = [
    ...failures.slice(0, MOST_FAILED).map(({ serial, why }) => [serial, 'failed', printable(why)]),
    ...(osUpdates?.failed ?? []).slice(0, MOST_FAILED).map(({ serial, why }) => [serial, 'OS update failed', printable(why)]),
    ...[...working.map((serial) => [serial, 'working', '']), ...waiting.filter((serial) => !isTold.has(serial)).map((serial) => [serial, 'told', ''])].slice(0, MOST_WORKING),
  ]
  return rows.length === 0 ? line : `${line}\n${table(['DEVICE', 'STATE', 'WHY'], rows, paint)}`
}

const updatesText = ({ id, done, failed, open }: OsUpdates): string =>
  [`OS update ${id}: ${done.length} done`, ...(failed.length > 0 ? [`${failed.length} failed`] : []), ...(open.length > 0 ? [`${open.length} not finished`] : [])].join(', ')

const SAYS: Readonly<Record<Verdict, (rollout: Rollout) => string>> = {
  healthy: ({ succeeded }) => `all ${succeeded} devices have it and are healthy`,
  offline: ({ succeeded, waiting, osUpdates }) => `${succeeded} devices have it and are healthy; ${waiting.length + (osUpdates?.open.length ?? 0)} are offline and ${waiting.length > 0 ? 'get it' : 'go on'} when they connect`,
  failed: ({ succeeded, failed, unhealthy }) => `${failed.length + unhealthy.length} of ${succeeded + failed.length} devices could not take it`,
  stopped: ({ succeeded, failed, waiting }) => `the rollout has stopped: ${failed.length} failed, ${succeeded} have it, ${waiting.length} were not told`,
  'under way': ({ succeeded, waiting }) => `still under way: ${succeeded} devices have it, ${waiting.length} do not; the rollout goes on by itself`,
  'not updated': ({ succeeded, osUpdates }) => `all ${succeeded} devices that are connected have it and run it, but the operating system of ${osUpdates?.failed.length ?? 0} was not updated; they try again by themselves`,
}

export function renderWatched({ verdict, rollout, failures }: Watched, paint: Paint): string {
  const isGood = verdict === 'healthy' || verdict === 'offline'
  const head = `${paint(isGood ? 'green' : verdict === 'under way' ? 'yellow' : 'red', 'rollout:')} ${SAYS[verdict](rollout)}`
  const lines = failures.map(({ serial, why }) => `  ${paint('red', 'failed')}  ${serial}  ${printable(why)}`)
  const updates = rollout.osUpdates ? [`  ${updatesText(rollout.osUpdates)}`, ...rollout.osUpdates.failed.slice(0, MOST_TOLD).map(({ serial, why }) => `  ${paint('red', 'OS update failed')}  ${serial}  ${printable(why)}`)] : []
  const next = isGood || verdict === 'under way' ? [] : verdict === 'not updated' ? ['How each stands: fleet status. Another look: fleet deploy --watch'] : ['Devices that failed have rolled back by themselves. To have them try again: fleet deploy retry; to take it from the others: fleet deploy rollback']
  return [head, ...lines, ...updates, ...next].join('\n')
}

export function renderHistory(history: History, now: Date, paint: Paint): string {
  if (history.length === 0) return 'No release was deployed yet. Next: fleet release publish, then fleet deploy'
  const rows = history.map(({ at, release, deploymentId }, index) => [at.slice(0, 19).replace('T', ' '), ago(new Date(at), now), index === 0 ? paint('green', release) : release, deploymentId])
  return table(['DEPLOYED (UTC)', 'AGO', 'RELEASE', 'DEPLOYMENT'], rows, paint)
}
