// sandbox/src/cloud/fleet-provisioning/fleet-provisioning.test.ts: a device gets an identity of its own, or hears why not; every fault on the way.
import { expect, test } from 'vitest'
import { certificateRequest } from '../pki/testing.ts'
import type { InvocationResult } from '../ports.ts'
import { AWS_DEFAULT_RATES, rateLimiter } from '../wire/rate-limits.ts'
import { HOOK_ARN, obtain, provisioningInMemory, register, TEMPLATE, TEMPLATE_NAME, withTemplate, type TestProvisioning } from './testing.ts'

const SERIAL = '10000000a1b2c3d4'
const { csr } = await certificateRequest(`CN=${SERIAL}`)

const statusOf = ({ operations }: TestProvisioning, certificateId: string) => operations.DescribeCertificate({ certificateId }).certificateDescription.status

test.each(['json', 'cbor'] as const)('a device is provisioned in %s', async (format) => {
  const cloud = withTemplate(provisioningInMemory())
  const created = await cloud.ask('$aws/certificates/create-from-csr', { certificateSigningRequest: csr }, { format })
  const certificateId = created.payload['certificateId']!
  expect(created.outcome).toBe('accepted')
  expect(Object.keys(created.payload).sort()).toEqual(['certificateId', 'certificateOwnershipToken', 'certificatePem'])
  expect(statusOf(cloud, certificateId)).toBe('PENDING_ACTIVATION')
  const { certificateOwnershipToken } = created.payload
  const registered = await cloud.ask(`$aws/provisioning-templates/${TEMPLATE_NAME}/provision`, { certificateOwnershipToken, parameters: { SerialNumber: SERIAL } }, { format })
  expect(registered).toEqual({ outcome: 'accepted', payload: { deviceConfiguration: { greeting: `hello ${SERIAL}` }, thingName: SERIAL } })
  expect(statusOf(cloud, certificateId)).toBe('ACTIVE')
  expect(cloud.devices.thingsOf(certificateId)).toEqual([{ thingName: SERIAL, exclusive: true }])
  expect(cloud.devices.policiesOf(certificateId).map(({ name }) => name)).toEqual(['device'])
  expect(cloud.devices.groupsOf(SERIAL)).toEqual(['fleet'])
  expect(cloud.operations.DescribeThing({ thingName: SERIAL }).attributes).toEqual({ made: '2026' })
  expect(cloud.logged).toEqual([])
})

test('keys and certificate can be asked for with an empty message', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { payload, outcome } = await cloud.ask('$aws/certificates/create', {}, { raw: new Uint8Array() })
  expect(outcome).toBe('accepted')
  expect(Object.keys(payload).sort()).toEqual(['certificateId', 'certificateOwnershipToken', 'certificatePem', 'privateKey'])
  expect((await register(cloud, payload['certificateOwnershipToken']!)).outcome).toBe('accepted')
})

test('the hook is asked as AWS asks it, by the template, with five seconds', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  await register(cloud, token)
  const templateArn = `arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/${TEMPLATE_NAME}`
  expect(cloud.hook.events).toEqual([
    {
      claimCertificateId: 'c1a1'.repeat(16),
      certificateId,
      certificatePem: expect.stringContaining('BEGIN CERTIFICATE'),
      templateArn,
      clientId: 'claiming-device',
      parameters: { SerialNumber: SERIAL },
    },
  ])
  expect(cloud.hook.caller).toEqual({ service: 'iot.amazonaws.com', sourceArn: templateArn })
  expect(cloud.hook.waitMs).toBe(5000)
})

test('what the hook overrides is what counts, but not what AWS IoT itself supplies', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  cloud.hook.answer = () => ({ kind: 'answered', payload: { allowProvisioning: true, parameterOverrides: { SerialNumber: 'renamed', 'AWS::IoT::Certificate::Id': '0'.repeat(64) } } })
  expect((await register(cloud, token, { SerialNumber: SERIAL, 'AWS::IoT::Certificate::Id': 'f'.repeat(64) })).payload['thingName']).toBe('renamed')
  expect(cloud.devices.thingsOf(certificateId)).toEqual([{ thingName: 'renamed', exclusive: true }])
})

