// ops/src/rotate/rotate.test.ts: who is asked to rotate, and how a rotation is told.
import { rotationJobId } from '@fleet/contract/rotation-job'
import { expect, test } from 'vitest'
import { planRotations } from './plan.ts'
import { renderPlan, renderRotations } from './render.ts'
import { hasEnded, latestRotation, rotationStatus } from './rotation-status.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)
const certificate = (letter: string, days: number, status = 'ACTIVE') => ({ certificateId: letter.repeat(64), status, createdAt: daysAgo(days) })
const plain = (_colour: string, text: string) => text

test('the oldest active certificate names the job; the suspended, the young and those without one are left', () => {
  const devices = [
    { serial: 'aaaa', isSuspended: false, certificates: [certificate('a', 10), certificate('b', 200), certificate('c', 400, 'INACTIVE')] },
    { serial: 'bbbb', isSuspended: true, certificates: [certificate('d', 400)] },
    { serial: 'cccc', isSuspended: false, certificates: [certificate('e', 90)] },
    { serial: 'dddd', isSuspended: false, certificates: [] },
  ]
  const plan = planRotations(devices, { now: NOW, olderThanMs: 90 * 86_400_000 })
  expect(plan.rotate).toEqual([{ serial: 'aaaa', certificateId: 'b'.repeat(64), ageDays: 200 }])
  expect(plan.skip.map(({ serial }) => serial)).toEqual(['bbbb', 'cccc', 'dddd'])
  expect(renderPlan(plan, plain)).toMatch(/~ rotate {2}aaaa {2}certificate bbbbbbbb, 200 days old[^]*1 to rotate, 3 left as they are$/)
})

test.each([
  ['QUEUED', {}, 'asked', undefined],
  ['IN_PROGRESS', { step: 'key-made', key: 'k' }, 'key made', undefined],
  ['IN_PROGRESS', { step: 'signed', key: 'k' }, 'signed', undefined],
  ['IN_PROGRESS', { step: 'proven', key: 'k' }, 'proving', undefined],
  ['SUCCEEDED', { step: 'done', key: 'k' }, 'done', undefined],
  ['FAILED', { step: 'rolled-back', reason: 'no connection' }, 'rolled back', 'no connection'],
  ['TIMED_OUT', { step: 'signed', key: 'k' }, 'rolled back', 'it took longer than the job allows; the device goes back by itself'],
])('%s with %j is told as «%s»', (status, details, stage, reason) => {
  const told = rotationStatus('aaaa', { jobId: 'j', status, details: { ...details }, changedAt: NOW })
  expect(told).toMatchObject({ stage, ...(reason !== undefined && { reason }) })
  expect(hasEnded(told)).toBe(!['QUEUED', 'IN_PROGRESS'].includes(status))
})

test('the latest is the newest of its own rotation jobs', () => {
  const job = (attempt: number, days: number) => ({ jobId: rotationJobId('aaaa', 'ab'.repeat(32), attempt), status: 'FAILED', queuedAt: daysAgo(days), changedAt: NOW })
  expect(latestRotation('aaaa', [job(1, 3), job(2, 1), { jobId: 'other', status: 'QUEUED', queuedAt: NOW, changedAt: NOW }])?.jobId).toBe(job(2, 1).jobId)
  expect(latestRotation('bbbb', [job(1, 3)])).toBeUndefined()
})

test('what a device says cannot command a terminal', () => {
  expect(renderRotations([{ serial: 'aaaa', jobId: 'j', stage: 'rolled back', reason: '\u001b[2J' }], plain)).not.toContain('\u001b')
})
