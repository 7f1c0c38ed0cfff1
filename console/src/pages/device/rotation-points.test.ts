// console/src/pages/device/rotation-points.test.ts: a rotation as a chart, from what the job tells of it.
import { expect, test } from 'vitest'
import type { RotationState } from '../../cloud/rotation.ts'
import { reached, rotationPoints } from './rotation-points.ts'

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000)
const state = (changes: Partial<RotationState>): RotationState => ({ jobId: 'rotate-a-1', status: 'IN_PROGRESS', step: undefined, reason: undefined, queuedAt: at(0), startedAt: at(2), changedAt: at(2), ...changes })
const points = (seen: readonly RotationState[], now: number) => rotationPoints(seen, at(now).getTime()).map((point) => [(point.at - at(0).getTime()) / 1000, point.value])

test.each<[string, readonly RotationState[], number, (readonly [number, number])[]]>([
  ['nothing is known', [], 9, []],
  ['it waits for the device', [state({ status: 'QUEUED', startedAt: undefined, changedAt: at(0) })], 9, [[0, 0], [9, 0]]],
  ['the device works on it', [state({}), state({ step: 'key-made', changedAt: at(3) }), state({ step: 'signed', changedAt: at(5) })], 9, [[0, 0], [2, 0], [2, 0], [3, 1], [5, 2], [9, 2]]],
  ['it is over, and only its end was seen', [state({ status: 'SUCCEEDED', step: 'done', changedAt: at(7) })], 9, [[0, 0], [2, 0], [7, 4]]],
  ['it went back', [state({ step: 'proven', changedAt: at(4) }), state({ status: 'FAILED', step: 'rolled-back', changedAt: at(8) })], 9, [[0, 0], [2, 0], [4, 3], [8, 0]]],
])('%s', (_case, seen, now, expected) => {
  expect(points(seen, now)).toEqual(expected)
})

test.each<[Partial<RotationState>, number]>([
  [{ step: undefined }, 0],
  [{ step: 'key-made' }, 1],
  [{ step: 'proven' }, 3],
  [{ status: 'SUCCEEDED', step: 'proven' }, 4],
  [{ status: 'TIMED_OUT', step: 'signed' }, 0],
])('%o has %i steps behind it', (changes, expected) => {
  expect(reached(state(changes))).toBe(expected)
})
