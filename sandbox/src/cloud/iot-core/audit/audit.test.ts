// sandbox/src/cloud/iot-core/audit/audit.test.ts: audits of a good account, and of one that is bad in every way.
import { expect, test, vi } from 'vitest'
import { openStore } from '../../store/store.ts'
import { allow, auditBench, type AuditBench, AUDIT_ROLE, DAY_MS, TOPIC } from './testing.ts'
import { CHECK_NAMES } from './check-names.ts'

const REGISTRY = 'arn:aws:iot:eu-central-1:000000000000:'
const GOOD_DEVICE = allow(['iot:Connect', 'iot:Publish', 'iot:Subscribe'], [`${REGISTRY}client/\${iot:Certificate.Subject.CommonName}`, `${REGISTRY}topic/$aws/things/\${iot:Certificate.Subject.CommonName}/jobs/*`, `${REGISTRY}topicfilter/$aws/things/\${iot:Certificate.Subject.CommonName}/jobs/*`])

async function goodAccount() {
  const bench = auditBench()
  bench.role('logging', ['iot.amazonaws.com'], allow('logs:*'))
  bench.iot.SetV2LoggingOptions({ roleArn: 'arn:aws:iam::000000000000:role/logging', defaultLogLevel: 'WARN' })
  bench.iot.CreatePolicy({ policyName: 'device', policyDocument: GOOD_DEVICE })
  bench.role('device', ['credentials.iot.amazonaws.com'], allow('s3:GetObject', 'arn:aws:s3:::artifacts/*'))
  bench.iot.CreateRoleAlias({ roleAlias: 'device', roleArn: 'arn:aws:iam::000000000000:role/device' })
  const identityPoolId = usedPool(bench)
  await bench.certificate()
  await bench.enable()
  return { ...bench, identityPoolId }
}

/** Through which people connected, with a role for who is signed in and one for guests. */
function usedPool({ role, identityPools, poolUse }: AuditBench): string {
  role('person', ['cognito-identity.amazonaws.com'], allow(['iot:Connect', 'iot:Subscribe', 'iot:DescribeThing', 'iot:GetThingShadow'], ['client/console-*', 'topicfilter/fleet/*', 'thing/My*'].map((resource) => `${REGISTRY}${resource}`)))
  role('guest', ['cognito-identity.amazonaws.com'], allow(['iot:Connect', 'iot:Publish'], [`${REGISTRY}client/guest-*`, `${REGISTRY}topic/guests/*`]))
  const { IdentityPoolId } = identityPools.CreateIdentityPool({ IdentityPoolName: 'people', AllowUnauthenticatedIdentities: true })
  identityPools.SetIdentityPoolRoles({ IdentityPoolId, Roles: { authenticated: 'arn:aws:iam::000000000000:role/person', unauthenticated: 'arn:aws:iam::000000000000:role/guest' } })
  poolUse.note(IdentityPoolId)
  return IdentityPoolId
}

const more = (RoleName: string, action: string, resource = '*') => ({ iam }: AuditBench) => iam.operations.PutRolePolicy({ RoleName, PolicyName: 'more', PolicyDocument: allow(action, resource) })
const POOL = { resourceType: 'COGNITO_IDENTITY_POOL', resourceIdentifier: { cognitoIdentityPoolId: expect.stringMatching(/^eu-central-1:/) } }

test('a good account has no finding on any of the seventeen checks', async () => {
  const bench = await goodAccount()
  const { taskStatus, taskStatistics, findings, auditDetails = {} } = await bench.run()
  expect([taskStatus, findings]).toEqual(['COMPLETED', []])
  expect(taskStatistics).toMatchObject({ totalChecks: 17, compliantChecks: 17, nonCompliantChecks: 0, failedChecks: 0 })
  expect(auditDetails['DEVICE_CERTIFICATE_AGE_CHECK']).toEqual({ checkRunStatus: 'COMPLETED_COMPLIANT', checkCompliant: true, totalResourcesCount: 1, nonCompliantResourcesCount: 0, suppressedNonCompliantResourcesCount: 0 })
  expect(auditDetails['CA_CERTIFICATE_EXPIRING_CHECK']).toMatchObject({ checkRunStatus: 'COMPLETED_COMPLIANT', totalResourcesCount: 0 })
})

type Bench = Awaited<ReturnType<typeof goodAccount>>

