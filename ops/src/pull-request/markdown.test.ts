// ops/src/pull-request/markdown.test.ts: what a reviewer reads of a change, also when a part failed, is long, or would break out of its frame.
import { FleetError } from '@fleet/contract/errors'
import { parseStage } from '@fleet/contract/stage'
import { expect, test } from 'vitest'
import { awsTarget } from '../target/target.ts'
import { costChange } from './cost-change.ts'
import { renderComment, renderReport } from './markdown.ts'
import type { PullRequestReport } from './report.ts'

const STAGE = parseStage('dev', { 'aws:region': 'eu-central-1', 'aws-native:region': 'eu-central-1', 'fleetwright:accountId': '111122223333', 'fleetwright:logRetentionDays': '90' })
const change = (name: string) => ({ urn: name, name, type: 'aws-native:iot:Policy', operation: 'update' as const, properties: ['policyDocument'] })
const ALLOWLIST = { file: 'allowlist.txt', uploads: true, changes: [{ action: 'admit' as const, serial: 'aaaa0002', why: 'on the list; joins when it asks', isActive: false }], unchanged: 1, active: 1, listed: 2 }
const RELEASE = { steps: [{ name: 'fleetwright.led', action: 'change' as const, from: '1.0.1', version: '1.0.2' }, { name: 'fleetwright.lamp', action: 'add' as const, version: '1.0.0' }], current: 'r1' }

const cost = costChange({ ...awsTarget('dev'), stage: STAGE }, { allowlist: ALLOWLIST, release: RELEASE, logsKeptDays: 14 })
const REPORT: PullRequestReport = { stage: 'dev', stack: { value: { changes: [change('device-policy')], unchanged: 40, outputs: {} } }, allowlist: { value: ALLOWLIST }, release: { value: RELEASE }, cost: { value: cost } }

test('all four parts, and the sum that changes', () => {
  const text = renderReport(REPORT)
  expect(text).toMatch(/### Stack \(preview of stage dev\)\n\n```text\n~ update {2}device-policy \(aws-native:iot:Policy, policyDocument\)\n1 to change, 40 unchanged; nothing was changed\n```/)
  expect(text).toMatch(/### Allowlist[^]*\+ admit {3}aaaa0002[^]*1 to admit/)
  expect(text).toMatch(/### Release[^]*~ change fleetwright\.led 1\.0\.1 → 1\.0\.2\n\+ add {4}fleetwright\.lamp 1\.0\.0/)
  expect(text).toMatch(/\| Greengrass \| 0\.19 \| 0\.37 \| \+0\.19 \|/)
  expect(text).toMatch(/\| ECR \| 0\.50 \| 1\.00 \| \+0\.50 \|/)
  expect(text).toContain('Now: 1 device, 1 component, logs kept for 14 days; with this: 2 devices, 2 components, logs kept for 90 days.')
  expect(text).not.toContain('| S3 |') // as it was
})

test('the change of cost is what comes and what goes', () => {
  expect(cost.after.total).toBeGreaterThan(cost.before.total)
  const less = costChange({ ...awsTarget('dev'), stage: STAGE }, { allowlist: { ...ALLOWLIST, active: 5, listed: 1 }, release: { steps: [{ name: 'fleetwright.led', action: 'remove' }], current: 'r1' }, logsKeptDays: 90 })
  expect(less.after.total).toBeLessThan(less.before.total)
  expect(renderReport({ ...REPORT, cost: { value: less } })).toMatch(/\| Greengrass \| 0\.93 \| 0\.19 \| −0\.74 \|/)
  const first = costChange({ ...awsTarget('dev'), stage: STAGE }, { allowlist: { ...ALLOWLIST, active: 0 }, release: RELEASE, logsKeptDays: undefined })
  expect(first.before).toMatchObject({ devices: 0, logsKeptDays: 0 })
})

test('a part that failed says why and what to do, and the others are there', () => {
  const text = renderReport({ ...REPORT, stack: { failure: new FleetError('PULUMI_FAILED', 'the stack is locked', 'Wait for the other run.') } })
  expect(text).toMatch(/### Stack[^]*Cannot be told:[^]*error: the stack is locked\n {3}do: Wait for the other run\.\n code: PULUMI_FAILED/)
  expect(text).toContain('fleetwright.lamp 1.0.0')
})

test('no name ends the frame that it is shown in', () => {
  const text = renderReport({ ...REPORT, stack: { value: { changes: [change('x\n```\n# @everyone: approved')], unchanged: 0, outputs: {} } } })
  expect(text).toMatch(/^````text\n[^]*\n```\n# @everyone: approved[^]*\n````$/m)
})

test('a long plan is cut in the middle, and all of it fits into a comment', () => {
  const changes = Array.from({ length: 5000 }, (_, index) => change(`policy-${index}`))
  const admitted = Array.from({ length: 5000 }, (_, index) => ({ ...ALLOWLIST.changes[0]!, serial: `a${String(index).padStart(15, '0')}` }))
  const report = renderReport({ ...REPORT, stack: { value: { changes, unchanged: 0, outputs: {} } }, allowlist: { value: { ...ALLOWLIST, changes: admitted } } })
  expect(report).toMatch(/… and \d+ lines more\n5000 to change, 0 unchanged; nothing was changed\n```/)
  expect(renderComment({ checks: 'success', commit: 'a'.repeat(40), report }).length).toBeLessThan(65_536)
})

test('the comment tells how the checks ended, on which commit, and that there is no report when there is none', () => {
  expect(renderComment({ checks: 'failure', commit: '0123456789abcdef', report: 'R' })).toMatch(/\*\*Checks\*\* failed ❌\n\nR\n\n_Of commit 0123456789ab;/)
  expect(renderComment({ checks: 'success', commit: '0', report: '' })).toContain('There is no report')
})
