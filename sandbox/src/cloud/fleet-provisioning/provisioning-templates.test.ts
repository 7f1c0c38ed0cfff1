// sandbox/src/cloud/fleet-provisioning/provisioning-templates.test.ts: templates, their versions, and things that are there already.
import { expect, test } from 'vitest'
import { activeCertificate, allPages, CALL, errorOf } from '../iot-core/registry/testing.ts'
import { certificateRequest } from '../pki/testing.ts'
import { obtain, provisioningInMemory, register, ROLE_ARN, TEMPLATE, TEMPLATE_NAME, withTemplate } from './testing.ts'

const body = (greeting: string) => JSON.stringify({ ...TEMPLATE, DeviceConfiguration: { greeting } })
const { csr } = await certificateRequest('CN=10000000a1b2c3d4')

test('a template is described with its default version', () => {
  const { provisioning } = withTemplate(provisioningInMemory())
  expect(provisioning.operations.DescribeProvisioningTemplate({ templateName: TEMPLATE_NAME })).toMatchObject({
    templateArn: `arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/${TEMPLATE_NAME}`,
    enabled: true,
    type: 'FLEET_PROVISIONING',
    defaultVersionId: 1,
    provisioningRoleArn: ROLE_ARN,
    templateBody: JSON.stringify(TEMPLATE),
    creationDate: new Date('2026-01-01T00:00:00Z'),
  })
})

test('the default version is the one that devices get', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { operations } = cloud.provisioning
  const greeting = async () => (await register(cloud, (await obtain(cloud, csr)).token)).payload.deviceConfiguration?.['greeting']
  const addVersion = (word: string, setAsDefault: boolean) => operations.CreateProvisioningTemplateVersion({ templateName: TEMPLATE_NAME, templateBody: body(word), setAsDefault })
  expect(addVersion('second', false)).toMatchObject({ versionId: 2, isDefaultVersion: false })
  expect(await greeting()).toBe('hello 10000000a1b2c3d4')
  operations.UpdateProvisioningTemplate({ templateName: TEMPLATE_NAME, defaultVersionId: 2 })
  expect(await greeting()).toBe('second')
  addVersion('third', true)
  expect(await greeting()).toBe('third')
  expect((await errorOf(() => operations.DeleteProvisioningTemplateVersion({ templateName: TEMPLATE_NAME, versionId: 3 }))).code).toBe('DeleteConflictException')
  operations.DeleteProvisioningTemplateVersion({ templateName: TEMPLATE_NAME, versionId: 1 })
  expect(operations.ListProvisioningTemplateVersions({ templateName: TEMPLATE_NAME }).versions.map(({ versionId, isDefaultVersion }) => [versionId, isDefaultVersion])).toEqual([[2, false], [3, true]])
  for (const word of ['4', '5', '6']) addVersion(word, false)
  expect((await errorOf(() => addVersion('7', false))).code).toBe('VersionsLimitExceededException')
  expect((await errorOf(() => operations.UpdateProvisioningTemplate({ templateName: TEMPLATE_NAME, defaultVersionId: 1 }))).code).toBe('ResourceNotFoundException')
})

test.each<[object, RegExp]>([
  [{ templateName: 'not ok' }, /at 'templateName' failed to satisfy constraint/],
  [{ templateName: 'x'.repeat(37) }, /less than or equal to 36/],
  [{ templateBody: 'x'.repeat(10_241) }, /less than or equal to 10240/],
  [{ templateBody: '{}' }, /no Resources/],
  [{ provisioningRoleArn: 'arn:aws:iam::000000000000:user/x' }, /Invalid role ARN/],
  [{ preProvisioningHook: { targetArn: 'arn:aws:sns:eu-central-1:000000000000:x' } }, /not the ARN of a function/],
  [{ preProvisioningHook: { targetArn: 'arn:aws:lambda:eu-central-1:000000000000:function:x', payloadVersion: '2019-01-01' } }, /must be 2020-04-01/],
  [{ type: 'JITP' }, /FLEET_PROVISIONING only/],
])('CreateProvisioningTemplate refuses %j', async (wrong, message) => {
  const { provisioning } = provisioningInMemory()
  const error = await errorOf(() => provisioning.operations.CreateProvisioningTemplate({ templateName: 'a', templateBody: JSON.stringify(TEMPLATE), provisioningRoleArn: ROLE_ARN, ...wrong }))
  expect(error.code).toBe('InvalidRequestException')
  expect(error.message).toMatch(message)
})

test('templates are listed page by page, and a deleted one is gone for devices, too', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { operations } = cloud.provisioning
  for (const templateName of ['a', 'b']) operations.CreateProvisioningTemplate({ templateName, templateBody: JSON.stringify(TEMPLATE), provisioningRoleArn: ROLE_ARN })
  expect((await errorOf(() => operations.CreateProvisioningTemplate({ templateName: 'a', templateBody: JSON.stringify(TEMPLATE), provisioningRoleArn: ROLE_ARN }))).code).toBe('ResourceAlreadyExistsException')
  const names = allPages((nextToken) => {
    const page = operations.ListProvisioningTemplates({ maxResults: 2, nextToken })
    return { names: page.templates.map(({ templateName }) => templateName), next: page.nextToken }
  })
  expect(names).toEqual(['a', 'b', TEMPLATE_NAME])
  const { token } = await obtain(cloud, csr)
  operations.DeleteProvisioningTemplate({ templateName: TEMPLATE_NAME })
  expect((await register(cloud, token)).payload.statusCode).toBe(404)
})

