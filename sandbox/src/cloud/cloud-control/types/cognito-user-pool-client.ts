// sandbox/src/cloud/cloud-control/types/cognito-user-pool-client.ts: AWS::Cognito::UserPoolClient, with those settings that the sandbox's sign-in obeys.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'

const Client = z.strictObject({
  UserPoolId: z.string(),
  ClientName: z.string().optional(),
  ExplicitAuthFlows: z.array(z.string()).optional(),
  PreventUserExistenceErrors: z.string().optional(),
  EnableTokenRevocation: z.boolean().optional(),
  ReadAttributes: z.array(z.string()).optional(),
  WriteAttributes: z.array(z.string()).optional(),
  ClientId: z.string().optional(),
  Name: z.string().optional(),
})
type Client = z.infer<typeof Client>

const settingsOf = ({ ClientId: _id, Name: _name, ...settings }: Client) => settings as Client & { ExplicitAuthFlows?: never[]; PreventUserExistenceErrors?: never } // Cognito itself says which values its enumerations have

export const userPoolClient = resourceType<Client>({
  typeName: 'AWS::Cognito::UserPoolClient',
  schema: Client,
  identifier: ['UserPoolId', 'ClientId'],
  createOnly: ['UserPoolId'],
  readOnly: ['ClientId', 'Name'],
  writeOnly: [],
  async create(model, { cognitoIdp, generatedName }) {
    const { UserPoolClient: made } = await cognitoIdp.CreateUserPoolClient({ ...settingsOf(model), ClientName: model.ClientName ?? generatedName() })
    return [model.UserPoolId, made?.ClientId ?? '']
  },
  async read([UserPoolId = '', ClientId], { cognitoIdp }) {
    const { UserPoolClient: found } = await cognitoIdp.DescribeUserPoolClient({ UserPoolId, ClientId })
    const { CreationDate: _made, LastModifiedDate: _changed, ...settings } = found ?? {}
    return { ...(settings as Partial<Client>), UserPoolId, ClientId, Name: found?.ClientName } // the same names
  },
  async update([UserPoolId, ClientId], { after }, { cognitoIdp }) {
    await cognitoIdp.UpdateUserPoolClient({ ...settingsOf(after), UserPoolId, ClientId })
  },
  async delete([UserPoolId, ClientId], { cognitoIdp }) {
    await cognitoIdp.DeleteUserPoolClient({ UserPoolId, ClientId })
  },
  async list({ cognitoIdp }, { UserPoolId }) {
    const clients = await allPages(async (NextToken) => {
      const { UserPoolClients: items, NextToken: next } = await cognitoIdp.ListUserPoolClients({ UserPoolId, MaxResults: 60, NextToken })
      return { items, next }
    })
    return clients.map(({ ClientId = '' }) => [UserPoolId ?? '', ClientId])
  },
})
