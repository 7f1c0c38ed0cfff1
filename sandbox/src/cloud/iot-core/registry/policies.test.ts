// sandbox/src/cloud/iot-core/registry/policies.test.ts: IoT policies, where they are attached and what they amount to.
import { expect, test } from 'vitest'
import { activeCertificate, allPages, errorOf, registryInMemory } from './testing.ts'

const CLIENT = 'arn:aws:iot:eu-central-1:000000000000:client/'
const allow = (action: string, resource = '*') => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] })
const ofLength = (length: number) => allow('iot:Connect', CLIENT + 'x'.repeat(length - allow('iot:Connect', CLIENT).length))

test('a policy has up to five versions, one of them in force', async () => {
  const { operations } = registryInMemory()
  expect(operations.CreatePolicy({ policyName: 'p', policyDocument: allow('iot:Connect') })).toMatchObject({ policyArn: 'arn:aws:iot:eu-central-1:000000000000:policy/p', policyVersionId: '1' })
  const addVersion = (setAsDefault: boolean) => operations.CreatePolicyVersion({ policyName: 'p', policyDocument: allow('iot:Publish'), setAsDefault })
  expect(addVersion(true)).toMatchObject({ policyVersionId: '2', isDefaultVersion: true })
  expect(operations.GetPolicy({ policyName: 'p' })).toMatchObject({ defaultVersionId: '2', policyDocument: allow('iot:Publish') })
  for (let version = 3; version <= 5; version++) addVersion(false)
  expect((await errorOf(() => addVersion(false))).code).toBe('VersionsLimitExceededException')
  expect((await errorOf(() => operations.DeletePolicyVersion({ policyName: 'p', policyVersionId: '2' }))).code).toBe('DeleteConflictException')
  operations.DeletePolicyVersion({ policyName: 'p', policyVersionId: '3' })
  expect(addVersion(false).policyVersionId).toBe('6')
  operations.SetDefaultPolicyVersion({ policyName: 'p', policyVersionId: '1' })
  expect(operations.ListPolicyVersions({ policyName: 'p' }).policyVersions.map(({ versionId, isDefaultVersion }) => `${versionId}${isDefaultVersion ? '*' : ''}`)).toEqual(['6', '5', '4', '2', '1*'])
  expect((await errorOf(() => operations.DeletePolicy({ policyName: 'p' }))).code).toBe('DeleteConflictException')
})

test('a policy cannot be created twice', async () => {
  const { operations } = registryInMemory()
  const create = () => operations.CreatePolicy({ policyName: 'p', policyDocument: allow('iot:Connect') })
  create()
  expect((await errorOf(create)).members).toEqual({ resourceId: 'p', resourceArn: 'arn:aws:iot:eu-central-1:000000000000:policy/p' })
})

test.each([
  ['no JSON', 'file.json'],
  ['no statement', '{"Version":"2012-10-17"}'],
  ['an unknown version', '{"Version":"2020-01-01","Statement":[]}'],
  ['an unknown effect', '{"Statement":[{"Effect":"Permit","Action":"iot:*","Resource":"*"}]}'],
  ['no resource', '{"Statement":[{"Effect":"Allow","Action":"iot:*"}]}'],
  ['a resource that is none', '{"Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"\\\\"}]}'],
  ['a principal', '{"Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*","Principal":"*"}]}'],
  ['2049 characters', ofLength(2049)],
])('a document with %s is malformed', async (_case, policyDocument) => {
  const { operations } = registryInMemory()
  const error = await errorOf(() => operations.CreatePolicy({ policyName: 'p', policyDocument }))
  expect(error.code).toBe('MalformedPolicyException')
  expect(error.message).toMatch(/^Policy document is Malformed: /)
})

test('white space does not count for the length of a document', () => {
  const { operations } = registryInMemory()
  const padded = `${' \n'.repeat(5000)}${ofLength(2048)}`
  expect(operations.CreatePolicy({ policyName: 'p', policyDocument: padded }).policyDocument).toBe(padded)
})

/** A certificate with policy `own`, of thing `a` in group `child` of `parent`, which have policies of their names. */
function inheritance() {
  const registry = registryInMemory()
  const { operations } = registry
  const certificate = activeCertificate(registry)
  operations.CreateThing({ thingName: 'a' })
  operations.AttachThingPrincipal({ thingName: 'a', principal: certificate.arn })
  const parent = operations.CreateThingGroup({ thingGroupName: 'parent' }).thingGroupArn
  const child = operations.CreateThingGroup({ thingGroupName: 'child', parentGroupName: 'parent' }).thingGroupArn
  for (const [policyName, target] of [['own', certificate.arn], ['parent', parent], ['child', child]] as const) {
    operations.CreatePolicy({ policyName, policyDocument: allow('iot:Connect', `arn:aws:iot:eu-central-1:000000000000:client/${policyName}`) })
    operations.AttachPolicy({ policyName, target })
  }
  operations.AddThingToThingGroup({ thingName: 'a', thingGroupName: 'child' })
  return { ...registry, certificate, child }
}