test('a hook can be removed', async () => {
  const cloud = withTemplate(provisioningInMemory())
  cloud.provisioning.operations.UpdateProvisioningTemplate({ templateName: TEMPLATE_NAME, removePreProvisioningHook: true })
  expect((await register(cloud, (await obtain(cloud, csr)).token)).outcome).toBe('accepted')
  expect(cloud.hook.events).toEqual([])
})

/** A thing of that name, with attribute `made: 2020, color: red` and in group `old`; then it is provisioned with these settings. */
async function provisionedAgain(OverrideSettings: object) {
  const Resources = { ...TEMPLATE.Resources, thing: { ...TEMPLATE.Resources.thing, OverrideSettings } }
  const cloud = withTemplate(provisioningInMemory(), { ...TEMPLATE, Resources })
  cloud.operations.CreateThingGroup({ thingGroupName: 'old' })
  cloud.operations.CreateThing({ thingName: '10000000a1b2c3d4', attributePayload: { attributes: { made: '2020', color: 'red' } } })
  cloud.operations.AddThingToThingGroup({ thingName: '10000000a1b2c3d4', thingGroupName: 'old' })
  const answer = await register(cloud, (await obtain(cloud, csr)).token)
  const { attributes } = cloud.operations.DescribeThing({ thingName: '10000000a1b2c3d4' })
  return { outcome: answer.outcome, code: answer.payload['errorCode'], attributes, groups: cloud.devices.groupsOf('10000000a1b2c3d4') }
}

const OLD = { made: '2020', color: 'red' }

test.each<[string, object, object]>([
  ['no settings', {}, { outcome: 'rejected', code: 'ResourceConflict', attributes: OLD, groups: ['old'] }],
  ['DO_NOTHING', { AttributePayload: 'DO_NOTHING', ThingGroups: 'DO_NOTHING' }, { outcome: 'accepted', attributes: OLD, groups: ['old'] }],
  ['REPLACE', { AttributePayload: 'REPLACE', ThingGroups: 'REPLACE' }, { outcome: 'accepted', attributes: { made: '2026' }, groups: ['fleet'] }],
  ['MERGE', { AttributePayload: 'MERGE', ThingGroups: 'MERGE' }, { outcome: 'accepted', attributes: { made: '2026', color: 'red' }, groups: ['fleet', 'old'] }],
  ['FAIL for groups', { AttributePayload: 'MERGE', ThingGroups: 'FAIL' }, { outcome: 'rejected', code: 'ResourceConflict', attributes: OLD, groups: ['old'] }],
])('a thing that is there with other properties: %s', async (_case, settings, expected) => {
  expect(await provisionedAgain(settings)).toEqual({ code: undefined, ...expected })
})

test('RegisterThing over HTTP provisions from a request that comes with it', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const templateBody = JSON.stringify({
    Parameters: { Name: { Type: 'String' }, CSR: { Type: 'String' } },
    Resources: {
      theThing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'Name' } } },
      theCertificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateSigningRequest: { Ref: 'CSR' }, Status: 'ACTIVE' } },
      thePolicy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'device' } },
    },
  })
  const call = (parameters: Record<string, string>) => cloud.provisioning.operations.RegisterThing({ templateBody, parameters }, CALL)
  const { certificatePem, resourceArns } = call({ Name: 'bulk-1', CSR: csr })
  expect(certificatePem).toContain('BEGIN CERTIFICATE')
  expect(resourceArns).toEqual({
    theThing: 'arn:aws:iot:eu-central-1:000000000000:thing/bulk-1',
    theCertificate: expect.stringContaining(':cert/'),
    thePolicy: 'arn:aws:iot:eu-central-1:000000000000:policy/device',
  })
  expect(cloud.devices.thingsOf(resourceArns['theCertificate']!.split('/')[1]!)).toEqual([{ thingName: 'bulk-1', exclusive: false }])
  expect((await errorOf(() => call({ Name: 'bulk-2' }))).code).toBe('ResourceRegistrationFailureException')
  expect((await errorOf(() => call({ Name: 'bulk-2', CSR: 'nonsense' }))).code).toBe('InvalidRequestException')
  expect(cloud.operations.ListThings({}).things.map(({ thingName }) => thingName)).toEqual(['bulk-1'])
})

test('RegisterThing over HTTP acts in the caller’s right', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId } = activeCertificate(cloud)
  const templateBody = JSON.stringify({ Resources: { c: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: certificateId } }, t: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'x' } } } })
  const asRole = { ...CALL, principal: { kind: 'role-session', arn: 'arn:aws:sts::000000000000:assumed-role/installer/me', roleName: 'installer', accessKeyId: 'ASIATEST' } } as const
  cloud.role.denied.add('iot:CreateThing')
  expect((await errorOf(() => cloud.provisioning.operations.RegisterThing({ templateBody }, asRole))).code).toBe('UnauthorizedException')
  cloud.role.denied.clear()
  expect(cloud.provisioning.operations.RegisterThing({ templateBody }, asRole).resourceArns).toMatchObject({ t: 'arn:aws:iot:eu-central-1:000000000000:thing/x' })
})