test.each<[check: string, code: string, spoil: (bench: Bench) => unknown, resource: object]>([
  ['DEVICE_CERTIFICATE_AGE_CHECK', 'CERTIFICATE_PAST_AGE_THRESHOLD', ({ clock }) => clock.advance(365 * DAY_MS), { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
  ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'CERTIFICATE_APPROACHING_EXPIRATION', ({ clock }) => clock.advance(Date.UTC(2049, 11, 25) - Date.now()), { resourceType: 'DEVICE_CERTIFICATE' }],
  ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'CERTIFICATE_PAST_EXPIRATION', ({ clock }) => clock.advance(Date.UTC(2050, 0, 2) - Date.now()), { resourceType: 'DEVICE_CERTIFICATE' }],
  ['LOGGING_DISABLED_CHECK', 'LOGGING_DISABLED', ({ iot }) => iot.SetV2LoggingOptions({ disableAllLogs: true }), { resourceType: 'ACCOUNT_SETTINGS', resourceIdentifier: { account: '000000000000' } }],
  ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', ({ iot }) => iot.CreatePolicy({ policyName: 'bad', policyDocument: allow(['iot:Connect', 'iot:Publish']) }), { resourceType: 'IOT_POLICY', resourceIdentifier: { policyVersionIdentifier: { policyName: 'bad', policyVersionId: '1' } } }],
  [
    'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT',
    ({ iot }) => iot.CreatePolicy({ policyName: 'odd', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 'iot:Subscribe', Resource: `${REGISTRY}topicfilter/building/control_room/#` }] }) }),
    { resourceType: 'IOT_POLICY' },
  ],
  [
    'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
    ({ iot }) => iot.CreatePolicy({ policyName: 'odd', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Subscribe', Resource: `${REGISTRY}topicfilter/building/*` }, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: `${REGISTRY}topicfilter/building/control_room/*` }] }) }),
    { resourceType: 'IOT_POLICY' },
  ],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES', ({ iam }) => iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('iam:GetRole') }), { resourceType: 'ROLE_ALIAS', resourceIdentifier: { roleAliasArn: `${REGISTRY}rolealias/device` } }],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS', ({ iam }) => iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('iot:CreatePolicy') }), { resourceType: 'ROLE_ALIAS' }],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS', ({ iam }) => iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('iot:DeleteThing') }), { resourceType: 'ROLE_ALIAS' }],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS', ({ iam }) => iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('iot:ListThings') }), { resourceType: 'ROLE_ALIAS' }],
  ['IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', ({ iam }) => iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('iot:Publish') }), { resourceType: 'ROLE_ALIAS' }],
  [
    'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES',
    ({ iam, access }) => {
      iam.operations.PutRolePolicy({ RoleName: 'device', PolicyName: 'more', PolicyDocument: allow('s3:*') })
      access.note({ kind: 'role-session', arn: '', roleName: 'device', accessKeyId: '' }, 's3')
    },
    { resourceType: 'ROLE_ALIAS' },
  ],
  ['IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK', 'ALLOWS_ACCESS_TO_UNUSED_SERVICES', ({ clock }) => clock.advance(366 * DAY_MS), { resourceType: 'ROLE_ALIAS' }],
  ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS', more('person', 'iot:ListThingPrincipals', `${REGISTRY}thing/*`), POOL],
  ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS', more('person', 'iot:Create*Certificate', `${REGISTRY}cert/1`), POOL],
  ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS', more('person', 'iot:DeleteThing', `${REGISTRY}thing/MyThing`), POOL],
  ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', more('person', 'iot:Subscribe', `${REGISTRY}topicfilter/$aws/things/+/shadow/update`), POOL],
  ['UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', more('guest', 'iot:DescribeThing', `${REGISTRY}thing/MyThing`), POOL],
  ['UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', more('guest', 'iot:CreatePolicy'), POOL],
  ['UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS', more('guest', 'iot:Connect', `${REGISTRY}client/*`), POOL],
])('%s: %s', async (check, code, spoil, resource) => {
  const bench = await goodAccount()
  await spoil(bench)
  const { findings, auditDetails = {} } = await bench.run([check])
  expect(findings).toMatchObject([{ checkName: check, reasonForNonComplianceCode: code, nonCompliantResource: resource, isSuppressed: false }])
  expect(auditDetails[check]).toMatchObject({ checkRunStatus: 'COMPLETED_NON_COMPLIANT', checkCompliant: false, nonCompliantResourcesCount: 1 })
})