test('a certificate inherits from the groups of its things and their parents', () => {
  const { operations, certificate, child, devices } = inheritance()
  const names = (policies: readonly { policyName?: string | undefined }[]) => policies.map(({ policyName }) => policyName)
  expect(names(operations.GetEffectivePolicies({ principal: certificate.arn }).effectivePolicies)).toEqual(['own', 'child', 'parent'])
  expect(names(operations.GetEffectivePolicies({ thingName: 'a' }).effectivePolicies)).toEqual(['child', 'parent'])
  expect(names(operations.ListAttachedPolicies({ target: child }).policies)).toEqual(['child'])
  expect(names(operations.ListAttachedPolicies({ target: child, recursive: true }).policies)).toEqual(['child', 'parent'])
  expect(names(operations.ListPrincipalPolicies({ principal: certificate.arn }).policies)).toEqual(['own'])
  expect(operations.ListTargetsForPolicy({ policyName: 'child' }).targets).toEqual([child])
  expect(devices.policiesOf(certificate.certificateId).map(({ name }) => name)).toEqual(['own', 'child', 'parent'])
})

test.each<[string, (registry: ReturnType<typeof inheritance>) => void, string[]]>([
  ['leaves its group', ({ operations }) => void operations.RemoveThingFromThingGroup({ thingName: 'a', thingGroupName: 'child' }), ['own']],
  ['loses the policy of a parent group', ({ operations }) => void operations.DetachPolicy({ policyName: 'parent', target: 'arn:aws:iot:eu-central-1:000000000000:thinggroup/parent' }), ['own', 'child']],
  ['is detached from its certificate', ({ operations, certificate }) => void operations.DetachThingPrincipal({ thingName: 'a', principal: certificate.arn }), ['own']],
  ['has its group deleted', ({ operations }) => void operations.DeleteThingGroup({ thingGroupName: 'child' }), ['own']],
])('the data plane hears at once when a thing %s', (_case, change, expected) => {
  const registry = inheritance()
  const { devices, certificate } = registry
  devices.policiesOf(certificate.certificateId)
  const heard: string[] = []
  devices.onChange(({ certificateId, status }) => heard.push(`${certificateId} ${status}`))
  change(registry)
  expect(heard).toContain(`${certificate.certificateId} ACTIVE`)
  expect(devices.policiesOf(certificate.certificateId).map(({ name }) => name)).toEqual(expected)
})

test('another version in force is another document for the data plane, and a dead certificate is told', () => {
  const { operations, devices, certificate } = inheritance()
  const documents = () => devices.policiesOf(certificate.certificateId).map(({ document }) => document)
  expect(documents()).toHaveLength(3)
  operations.CreatePolicyVersion({ policyName: 'parent', policyDocument: allow('iot:Receive'), setAsDefault: true })
  expect(documents()).toContain(allow('iot:Receive'))
  const heard: string[] = []
  devices.onChange(({ status }) => heard.push(status))
  operations.UpdateCertificate({ certificateId: certificate.certificateId, newStatus: 'INACTIVE' })
  operations.UpdateCertificate({ certificateId: certificate.certificateId, newStatus: 'INACTIVE' })
  operations.DetachThingPrincipal({ thingName: 'a', principal: certificate.arn })
  operations.DeleteCertificate({ certificateId: certificate.certificateId, forceDelete: true })
  expect(heard).toEqual(['INACTIVE', 'INACTIVE', 'DELETED'])
  expect(devices.certificate(certificate.certificateId)).toBeUndefined()
})

test('ten policies are the most that a certificate can have', async () => {
  const registry = registryInMemory()
  const { operations } = registry
  const target = activeCertificate(registry).arn
  for (let index = 0; index < 11; index++) operations.CreatePolicy({ policyName: `p${index}`, policyDocument: allow('iot:Connect') })
  for (let index = 0; index < 10; index++) operations.AttachPolicy({ policyName: `p${index}`, target })
  operations.AttachPolicy({ policyName: 'p0', target })
  expect((await errorOf(() => operations.AttachPolicy({ policyName: 'p10', target }))).code).toBe('LimitExceededException')
  const attached = allPages((marker) => {
    const page = operations.ListAttachedPolicies({ target, pageSize: 2, marker })
    return { names: page.policies.map(({ policyName }) => policyName), next: page.nextMarker }
  })
  expect(attached).toHaveLength(10)
})

test('TestAuthorization names the policies that decide', () => {
  const { operations, certificate } = inheritance()
  const ask = (resource: string, policyNamesToSkip: string[] = []) =>
    operations.TestAuthorization({ principal: certificate.arn, authInfos: [{ actionType: 'CONNECT', resources: [`arn:aws:iot:eu-central-1:000000000000:client/${resource}`] }], policyNamesToSkip }).authResults[0]
  expect(ask('parent')).toMatchObject({ authDecision: 'ALLOWED', allowed: { policies: [{ policyName: 'parent' }] } })
  expect(ask('parent', ['parent'])).toMatchObject({ authDecision: 'IMPLICIT_DENY', allowed: { policies: [] } })
  operations.CreatePolicy({ policyName: 'no', policyDocument: '{"Statement":[{"Effect":"Deny","Action":"iot:*","Resource":"*"}]}' })
  operations.AttachPolicy({ policyName: 'no', target: certificate.arn })
  expect(ask('parent')).toMatchObject({ authDecision: 'EXPLICIT_DENY', denied: { explicitDeny: { policies: [{ policyName: 'no' }] } } })
})