test.each<[string, InvocationResult, RegExp]>([
  ['denies', { kind: 'answered', payload: { allowProvisioning: false } }, /did not allow it/],
  ['answers with a word', { kind: 'answered', payload: { allowProvisioning: 'true' } }, /did not allow it/],
  ['answers nothing', { kind: 'answered', payload: null }, /no object/],
  ['overrides with numbers', { kind: 'answered', payload: { allowProvisioning: true, parameterOverrides: { a: 1 } } }, /not all strings/],
  ['throws', { kind: 'failed', errorType: 'TypeError', errorMessage: 'no list' }, /TypeError: no list/],
  ['takes too long', { kind: 'timed-out' }, /within 5 s/],
  ['may not be invoked', { kind: 'refused', why: 'no permission' }, /no permission/],
])('a hook that %s keeps the device out', async (_case, answer, why) => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  cloud.hook.answer = () => answer
  expect(await register(cloud, token)).toEqual({ outcome: 'rejected', payload: { statusCode: 403, errorCode: 'AccessDenied', errorMessage: 'Access denied' } })
  expect(cloud.operations.ListThings({}).things).toEqual([])
  expect(statusOf(cloud, certificateId)).toBe('PENDING_ACTIVATION')
  expect(cloud.logged).toEqual([
    expect.objectContaining({
      eventType: 'ProvisionDevice',
      logLevel: 'ERROR',
      status: 'Failure',
      accountId: '000000000000',
      reason: 'AccessDenied',
      details: expect.stringMatching(why),
      provisioningTemplateName: TEMPLATE_NAME,
      deviceCertificateId: certificateId,
      clientId: 'claiming-device',
      principalId: 'c1a1'.repeat(16),
    }),
  ])
  expect(cloud.logged[0]!['details']).toContain(SERIAL)
  expect(JSON.stringify(cloud.logged)).not.toContain(token)
})

test('a device that was denied may come again with the same token', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  const letIn = cloud.hook.answer
  cloud.hook.answer = () => ({ kind: 'answered', payload: { allowProvisioning: false } })
  await register(cloud, token)
  cloud.hook.answer = letIn
  expect((await register(cloud, token)).outcome).toBe('accepted')
  expect((await register(cloud, token)).outcome).toBe('accepted') // QoS 1 delivers at least once
  expect(cloud.devices.thingsOf(certificateId)).toHaveLength(1)
})

test('a token cannot move an exclusive certificate to another thing', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { token } = await obtain(cloud, csr)
  await register(cloud, token)
  expect((await register(cloud, token, { SerialNumber: 'somebody-else' })).payload['errorMessage']).toContain('exclusively attached')
  expect(cloud.operations.ListThings({}).things.map(({ thingName }) => thingName)).toEqual([SERIAL])
})

test('a repeated token does not wake a certificate that was suspended meanwhile', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  await register(cloud, token)
  cloud.operations.UpdateCertificate({ certificateId, newStatus: 'INACTIVE' })
  await register(cloud, token)
  expect(statusOf(cloud, certificateId)).toBe('INACTIVE')
})

const flipped = (token: string, at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)

test.each<[string, (token: string, cloud: TestProvisioning) => string]>([
  ['empty', () => ''],
  ['made up', () => 'not a token'],
  ['of another certificate', (token) => flipped(token, 3)],
  ['with another end', (token) => flipped(token, 50)],
  ['with a broken seal', (token) => flipped(token, 90)],
  ['expired', (token, { clock }) => (clock.advance(3_600_000), token)],
  ['of a cloud that was started over', (_token) => Buffer.alloc(72, 1).toString('base64url')],
])('a token that is %s proves nothing', async (_case, change) => {
  const cloud = withTemplate(provisioningInMemory())
  const { token } = await obtain(cloud, csr)
  const { payload } = await register(cloud, change(token, cloud))
  expect(payload).toMatchObject({ statusCode: 400, errorCode: 'InvalidCertificateOwnershipToken' })
  expect(cloud.hook.events).toEqual([])
})

test.each<[string, (cloud: TestProvisioning, token: string) => Promise<{ payload: object }>, object]>([
  ['a template that is not there', ({ ask }, certificateOwnershipToken) => ask('$aws/provisioning-templates/nobodys/provision', { certificateOwnershipToken }), { statusCode: 404, errorCode: 'ResourceNotFound' }],
  ['no parameters', (cloud, token) => register(cloud, token, {}), { statusCode: 400, errorCode: 'InvalidParameters', errorMessage: 'The parameter SerialNumber has no value' }],
  ['a parameter that is a number', (cloud, token) => register(cloud, token, { SerialNumber: 1 }), { statusCode: 400, errorCode: 'InvalidPayload' }],
  ['a name that no thing can have', (cloud, token) => register(cloud, token, { SerialNumber: 'a/b' }), { statusCode: 400, errorCode: 'InvalidRequest' }],
  ['a payload that is no JSON', ({ ask }) => ask(`$aws/provisioning-templates/${TEMPLATE_NAME}/provision`, {}, { raw: Buffer.from('{') }), { statusCode: 400, errorCode: 'InvalidPayload' }],
  ['a payload that is no CBOR', ({ ask }) => ask(`$aws/provisioning-templates/${TEMPLATE_NAME}/provision`, {}, { format: 'cbor', raw: Buffer.from([0xff, 0xff]) }), { statusCode: 400, errorCode: 'InvalidPayload' }],
  ['a list', ({ ask }) => ask('$aws/certificates/create-from-csr', []), { statusCode: 400, errorCode: 'InvalidPayload' }],
  ['a request for a certificate that is none', ({ ask }) => ask('$aws/certificates/create-from-csr', { certificateSigningRequest: 'x' }), { statusCode: 400, errorCode: 'InvalidCertificateSigningRequest' }],
  ['no request at all', ({ ask }) => ask('$aws/certificates/create-from-csr', {}), { statusCode: 400, errorCode: 'InvalidCertificateSigningRequest' }],
])('%s is rejected and logged once', async (_case, ask, expected) => {
  const cloud = withTemplate(provisioningInMemory())
  const { token } = await obtain(cloud, csr)
  expect((await ask(cloud, token)).payload).toMatchObject(expected)
  expect(cloud.logged).toHaveLength(1)
})

