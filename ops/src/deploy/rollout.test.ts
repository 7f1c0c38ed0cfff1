// ops/src/deploy/rollout.test.ts: what is made of a job and its devices: under way, healthy, failed, stopped.
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import { before, type RolledBack } from './rollback.ts'
import { renderHistory, renderLook, renderWatched } from './render-rollout.ts'
import { osUpdatesOf, wishedUpdate, type Standing } from './os-updates.ts'
import { rolloutOf, verdictOn, type ExecutionStatus, type Look, type Verdict } from './rollout.ts'

const look = (statuses: Readonly<Record<string, ExecutionStatus | 'untold'>>, more: Partial<Look> = {}): Look => ({
  members: Object.keys(statuses),
  executions: new Map(Object.entries(statuses).flatMap(([serial, status]) => (status === 'untold' ? [] : [[serial, status]]))),
  isCanceled: false,
  unhealthy: new Set(),
  ...more,
})

test.each<[string, Look, readonly string[], Verdict]>([
  ['no device at all', look({}), [], 'healthy'],
  ['all have it', look({ a: 'SUCCEEDED', b: 'SUCCEEDED' }), [], 'healthy'],
  ['one is not told yet', look({ a: 'SUCCEEDED', b: 'untold' }), [], 'under way'],
  ['one works on it', look({ a: 'SUCCEEDED', b: 'IN_PROGRESS' }), [], 'under way'],
  ['the one that is left is offline', look({ a: 'SUCCEEDED', b: 'QUEUED' }), ['b'], 'offline'],
  ['one is offline, one works on it', look({ a: 'IN_PROGRESS', b: 'QUEUED' }), ['b'], 'under way'],
  ['one failed, one works on it', look({ a: 'FAILED', b: 'IN_PROGRESS' }), [], 'under way'],
  ['one failed', look({ a: 'SUCCEEDED', b: 'FAILED' }), [], 'failed'],
  ['one failed, one is offline', look({ a: 'FAILED', b: 'QUEUED' }), ['b'], 'failed'],
  ['one took it and broke', look({ a: 'SUCCEEDED', b: 'SUCCEEDED' }, { unhealthy: new Set(['b']) }), [], 'failed'],
  ['one that is unhealthy works on it: the release may heal it', look({ a: 'IN_PROGRESS' }, { unhealthy: new Set(['a']) }), [], 'under way'],
  ['stopped, whoever is left', look({ a: 'FAILED', b: 'CANCELED', c: 'IN_PROGRESS' }, { isCanceled: true }), [], 'stopped'],
  ['one was taken out of the group, and its execution removed', look({ a: 'SUCCEEDED', b: 'REMOVED' }), [], 'healthy'],
])('%s', (...[, seen, offline, expected]) => {
  expect(verdictOn(rolloutOf(seen), (serial) => offline.includes(serial))).toBe(expected)
})

const updated = (standings: Readonly<Record<string, [state: Standing['state'], id?: string]>>) =>
  osUpdatesOf('2026-11', Object.keys(standings), new Map(Object.entries(standings).flatMap(([serial, [state, id = '2026-11']]) => (id === '' ? [] : [[serial, { id, state, ...(state === 'failed' && { why: 'the mirror does not answer' }) }]]))))

test.each<[string, Parameters<typeof updated>[0], readonly string[], Verdict]>([
  ['all have updated', { a: ['done'], b: ['done'] }, [], 'healthy'],
  ['one has not begun', { a: ['done'], b: ['asked', ''] }, [], 'under way'],
  ['one has done a former one', { a: ['done'], b: ['done', '2026-10'] }, [], 'under way'],
  ['one waits', { a: ['done'], b: ['waiting'] }, [], 'under way'],
  ['one failed, one is at it', { a: ['failed'], b: ['updating'] }, [], 'under way'],
  ['one failed', { a: ['done'], b: ['failed'] }, [], 'not updated'],
  ['one was switched off in the middle', { a: ['done'], b: ['updating'] }, ['b'], 'offline'],
  ['one failed, one was switched off', { a: ['failed'], b: ['updating'] }, ['b'], 'not updated'],
  ['one reboots', { a: ['done'], b: ['rebooting'] }, ['b'], 'under way'],
])('all have the deployment, and of its update of the operating system: %s', (...[, standings, offline, expected]) => {
  const rollout = { ...rolloutOf(look({ a: 'SUCCEEDED', b: 'SUCCEEDED' })), osUpdates: updated(standings) }
  expect(verdictOn(rollout, (serial) => offline.includes(serial))).toBe(expected)
})

