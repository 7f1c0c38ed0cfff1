// sandbox/src/cloud/cloud-control/types/cognito-user-pool.ts: AWS::Cognito::UserPool, with those settings that the sandbox's sign-in obeys.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { TagMap } from './tags.ts'

const UserPool = z.strictObject({
  UserPoolName: z.string().min(1).max(128).optional(),
  AdminCreateUserConfig: z.strictObject({ AllowAdminCreateUserOnly: z.boolean().optional() }).optional(),
  Policies: z
    .strictObject({
      PasswordPolicy: z
        .strictObject({
          MinimumLength: z.number().int().optional(),
          RequireLowercase: z.boolean().optional(),
          RequireNumbers: z.boolean().optional(),
          RequireSymbols: z.boolean().optional(),
          RequireUppercase: z.boolean().optional(),
          TemporaryPasswordValidityDays: z.number().int().optional(),
        })
        .optional(),
    })
    .optional(),
  AccountRecoverySetting: z.strictObject({ RecoveryMechanisms: z.array(z.strictObject({ Name: z.string(), Priority: z.number().int() })).optional() }).optional(),
  DeletionProtection: z.string().optional(),
  UserPoolTags: TagMap.optional(),
  Arn: z.string().optional(),
  ProviderName: z.string().optional(),
  ProviderURL: z.string().optional(),
  UserPoolId: z.string().optional(),
})
type UserPool = z.infer<typeof UserPool>

/** Cognito itself says which values its enumerations have. */
const settingsOf = ({ UserPoolName: _name, ...settings }: UserPool) => settings as Record<string, never>

export const userPool = resourceType<UserPool>({
  typeName: 'AWS::Cognito::UserPool',
  schema: UserPool,
  identifier: ['UserPoolId'],
  createOnly: [],
  readOnly: ['Arn', 'ProviderName', 'ProviderURL', 'UserPoolId'],
  writeOnly: [],
  async create(model, { cognitoIdp, generatedName }) {
    const { UserPool: made } = await cognitoIdp.CreateUserPool({ ...settingsOf(model), PoolName: model.UserPoolName ?? generatedName() })
    return [made?.Id ?? '']
  },
  async read([UserPoolId], { cognitoIdp, account }) {
    const { UserPool: found } = await cognitoIdp.DescribeUserPool({ UserPoolId })
    const { Id, Name, Arn, CreationDate: _made, LastModifiedDate: _changed, UserPoolTags, ...settings } = found ?? {}
    const ProviderName = `cognito-idp.${account.region}.amazonaws.com/${Id ?? ''}`
    const tags = Object.keys(UserPoolTags ?? {}).length > 0 ? UserPoolTags : undefined
    return { ...(settings as Partial<UserPool>), UserPoolName: Name, UserPoolId: Id, Arn, ProviderName, ProviderURL: `https://${ProviderName}`, UserPoolTags: tags } // the same names
  },
  async update([UserPoolId], { after }, { cognitoIdp }) {
    const { Arn: _arn, ProviderName: _provider, ProviderURL: _url, UserPoolId: _id, ...settings } = after
    await cognitoIdp.UpdateUserPool({ ...settingsOf(settings), UserPoolId, ...(after.UserPoolName !== undefined && { PoolName: after.UserPoolName }) })
  },
  async delete([UserPoolId], { cognitoIdp }) {
    await cognitoIdp.DeleteUserPool({ UserPoolId })
  },
  async list({ cognitoIdp }) {
    const pools = await allPages(async (NextToken) => {
      const { UserPools: items, NextToken: next } = await cognitoIdp.ListUserPools({ MaxResults: 60, NextToken })
      return { items, next }
    })
    return pools.map(({ Id = '' }) => [Id])
  },
})
