// ops/src/doctor/doctor.test.ts: what is found becomes which verdict, and how it is told.
import { FleetError } from '@fleet/contract/errors'
import { expect, test } from 'vitest'
import type { ReconcilePlan } from '../allowlist/reconcile.ts'
import type { ClaimReport } from '../claim/show-claim.ts'
import { asFleetError } from '../shell/failure.ts'
import { plain } from '../shell/paint.ts'
import type { DeviceStatus } from '../status/device-status.ts'
import { driftVerdict } from './drift.ts'
import { examined, ok, warning, type Check } from './examination.ts'
import { auditVerdict } from './last-audit.ts'
import { quotasVerdict } from './quotas.ts'
import { renderExamination } from './render.ts'
import { secretsKeyVerdict } from './secrets-key.ts'
import { allowlistVerdict, claimVerdict, devicesVerdict, stackVerdict } from './verdicts.ts'

const NOW = new Date('2026-11-21T12:00:00Z')

test('a check that fails is an error with its remedy; what needs it is skipped, and what needs that; others go on', async () => {
  const checks: Check[] = [
    { name: 'first', examine: () => Promise.reject(new FleetError('CREDENTIALS_MISSING', 'there are none', 'Sign in.')) },
    { name: 'second', needs: ['first'], examine: () => Promise.reject(new Error('must not run')) },
    { name: 'third', needs: ['second'], examine: () => Promise.reject(new Error('must not run')) },
    { name: 'fourth', examine: () => Promise.resolve(warning('old', 'Renew it.')) },
    { name: 'fifth', needs: ['fourth'], examine: () => Promise.resolve(ok('fine')) },
  ]
  const findings = await examined(checks, asFleetError)
  expect(findings).toEqual([
    { check: 'first', health: 'error', what: 'there are none', remedy: 'Sign in.', code: 'CREDENTIALS_MISSING' },
    { check: 'second', health: 'skipped', what: 'needs first' },
    { check: 'third', health: 'skipped', what: 'needs second' },
    { check: 'fourth', health: 'warning', what: 'old', remedy: 'Renew it.' },
    { check: 'fifth', health: 'ok', what: 'fine' },
  ])
  expect(renderExamination({ findings }, plain)).toBe(
    [
      'error    first   there are none',
      '                 do: Sign in. [CREDENTIALS_MISSING]',
      'skipped  second  needs first',
      'skipped  third   needs second',
      'warning  fourth  old',
      '                 do: Renew it.',
      'ok       fifth   fine',
      '',
      '1 ok, 1 warning, 1 error, 2 skipped',
    ].join('\n'),
  )
})

const claim: ClaimReport = { stage: 'dev', certificateId: 'c', status: 'ACTIVE', createdAt: '2026-11-20T11:00:00Z', hasPolicy: true, former: [] }

test.each<[Partial<ClaimReport>, string, string]>([
  [{}, 'ok', 'ACTIVE, 1 day old'],
  [{ createdAt: '2025-11-20T11:00:00Z' }, 'warning', '366 days old'],
  [{ status: 'INACTIVE' }, 'warning', 'no new device can join'],
  [{ hasPolicy: false }, 'warning', 'has no claim policy'],
  [{ former: [{ certificateId: 'f', replacedAt: '2026-11-01T11:00:00Z' }] }, 'ok', 'ACTIVE'],
  [{ former: [{ certificateId: 'f', replacedAt: '2026-10-01T11:00:00Z' }] }, 'warning', 'a former claim, replaced on 2026-10-01, still lets devices join'],
])('a claim with %o: %s', (change, health, what) => {
  expect(claimVerdict({ ...claim, ...change }, NOW)).toMatchObject({ health, what: expect.stringContaining(what) })
})

const KEY = { id: 'k1', rotates: true, hasOurPolicy: true }
const WANTED = 'awskms://alias/fleet-dev-secrets?region=eu-central-1'

test.each<[Partial<Parameters<typeof secretsKeyVerdict>[0]>, string, string]>([
  [{}, 'ok', 'it seals the secrets of the stack'],
  [{ by: undefined }, 'ok', 'no state of the Pulumi CLI is sealed by it yet'],
  [{ key: undefined }, 'error', 'has no key for the secrets'],
  [{ key: { ...KEY, rotates: false } }, 'warning', 'does not renew itself'],
  [{ key: { ...KEY, hasOurPolicy: false } }, 'warning', 'not the one that bootstrap gives it'],
  [{ by: 'passphrase' }, 'warning', 'sealed by passphrase, not by the key'],
  [{ by: 'awskms://alias/other?region=eu-central-1' }, 'warning', 'sealed by awskms://alias/other'],
])('a key of the secrets with %o: %s', (difference, health, what) => {
  expect(secretsKeyVerdict({ stage: 'dev', key: KEY, by: WANTED, wanted: WANTED, ...difference })).toMatchObject({ health, what: expect.stringContaining(what), ...(health !== 'ok' && { remedy: expect.stringMatching(/fleet (bootstrap|deploy) --stage dev/) }) })
})