test('an update that failed is named with its reason, and nobody is told that the fleet is healthy', () => {
  const rollout = { ...rolloutOf(look({ a: 'SUCCEEDED', b: 'SUCCEEDED' })), osUpdates: updated({ a: ['done'], b: ['failed'] }) }
  expect(renderLook(rollout, [], plain)).toMatch(/^2 of 2 devices have it; OS update 2026-11: 1 done, 1 failed\n.*\nb +OS update failed +the mirror does not answer$/)
  const ended = renderWatched({ deploymentId: 'x', verdict: 'not updated', rollout, failures: [] }, plain)
  expect(ended).toMatch(/^rollout: .*the operating system of 1 was not updated[^]*OS update 2026-11: 1 done, 1 failed\n {2}OS update failed {2}b {2}the mirror does not answer\n/)
  expect(ended).not.toMatch(/healthy|rolled back/)
})

test.each<[string, string | undefined, string | undefined]>([
  ['an id', '{"id":"2026-11","reboot":"never"}', '2026-11'],
  ['none', '{"id":"","reboot":"never"}', undefined],
  ['no settings', undefined, undefined],
])('a deployment wishes the update of its settings: %s', (...[, merge, expected]) => {
  expect(wishedUpdate({ 'fleetwright.os-update': { componentVersion: '1.0.0', ...(merge !== undefined && { configurationUpdate: { merge } }) } })).toBe(expected)
})

test('one line while it goes on, and the end with what failed and why, without what could disturb a terminal', () => {
  const rollout = rolloutOf(look({ a: 'SUCCEEDED', b: 'FAILED', c: 'QUEUED', d: 'IN_PROGRESS', e: 'QUEUED', f: 'untold' }))
  const failures = [{ serial: 'b', why: 'FAILED_ROLLBACK_COMPLETE: led in broken state\u001b[2J' }]
  const live = renderLook(rollout, failures, plain)
  expect(live).toMatch(/^1 of 6 devices have it, 1 failed, 1 working on it, 2 told, 1 not told yet\nDEVICE +STATE +WHY\nb +failed +FAILED_ROLLBACK_COMPLETE: led in broken state.*\nd +working\nc +told\ne +told$/)
  expect(live).not.toContain('\u001b')
  expect(renderLook(rolloutOf(look({ a: 'SUCCEEDED' })), [], plain)).toBe('1 of 1 devices have it')
  const ended = renderWatched({ deploymentId: 'x', verdict: 'stopped', rollout, failures }, plain)
  expect(ended).not.toContain('\u001b')
  expect(ended).toMatch(/^rollout: the rollout has stopped: 1 failed, 1 have it, 4 were not told\n {2}failed {2}b {2}FAILED_ROLLBACK_COMPLETE: led in broken state.*\nDevices that failed have rolled back/)
})

const deployed = (...releases: readonly string[]) => releases.map((release, index) => ({ at: `2026-11-${20 - index}T12:00:00.000Z`, release, deploymentId: `d${index}` }))

test.each<[string, readonly string[], string, RolledBack['to'] | undefined]>([
  ['the one before', ['c', 'b', 'a'], 'c', 'b'],
  ['the same one deployed twice is no other', ['c', 'c', 'a'], 'c', 'a'],
  ['after a rollback, the one before that', ['b', 'c', 'b', 'a'], 'b', 'c'],
  ['a release that was never deployed', ['b', 'a'], 'x', 'b'],
  ['none', ['a'], 'a', undefined],
])('rollback goes to %s', (...[, history, current, expected]) => {
  expect(before(deployed(...history), current)).toBe(expected)
})

test('the history, newest first', () => {
  expect(renderHistory(deployed('b', 'a'), new Date('2026-11-20T13:00:00Z'), plain)).toMatch(/2026-11-20 12:00:00 .* b +d0\n2026-11-19 12:00:00 .* a +d1/)
  expect(renderHistory([], new Date(), plain)).toContain('No release was deployed yet')
})
