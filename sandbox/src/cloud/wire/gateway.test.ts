// sandbox/src/cloud/wire/gateway.test.ts: real SDK clients against a gateway with a small IoT service of the test's own.
import { Agent } from 'node:https'
import { CreateThingCommand, DescribeThingCommand, IoTClient, ListThingsCommand, ResourceNotFoundException } from '@aws-sdk/client-iot'
import { CloudControlClient, GetResourceCommand, ListResourcesCommand } from '@aws-sdk/client-cloudcontrol'
import { GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf, Service } from '../service.ts'
import { openTestGateway } from './testing.ts'

const iot: Service = {
  model: 'iot',
  operations: {
    CreateThing: ({ thingName, attributePayload }, { account }) => ({ thingName, thingId: JSON.stringify(attributePayload ?? {}), thingArn: `arn:aws:iot:${account.region}:${account.accountId}:thing/${thingName ?? ''}` }),
    DescribeThing: ({ thingName }) => {
      if (thingName === 'bug') throw new TypeError('x is not a function')
      throw new AwsError('ResourceNotFoundException', `Thing ${thingName ?? ''} not found`)
    },
    ListThings: ({ maxResults, attributeName }) => ({ things: [{ thingName: `${String(maxResults)} ${String(attributeName)}`, version: 3 }], nextToken: undefined }),
  } satisfies OperationsOf<typeof import('@aws-sdk/client-iot')>,
}

const cloudControl: Service = {
  model: 'cloudcontrol',
  operations: {
    GetResource: ({ Identifier }) => {
      throw new AwsError('ResourceNotFoundException', `no ${Identifier ?? ''}`)
    },
  } satisfies OperationsOf<typeof import('@aws-sdk/client-cloudcontrol')>,
}

const iam: Service = {
  model: 'iam',
  operations: {
    ListRoles: ({ MaxItems }) => ({ IsTruncated: false, Roles: [{ Path: '/', RoleName: `<${String(MaxItems)}>`, RoleId: 'AROA', Arn: 'arn', CreateDate: new Date('2026-01-02T03:04:05Z') }] }),
    GetRole: ({ RoleName }) => {
      throw new AwsError('NoSuchEntityException', `The role with name ${RoleName ?? ''} cannot be found.`)
    },
  } satisfies OperationsOf<typeof import('@aws-sdk/client-iam')>,
}

const open = () => openTestGateway({ services: [iot, cloudControl, iam] })

describe('the SDK', () => {
  test('REST-JSON: labels, query and body arrive, the answer comes back', async () => {
    const { client } = await open()
    const sdk = new IoTClient(client())
    const created = await sdk.send(new CreateThingCommand({ thingName: 'a:b_c-d', attributePayload: { attributes: { k: 'ä' } } }))
    expect(created).toMatchObject({ thingArn: 'arn:aws:iot:eu-central-1:000000000000:thing/a:b_c-d', thingId: '{"attributes":{"k":"ä"}}' })
    expect(created.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/)
    expect((await sdk.send(new ListThingsCommand({ maxResults: 7, attributeName: 'x y+z' }))).things).toEqual([{ thingName: '7 x y+z', version: 3 }])
  })

  test('query: forms in, XML out', async () => {
    const { client } = await open()
    const { Roles } = await new IAMClient(client()).send(new ListRolesCommand({ MaxItems: 5 }))
    expect(Roles).toEqual([{ Path: '/', RoleName: '<5>', RoleId: 'AROA', Arn: 'arn', CreateDate: new Date('2026-01-02T03:04:05Z') }])
  })

  test('over TLS on the same port', async () => {
    const { client, tlsEndpoint, pki } = await open()
    const sdk = new IoTClient({ ...client(), endpoint: tlsEndpoint, requestHandler: { httpsAgent: new Agent({ ca: pki.caPem }) } })
    expect((await sdk.send(new CreateThingCommand({ thingName: 'x' }))).thingName).toBe('x')
  })
})

describe('errors', () => {
  test('of REST-JSON are the SDK’s classes', async () => {
    const { client } = await open()
    const refused = new IoTClient(client()).send(new DescribeThingCommand({ thingName: 'x' }))
    await expect(refused).rejects.toBeInstanceOf(ResourceNotFoundException)
    await expect(refused).rejects.toMatchObject({ message: 'Thing x not found', $metadata: { httpStatusCode: 404 } })
  })

  test('of AWS JSON too', async () => {
    const { client } = await open()
    await expect(new CloudControlClient(client()).send(new GetResourceCommand({ TypeName: 'A::B::C', Identifier: 'x' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'no x' })
  })

  test('of query too', async () => {
    const { client } = await open()
    await expect(new IAMClient(client()).send(new GetRoleCommand({ RoleName: 'x' }))).rejects.toMatchObject({ name: 'NoSuchEntityException', message: 'The role with name x cannot be found.', $metadata: { httpStatusCode: 404 } })
  })

  test('what the model has and the sandbox does not offer is named', async () => {
    const { client } = await open()
    await expect(new CloudControlClient(client()).send(new ListResourcesCommand({ TypeName: 'A::B::C' }))).rejects.toMatchObject({ name: 'UnknownOperationException', message: 'The sandbox does not offer cloudformation:ListResources.' })
  })

  test('a bug is a 500 that tells nothing, and a log line that tells all', async () => {
    const { client, logged } = await open()
    await expect(new IoTClient(client()).send(new DescribeThingCommand({ thingName: 'bug' }))).rejects.toMatchObject({ name: 'InternalFailureException', $metadata: { httpStatusCode: 500 } })
    expect(logged.find(({ level }) => level === 'error')).toMatchObject({ event: 'operation failed', fields: { service: 'iot', operation: 'DescribeThing', error: expect.stringContaining('x is not a function') } })
  })
})