test('a template that is not enabled provisions nobody', async () => {
  const cloud = withTemplate(provisioningInMemory())
  cloud.provisioning.operations.UpdateProvisioningTemplate({ templateName: TEMPLATE_NAME, enabled: false })
  const { token } = await obtain(cloud, csr)
  expect((await register(cloud, token)).payload).toMatchObject({ statusCode: 400, errorMessage: expect.stringContaining('not enabled') })
})

test.each(['iot:CreateThing', 'iot:AddThingToThingGroup', 'iot:UpdateCertificate', 'iot:AttachThingPrincipal', 'iot:AttachPolicy'])('without %s in the provisioning role nothing is left behind', async (action) => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  cloud.role.denied.add(action)
  const { payload } = await register(cloud, token)
  expect(payload).toMatchObject({ statusCode: 403, errorCode: 'AccessDenied', errorMessage: expect.stringContaining(action) })
  expect(cloud.operations.ListThings({}).things).toEqual([])
  expect(cloud.devices.groupsOf(SERIAL)).toEqual([])
  expect(statusOf(cloud, certificateId)).toBe('PENDING_ACTIVATION')
  cloud.role.denied.clear()
  expect((await register(cloud, token)).outcome).toBe('accepted')
})

test('the role is asked for just what is done, on just these resources, in one session', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, token } = await obtain(cloud, csr)
  await register(cloud, token)
  expect(cloud.role.asked).toEqual([
    `iot:CreateThing thing/${SERIAL}`,
    'iot:AddThingToThingGroup thinggroup/fleet',
    `iot:AddThingToThingGroup thing/${SERIAL}`,
    `iot:UpdateCertificate cert/${certificateId}`,
    `iot:AttachThingPrincipal cert/${certificateId}`,
    `iot:AttachPolicy cert/${certificateId}`,
  ])
  await register(cloud, (await obtain(cloud, csr)).token, { SerialNumber: 'another' })
  expect(cloud.role.assumed).toBe(1)
  cloud.clock.advance(15 * 60_000)
  await register(cloud, (await obtain(cloud, csr)).token, { SerialNumber: 'third' })
  expect(cloud.role.assumed).toBe(2)
})

test('a role that does not trust AWS IoT is of no use', async () => {
  const cloud = withTemplate(provisioningInMemory())
  cloud.role.trusts = false
  const { token } = await obtain(cloud, csr)
  expect((await register(cloud, token)).payload).toMatchObject({ statusCode: 403, errorMessage: 'The role does not trust iot.amazonaws.com' })
})

test('a group or policy that is not there undoes the whole registration', async () => {
  const cloud = withTemplate(provisioningInMemory(), { ...TEMPLATE, Resources: { ...TEMPLATE.Resources, policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'nobodys' } } } })
  const { token } = await obtain(cloud, csr)
  expect((await register(cloud, token)).payload).toMatchObject({ statusCode: 404, errorMessage: 'Policy nobodys not found' })
  expect(cloud.operations.ListThings({}).things).toEqual([])
})

test('a device that comes again with a new certificate keeps its thing and has both', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const first = await obtain(cloud, csr)
  const second = await obtain(cloud, csr)
  await register(cloud, first.token)
  expect((await register(cloud, second.token)).outcome).toBe('accepted')
  expect(cloud.operations.ListThingPrincipals({ thingName: SERIAL }).principals.map((arn) => arn.split('/')[1]).sort()).toEqual([first.certificateId, second.certificateId].sort())
})

test('beyond AWS’s rate a device is told so, and gets in when it comes again', async () => {
  let nowMs = 0
  const cloud = withTemplate(provisioningInMemory({ rates: rateLimiter(AWS_DEFAULT_RATES, () => nowMs) }))
  const tokens = await Promise.all(Array.from({ length: 11 }, () => obtain(cloud, csr)))
  const answers = await Promise.all(tokens.map(({ token }, index) => register(cloud, token, { SerialNumber: `pi-${index}` })))
  expect(answers.map(({ outcome }) => outcome)).toEqual([...Array<string>(10).fill('accepted'), 'rejected'])
  expect(answers[10]!.payload).toEqual({ statusCode: 429, errorCode: 'Throttling', errorMessage: 'Rate exceeded' })
  nowMs += 1000
  expect((await register(cloud, tokens[10]!.token, { SerialNumber: 'pi-10' })).outcome).toBe('accepted')
})

test('the hook’s function is the one that the template names', () => {
  const cloud = withTemplate(provisioningInMemory())
  expect(cloud.provisioning.operations.DescribeProvisioningTemplate({ templateName: TEMPLATE_NAME }).preProvisioningHook).toEqual({ payloadVersion: '2020-04-01', targetArn: HOOK_ARN })
})