const COGNITO_CHECKS = ['AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK']

test('a role that may do everything on AWS IoT: every code of each check, with pool and role', async () => {
  const bench = await goodAccount()
  for (const name of ['person', 'guest']) more(name, 'iot:*')(bench)
  const { findings } = await bench.run(COGNITO_CHECKS)
  const codes = findings.map(({ checkName, reasonForNonComplianceCode }) => [checkName?.split('_')[0], reasonForNonComplianceCode])
  expect(codes).toEqual([
    ['AUTHENTICATED', 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS'],
    ['AUTHENTICATED', 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS'],
    ['AUTHENTICATED', 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS'],
    ['AUTHENTICATED', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS'],
    ['UNAUTHENTICATED', 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS'],
    ['UNAUTHENTICATED', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS'],
  ])
  expect(findings[0]).toMatchObject({ severity: 'CRITICAL', nonCompliantResource: { resourceIdentifier: { cognitoIdentityPoolId: bench.identityPoolId } }, relatedResources: [{ resourceType: 'IAM_ROLE', resourceIdentifier: { iamRoleArn: 'arn:aws:iam::000000000000:role/person' } }] })
  expect(findings[1]?.reasonForNonCompliance).toMatch(/iot:\w+, and \d+ more\]\.$/)
})

test.each<[string, (bench: Bench) => unknown]>([
  ['of which nobody made use for 31 days', ({ clock }) => clock.advance(31 * DAY_MS + 3_600_000)],
  ['that is gone', ({ identityPools, identityPoolId }) => identityPools.DeleteIdentityPool({ IdentityPoolId: identityPoolId })],
])('an identity pool %s is not looked at', async (_case, leave) => {
  const bench = await goodAccount()
  for (const name of ['person', 'guest']) more(name, 'iot:*')(bench)
  await leave(bench)
  const { codes, auditDetails = {} } = await bench.run(COGNITO_CHECKS)
  expect([codes, COGNITO_CHECKS.map((check) => auditDetails[check]?.totalResourcesCount)]).toEqual([[], [0, 0]])
})

test('a certificate in several hands, seen two hours later, with who had it when', async () => {
  const bench = await goodAccount()
  const certificateId = await bench.certificate('shared')
  bench.presence('connected', { clientId: 'one', certificateId, session: 'a' })
  bench.clock.advance(1000)
  bench.presence('connected', { clientId: 'other', certificateId, session: 'b' })
  expect((await bench.run(['DEVICE_CERTIFICATE_SHARED_CHECK'])).codes).toEqual([])
  bench.clock.advance(3 * 3_600_000)
  const { findings } = await bench.run(['DEVICE_CERTIFICATE_SHARED_CHECK'])
  expect(findings).toMatchObject([{ severity: 'CRITICAL', reasonForNonComplianceCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES', nonCompliantResource: { resourceIdentifier: { deviceCertificateId: certificateId } } }])
  expect(findings[0]?.relatedResources?.map(({ resourceIdentifier }) => resourceIdentifier?.clientId)).toEqual(['other', 'one'])
})

test('one device after another with one certificate is no sharing; a client id that drives out another is a conflict', async () => {
  const bench = await goodAccount()
  const certificateId = await bench.certificate('c')
  bench.presence('connected', { clientId: 'one', certificateId, session: 'a' })
  bench.presence('disconnected', { clientId: 'one', certificateId, session: 'a', reason: 'DUPLICATE_CLIENTID' })
  bench.clock.advance(1000)
  bench.presence('connected', { clientId: 'other', certificateId, session: 'b' })
  bench.clock.advance(3 * 3_600_000)
  expect((await bench.run(['DEVICE_CERTIFICATE_SHARED_CHECK'])).codes).toEqual([])
  const { findings } = await bench.run(['CONFLICTING_CLIENT_IDS_CHECK'])
  expect(findings).toMatchObject([{ reasonForNonComplianceCode: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS', nonCompliantResource: { resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: 'one' } } }])
  bench.clock.advance(32 * DAY_MS)
  expect((await bench.run(['CONFLICTING_CLIENT_IDS_CHECK'])).codes).toEqual([])
})

test('the threshold is the account\'s: 30 to 3650 days', async () => {
  const bench = await goodAccount()
  const set = async (days: string) => bench.api.UpdateAccountAuditConfiguration({ auditCheckConfigurations: { DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: days } } } })
  for (const days of ['29', '3651', 'x']) await expect(set(days)).rejects.toMatchObject({ code: 'InvalidRequestException' })
  await set('180')
  bench.clock.advance(180 * DAY_MS - 60_000)
  expect((await bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])).codes).toEqual([])
  bench.clock.advance(60_000)
  expect((await bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])).codes).toEqual(['CERTIFICATE_PAST_AGE_THRESHOLD'])
})

test('inactive certificates are not looked at', async () => {
  const bench = await goodAccount()
  const certificateId = await bench.certificate('old')
  bench.iot.UpdateCertificate({ certificateId, newStatus: 'INACTIVE' })
  bench.clock.advance(400 * DAY_MS)
  const { auditDetails = {} } = await bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])
  expect(auditDetails['DEVICE_CERTIFICATE_AGE_CHECK']).toMatchObject({ totalResourcesCount: 1, nonCompliantResourcesCount: 1 })
})

test('findings come page by page, each once, and can be described', async () => {
  const bench = await goodAccount()
  for (let i = 0; i < 6; i++) await bench.certificate(`pi-${i}`)
  bench.clock.advance(400 * DAY_MS)
  const { taskId } = await bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])
  const ids: string[] = []
  let nextToken: string | undefined
  do {
    const page = await bench.api.ListAuditFindings({ taskId, checkName: 'DEVICE_CERTIFICATE_AGE_CHECK', maxResults: 3, ...(nextToken === undefined ? {} : { nextToken }) })
    expect(page.findings?.length).toBeLessThanOrEqual(3)
    ids.push(...(page.findings ?? []).map(({ findingId = '' }) => findingId))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  expect(new Set(ids).size).toBe(7)
  expect(await bench.api.DescribeAuditFinding({ findingId: ids[3] })).toMatchObject({ finding: { taskId, severity: 'LOW' } })
  await expect(bench.api.ListAuditFindings({})).rejects.toMatchObject({ code: 'InvalidRequestException' })
})

test('what somebody lives with does not count, until it expires', async () => {
  const bench = await goodAccount()
  bench.iot.SetV2LoggingOptions({ disableAllLogs: true })
  const suppression = { checkName: 'LOGGING_DISABLED_CHECK', resourceIdentifier: { account: '000000000000' } }
  await bench.api.CreateAuditSuppression({ ...suppression, expirationDate: new Date(bench.clock.now().getTime() + DAY_MS) })
  const { findings, auditDetails = {}, taskId } = await bench.run(['LOGGING_DISABLED_CHECK'])
  expect([findings.length, findings[0]?.isSuppressed, auditDetails['LOGGING_DISABLED_CHECK']?.checkRunStatus]).toEqual([1, true, 'COMPLETED_COMPLIANT'])
  expect((await bench.api.ListAuditFindings({ taskId, listSuppressedFindings: false })).findings).toEqual([])
  bench.clock.advance(2 * DAY_MS)
  expect((await bench.run(['LOGGING_DISABLED_CHECK'])).findings).toMatchObject([{ isSuppressed: false }])
})

test('a topic hears of the end, in the shape of AWS', async () => {
  const bench = await goodAccount()
  const received = await bench.topicWithQueue()
  await bench.enable(CHECK_NAMES, { auditNotificationTargetConfigurations: { SNS: { enabled: true, targetArn: TOPIC, roleArn: AUDIT_ROLE } } })
  bench.iot.SetV2LoggingOptions({ disableAllLogs: true })
  const { taskId, taskStartTime } = await bench.run(['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK'])
  expect(await received()).toEqual([
    {
      accountId: '000000000000',
      taskId,
      taskStatus: 'COMPLETED',
      taskType: 'ON_DEMAND_AUDIT_TASK',
      failedChecksCount: 0,
      canceledChecksCount: 0,
      nonCompliantChecksCount: 1,
      compliantChecksCount: 1,
      totalChecksCount: 2,
      taskStartTime: taskStartTime?.getTime(),
      auditDetails: [
        { checkName: 'LOGGING_DISABLED_CHECK', checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: 1, totalResourcesCount: 1 },
        { checkName: 'DEVICE_CERTIFICATE_AGE_CHECK', checkRunStatus: 'COMPLETED_COMPLIANT', nonCompliantResourcesCount: 0, totalResourcesCount: 1 },
      ],
    },
  ])
})

test('a role that may not read fails the check, one that may not publish is told of in the log', async () => {
  const bench = auditBench({ grants: allow('iot:ListPolicies') })
  await bench.topicWithQueue()
  await bench.enable(['DEVICE_CERTIFICATE_AGE_CHECK'], { auditNotificationTargetConfigurations: { SNS: { enabled: true, targetArn: TOPIC, roleArn: AUDIT_ROLE } } })
  const { taskStatus, auditDetails = {} } = await bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])
  expect([taskStatus, auditDetails['DEVICE_CERTIFICATE_AGE_CHECK']]).toMatchObject(['FAILED', { checkRunStatus: 'FAILED', errorCode: 'INSUFFICIENT_PERMISSIONS' }])
  expect(bench.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'audit could not be told' }))
})

