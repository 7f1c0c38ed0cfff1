// sandbox/src/cloud/iot-core/registry/registry.test.ts: the registry as the AWS SDK sees it, through the gateway.
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CertificateStateException,
  CreateCertificateFromCsrCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  InvalidRequestException,
  IoTClient,
  ListThingPrincipalsV2Command,
  ListThingsInThingGroupCommand,
  MalformedPolicyException,
  paginateListCertificates,
  paginateListThings,
  RegisterCertificateCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'
import { expect, onTestFinished, test } from 'vitest'
import { certificateRequest } from '../../pki/testing.ts'
import { openTestGateway, SESSION_KEY } from '../../wire/testing.ts'
import { registryInMemory } from './testing.ts'

async function sdk({ rolePolicies = [] }: { rolePolicies?: readonly string[] } = {}) {
  const registry = registryInMemory()
  const gateway = await openTestGateway({ services: [registry.service], rolePolicies })
  const client = (key?: typeof SESSION_KEY) => {
    const made = new IoTClient(gateway.client(key))
    onTestFinished(() => made.destroy())
    return made
  }
  return { ...registry, iot: client(), asRole: client(SESSION_KEY), endpoint: gateway.endpoint }
}

test('the SDK makes a thing with a certificate, a group and a policy, and reads them back', async () => {
  const { iot } = await sdk()
  const { csr } = await certificateRequest('CN=10000000a1b2c3d4')
  const { thingArn } = await iot.send(new CreateThingCommand({ thingName: 'a:b', attributePayload: { attributes: { color: 'red' } } }))
  expect(thingArn).toBe('arn:aws:iot:eu-central-1:000000000000:thing/a:b')
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }))
  await iot.send(new AddThingToThingGroupCommand({ thingName: 'a:b', thingGroupName: 'fleet' }))
  const { certificateArn: principal, certificateId } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }))
  await iot.send(new AttachThingPrincipalCommand({ thingName: 'a:b', principal, thingPrincipalType: 'EXCLUSIVE_THING' }))
  await iot.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' }))
  await iot.send(new AttachPolicyCommand({ policyName: 'p', target: principal }))
  expect(await iot.send(new DescribeThingCommand({ thingName: 'a:b' }))).toMatchObject({ attributes: { color: 'red' }, version: 1, defaultClientId: 'a:b' })
  expect((await iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'fleet' }))).things).toEqual(['a:b'])
  expect((await iot.send(new ListThingPrincipalsV2Command({ thingName: 'a:b' }))).thingPrincipalObjects).toEqual([{ principal, thingPrincipalType: 'EXCLUSIVE_THING' }])
  const { certificateDescription } = await iot.send(new DescribeCertificateCommand({ certificateId }))
  expect(certificateDescription?.validity?.notAfter).toEqual(new Date('2049-12-31T23:59:59Z'))
  expect((await iot.send(new CreateKeysAndCertificateCommand({}))).keyPair?.PrivateKey).toContain('RSA PRIVATE KEY')
})

test('the SDK’s paginators come to the end, each entry once', async () => {
  const { iot, operations } = await sdk()
  for (let index = 0; index < 7; index++) operations.CreateThing({ thingName: `t${index}` })
  const { csr } = await certificateRequest('CN=x')
  for (let index = 0; index < 5; index++) operations.CreateCertificateFromCsr({ certificateSigningRequest: csr })
  const names: (string | undefined)[] = []
  for await (const { things } of paginateListThings({ client: iot, pageSize: 3 }, {})) names.push(...(things ?? []).map(({ thingName }) => thingName))
  expect(names).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6'])
  const ids = new Set<string | undefined>()
  for await (const { certificates } of paginateListCertificates({ client: iot, pageSize: 2 }, {})) for (const { certificateId } of certificates ?? []) ids.add(certificateId)
  expect(ids.size).toBe(5)
})

test('errors are AWS’s own classes with their members', async () => {
  const { iot } = await sdk()
  const thing = await iot.send(new CreateThingCommand({ thingName: 'a' }))
  const again = iot.send(new CreateThingCommand({ thingName: 'a', attributePayload: { attributes: { x: '1' } } }))
  await expect(again).rejects.toBeInstanceOf(ResourceAlreadyExistsException)
  await expect(again).rejects.toMatchObject({ resourceArn: thing.thingArn, resourceId: thing.thingId, $metadata: { httpStatusCode: 409 } })
  await expect(iot.send(new DescribeThingCommand({ thingName: 'nobody' }))).rejects.toBeInstanceOf(ResourceNotFoundException)
  await expect(iot.send(new CreateThingCommand({ thingName: 'a b' }))).rejects.toBeInstanceOf(InvalidRequestException)
  await expect(iot.send(new CreatePolicyCommand({ policyName: 'p', policyDocument: '{' }))).rejects.toBeInstanceOf(MalformedPolicyException)
  const { certificateId } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await expect(iot.send(new DeleteCertificateCommand({ certificateId }))).rejects.toBeInstanceOf(CertificateStateException)
  await expect(iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'PENDING_TRANSFER' }))).rejects.toBeInstanceOf(InvalidRequestException)
})

test('the endpoints of the account are where the SDK reached us', async () => {
  const { iot, endpoint } = await sdk()
  expect((await iot.send(new DescribeEndpointCommand({ endpointType: 'iot:CredentialProvider' }))).endpointAddress).toBe(`localhost:${new URL(endpoint).port}`)
})

test('a role may do what its policies name, on what they name', async () => {
  const Statement = [{ Effect: 'Allow', Action: ['iot:CreateThing', 'iot:AddThingToThingGroup'], Resource: ['arn:aws:iot:eu-central-1:000000000000:thing/mine-*', 'arn:aws:iot:eu-central-1:000000000000:thinggroup/fleet'] }]
  const { asRole, operations } = await sdk({ rolePolicies: [JSON.stringify({ Version: '2012-10-17', Statement })] })
  for (const thingGroupName of ['fleet', 'other']) operations.CreateThingGroup({ thingGroupName })
  await asRole.send(new CreateThingCommand({ thingName: 'mine-1' }))
  await asRole.send(new AddThingToThingGroupCommand({ thingName: 'mine-1', thingGroupName: 'fleet' }))
  await expect(asRole.send(new CreateThingCommand({ thingName: 'yours' }))).rejects.toThrow('not authorized to perform: iot:CreateThing')
  await expect(asRole.send(new AddThingToThingGroupCommand({ thingName: 'mine-1', thingGroupName: 'other' }))).rejects.toThrow('thinggroup/other')
})

test('what the sandbox does not have says so', async () => {
  const { iot } = await sdk()
  await expect(iot.send(new RegisterCertificateCommand({ certificatePem: 'x' }))).rejects.toThrow(/RegisterCertificate/)
})
