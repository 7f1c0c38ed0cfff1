// sandbox/src/cloud/cloud-control/types/cognito-role-attachment.ts: AWS::Cognito::IdentityPoolRoleAttachment: which roles the identities of a pool get.
import type { RoleMapping } from '@aws-sdk/client-cognito-identity'
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { resourceType } from '../resource-type.ts'
import { poolIds } from './cognito-identity-pool.ts'

const Attachment = z.strictObject({
  IdentityPoolId: z.string(),
  Roles: z.record(z.string(), z.string()).optional(),
  /** By whatever key: the provider is named within, where it need not be known before (CloudFormation, «RoleMapping»). */
  RoleMappings: z.record(z.string(), z.strictObject({ Type: z.enum(['Token']), AmbiguousRoleResolution: z.enum(['AuthenticatedRole', 'Deny']).optional(), IdentityProvider: z.string().optional() })).optional(),
  Id: z.string().optional(),
})
type Attachment = z.infer<typeof Attachment>

const mappingsOf = (mappings: Attachment['RoleMappings'] = {}): Record<string, RoleMapping> =>
  Object.fromEntries(Object.entries(mappings).map(([key, { IdentityProvider = key, ...mapping }]) => [IdentityProvider, mapping]))


export const identityPoolRoleAttachment = resourceType<Attachment>({
  typeName: 'AWS::Cognito::IdentityPoolRoleAttachment',
  schema: Attachment,
  identifier: ['Id'],
  createOnly: ['IdentityPoolId'],
  readOnly: ['Id'],
  writeOnly: [],
  async create({ IdentityPoolId, Roles, RoleMappings }, { cognitoIdentity }) {
    await cognitoIdentity.SetIdentityPoolRoles({ IdentityPoolId, Roles: Roles ?? {}, RoleMappings: mappingsOf(RoleMappings) })
    return [IdentityPoolId]
  },
  async read([IdentityPoolId = ''], { cognitoIdentity }) {
    const { Roles = {}, RoleMappings = {} } = await cognitoIdentity.GetIdentityPoolRoles({ IdentityPoolId })
    const has = (record: object) => Object.keys(record).length > 0
    if (!has(Roles) && !has(RoleMappings)) throw new AwsError('ResourceNotFoundException', `The identity pool ${IdentityPoolId} has no roles.`)
    return { Id: IdentityPoolId, IdentityPoolId, ...(has(Roles) && { Roles }), ...(has(RoleMappings) && { RoleMappings: RoleMappings as Attachment['RoleMappings'] }) } // Token alone is offered
  },
  async update([IdentityPoolId], { after: { Roles, RoleMappings } }, { cognitoIdentity }) {
    await cognitoIdentity.SetIdentityPoolRoles({ IdentityPoolId, Roles: Roles ?? {}, RoleMappings: mappingsOf(RoleMappings) })
  },
  async delete([IdentityPoolId], { cognitoIdentity }) {
    await cognitoIdentity.SetIdentityPoolRoles({ IdentityPoolId, Roles: {}, RoleMappings: {} })
  },
  async list({ cognitoIdentity }) {
    const ids = await poolIds(cognitoIdentity)
    const found = await Promise.all(ids.map(async (id) => ({ id, roles: await cognitoIdentity.GetIdentityPoolRoles({ IdentityPoolId: id }) })))
    return found.filter(({ roles: { Roles = {}, RoleMappings = {} } }) => Object.keys(Roles).length + Object.keys(RoleMappings).length > 0).map(({ id }) => [id])
  },
})