const plan: ReconcilePlan = { file: 'allowlist.txt', uploads: false, changes: [], unchanged: 3, active: 3, listed: 3 }
const change = (action: 'admit' | 'suspend') => ({ action, serial: 'a', why: '', isActive: false })

test.each<[Partial<ReconcilePlan>, string, string]>([
  [{}, 'ok', '3 serial numbers, the same in the cloud'],
  [{ changes: [change('admit')] }, 'ok', '3 serial numbers'],
  [{ uploads: true }, 'warning', 'the cloud has another list'],
  [{ changes: [change('suspend'), change('admit')] }, 'warning', '1 device stands otherwise'],
])('a list of which the plan is %o: %s', (difference, health, what) => {
  expect(allowlistVerdict({ ...plan, ...difference }, 'dev')).toMatchObject({ health, what: expect.stringContaining(what) })
})

test('a stack that differs is named, not all of it', () => {
  const changes = ['a', 'b', 'c', 'd'].map((name) => ({ operation: 'update' as const, name, urn: name, type: 't', properties: [] }))
  expect(stackVerdict({ changes, unchanged: 1, outputs: {} }, 'dev')).toEqual({ health: 'warning', what: '4 resources differ from this checkout: update a, update b, update c, …', remedy: 'Bring it up to date: fleet deploy --stage dev' })
  expect(stackVerdict({ changes: [], unchanged: 5, outputs: {} }, 'dev')).toEqual(ok('5 resources, as this checkout has them'))
})

test.each<[Partial<DeviceStatus>[], string, string]>([
  [[{ state: 'active', health: 'healthy' }, { state: 'waiting' }], 'ok', '1 active, 1 waiting, 0 suspended'],
  [[{ state: 'active', health: 'unhealthy', serial: 'aaaa0001' }], 'warning', '1 unhealthy: aaaa0001'],
  [[{ state: 'refused' }], 'warning', '1 refused within the last hour'],
])('devices %o: %s', (devices, health, what) => {
  const status = { stage: 'dev', at: NOW.toISOString(), devices: devices as DeviceStatus[] } // what else they have is not looked at
  expect(devicesVerdict(status)).toMatchObject({ health, what: expect.stringContaining(what) })
})

const fleetOf = (state: DeviceStatus['state'], count: number) => ({ stage: 'dev', at: NOW.toISOString(), devices: Array.from({ length: count }, () => ({ state }) as DeviceStatus) })
const ROLLOUT = { devicesPerMinute: 50, firstPerMinute: undefined, abortAtFailedPercent: 10, abortAfterDevices: 10 }

test.each<[DeviceStatus['state'], number, string, string]>([
  ['active', 0, 'ok', '0 devices: 0 % of the connections'],
  ['active', 3000, 'ok', '3000 devices: 0.600 % of the connections, all connect again within 6 s, those that wait join within 1 s, a release reaches all in 60 min'],
  ['waiting', 1000, 'ok', 'those that wait join within 100 s'],
  ['waiting', 40_000, 'warning', 'those that wait join within 67 min'],
  ['active', 450_000, 'warning', '90 % of the connections'],
  ['refused', 450_000, 'ok', '0 devices'], // strangers hold no connection
])('quotas of a fleet that is %s, %d devices: %s', (state, count, health, what) => {
  expect(quotasVerdict(fleetOf(state, count), ROLLOUT)).toMatchObject({ health, what: expect.stringContaining(what) })
})

test.each<[Parameters<typeof auditVerdict>[0], string, string]>([
  [{ checks: 0, last: undefined }, 'warning', 'no audit check is on'],
  [{ checks: 8, last: undefined }, 'ok', 'none has run in the last three days'],
  [{ checks: 8, last: { at: NOW, found: [] } }, 'ok', 'nothing found by 8 checks (2026-11-21 12:00 UTC)'],
  [{ checks: 8, last: { at: NOW, found: ['A', 'B', 'A'] } }, 'warning', '3 found (2026-11-21 12:00 UTC): A × 2, B × 1'],
])('an audit of %o: %s', (audit, health, what) => {
  expect(auditVerdict(audit, 'dev')).toMatchObject({ health, what: expect.stringContaining(what) })
})

test('what is gone from the cloud is named with how to make it again; what cannot be looked at is not called gone', () => {
  const gone = ['a', 'b', 'c', 'd'].map((id) => ({ type: 'AWS::IAM::Role', id }))
  const denied = { type: 'AWS::S3::Bucket', id: 'x', why: 'AccessDenied: no' }
  expect(driftVerdict([], 40, 'dev')).toEqual(ok('all 40 resources are in the cloud'))
  expect(driftVerdict([...gone, denied], 40, 'dev')).toEqual(warning('4 of 40 resources of the stack are gone from the cloud: AWS::IAM::Role a, AWS::IAM::Role b, AWS::IAM::Role c, …', 'Somebody has removed them. Make them again: fleet deploy --refresh --stage dev'))
  expect(driftVerdict([denied], 40, 'dev')).toMatchObject({ health: 'warning', what: '1 of 40 resources could not be looked at: AWS::S3::Bucket x (AccessDenied: no)' })
})