test('a daily audit runs once a day by the cloud\'s clock, and once after a jump', async () => {
  const bench = await goodAccount()
  await bench.api.CreateScheduledAudit({ scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK'] })
  const tasks = async () => (await bench.api.ListAuditTasks({ startTime: new Date(0), endTime: new Date(8.64e15), taskType: 'SCHEDULED_AUDIT_TASK' })).tasks ?? []
  bench.audit.tick()
  expect(await tasks()).toEqual([])
  for (const days of [1, 80]) {
    bench.clock.advance(days * DAY_MS)
    bench.audit.tick()
    bench.audit.tick()
  }
  const [first, ...others] = await tasks()
  expect(others).toHaveLength(1) // one for the day, one for all the days since
  expect(await bench.ended(first?.taskId ?? '')).toMatchObject({ taskType: 'SCHEDULED_AUDIT_TASK', scheduledAuditName: 'daily', taskStatus: 'COMPLETED' })
})

test('checks must be enabled; one that is scheduled cannot be switched off; a role must be for AWS IoT', async () => {
  const bench = auditBench()
  bench.role('other', ['lambda.amazonaws.com'], allow('*'))
  await expect(bench.api.UpdateAccountAuditConfiguration({ roleArn: 'arn:aws:iam::000000000000:role/other', auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: true } } })).rejects.toMatchObject({ code: 'InvalidRequestException' })
  await bench.enable(['LOGGING_DISABLED_CHECK'])
  await expect(bench.run(['DEVICE_CERTIFICATE_AGE_CHECK'])).rejects.toMatchObject({ code: 'InvalidRequestException' })
  await bench.api.CreateScheduledAudit({ scheduledAuditName: 'weekly', frequency: 'WEEKLY', dayOfWeek: 'SUN', targetCheckNames: ['LOGGING_DISABLED_CHECK'] })
  await expect(bench.api.UpdateAccountAuditConfiguration({ auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: false } } })).rejects.toMatchObject({ message: expect.stringContaining('weekly') })
  expect((await bench.api.DescribeAccountAuditConfiguration({})).auditCheckConfigurations).toMatchObject({ LOGGING_DISABLED_CHECK: { enabled: true }, DEVICE_CERTIFICATE_AGE_CHECK: { enabled: false } })
  await bench.api.DeleteAccountAuditConfiguration({ deleteScheduledAudits: true })
  expect(await bench.api.DescribeAccountAuditConfiguration({})).toMatchObject({ roleArn: undefined })
})

test('an audit can be canceled, and one that a restart cut short is finished', async () => {
  const store = openStore(':memory:')
  const bench = auditBench({ store })
  await bench.enable()
  const { taskId: canceled = '' } = await bench.api.StartOnDemandAuditTask({ targetCheckNames: [...CHECK_NAMES] })
  await bench.api.CancelAuditTask({ taskId: canceled })
  expect(await bench.api.DescribeAuditTask({ taskId: canceled })).toMatchObject({ taskStatus: 'CANCELED', taskStatistics: { canceledChecks: 17 } })
  store.table('audit_tasks').put('cut', { taskId: 'cut', type: 'ON_DEMAND_AUDIT_TASK', status: 'IN_PROGRESS', startedAt: bench.clock.now(), checks: { LOGGING_DISABLED_CHECK: { checkRunStatus: 'IN_PROGRESS' } } })
  const later = auditBench({ store })
  await vi.waitUntil(async () => (await later.api.DescribeAuditTask({ taskId: 'cut' })).taskStatus === 'COMPLETED')
})
