// ops/src/allowlist/render.test.ts: a plan and its outcome as the operator reads them.
import { FleetError } from '@fleet/contract/errors'
import { expect, test } from 'vitest'
import { plain } from '../shell/paint.ts'
import type { Change } from './plan.ts'
import type { ReconcilePlan } from './reconcile.ts'
import { reconciledJson, renderPlan, renderReconciled } from './render.ts'

const changes: Change[] = [
  { action: 'suspend', serial: 'aaaa', why: 'no longer on the list', isActive: true },
  { action: 'purge', serial: 'bbbbbb', why: 'not on the list', isActive: false },
  { action: 'heal', serial: 'cccc', why: 'back on the list', isActive: false },
  { action: 'admit', serial: 'dddd', why: 'on the list; joins when it asks', isActive: false },
]
const plan: ReconcilePlan = { file: 'allowlist.txt', uploads: true, changes, unchanged: 7, active: 8, listed: 9 }

test('a plan', () => {
  expect(renderPlan(plan, plain)).toBe(`allowlist.txt: 9 serial numbers, not yet what the cloud has
- suspend aaaa    no longer on the list
-- purge  bbbbbb  not on the list
~ heal    cccc    back on the list
+ admit   dddd    on the list; joins when it asks

1 to admit, 1 to heal, 1 to suspend, 1 to purge, 7 unchanged`)
  expect(renderPlan({ ...plan, uploads: false, changes: [], listed: 1 }, plain)).toBe('allowlist.txt: 1 serial number, the same in the cloud\n0 to admit, 0 to heal, 0 to suspend, 0 to purge, 7 unchanged')
})

test('what became of it: who failed, and why', () => {
  const failure = new FleetError('ACCESS_DENIED', 'your credentials may not call UpdateCertificate', 'x', { cause: new Error('iot:UpdateCertificate') })
  const outcomes = changes.slice(0, 3).map((change, i) => (i === 0 ? { change, failure } : { change }))
  expect(renderReconciled({ plan, approved: true, outcomes }, plain)).toBe(`failed: - suspend aaaa: your credentials may not call UpdateCertificate (iot:UpdateCertificate) [ACCESS_DENIED]
1 failed: list uploaded, 1 healed, 0 suspended, 1 purged, 7 unchanged, 1 may join`)
  expect(reconciledJson({ plan, approved: true, outcomes })).toMatchObject({ done: [{ action: 'purge', serial: 'bbbbbb' }, { action: 'heal' }], failed: [{ serial: 'aaaa', code: 'ACCESS_DENIED' }] })
  expect(renderReconciled({ plan, approved: false, outcomes: [] }, plain)).toBe('Nothing was changed.')
})
