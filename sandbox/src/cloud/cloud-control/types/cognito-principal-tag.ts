// sandbox/src/cloud/cloud-control/types/cognito-principal-tag.ts: AWS::Cognito::IdentityPoolPrincipalTag: which claims of a provider become tags of a session.
import * as z from 'zod'
import { AwsError } from '../../aws-error.ts'
import { resourceType } from '../resource-type.ts'
import { poolIds } from './cognito-identity-pool.ts'

const PrincipalTag = z.strictObject({
  IdentityPoolId: z.string(),
  IdentityProviderName: z.string(),
  PrincipalTags: z.record(z.string(), z.string()).optional(),
  UseDefaults: z.boolean().optional(),
})
type PrincipalTag = z.infer<typeof PrincipalTag>

export const identityPoolPrincipalTag = resourceType<PrincipalTag>({
  typeName: 'AWS::Cognito::IdentityPoolPrincipalTag',
  schema: PrincipalTag,
  identifier: ['IdentityPoolId', 'IdentityProviderName'],
  createOnly: ['IdentityPoolId', 'IdentityProviderName'],
  readOnly: [],
  writeOnly: [],
  async create(model, { cognitoIdentity }) {
    await cognitoIdentity.SetPrincipalTagAttributeMap(model)
    return [model.IdentityPoolId, model.IdentityProviderName]
  },
  async read([IdentityPoolId = '', IdentityProviderName = ''], { cognitoIdentity }) {
    const { UseDefaults = false, PrincipalTags = {} } = await cognitoIdentity.GetPrincipalTagAttributeMap({ IdentityPoolId, IdentityProviderName })
    if (!UseDefaults && Object.keys(PrincipalTags).length === 0) throw new AwsError('ResourceNotFoundException', `The identity pool ${IdentityPoolId} has no tags for ${IdentityProviderName}.`)
    return { IdentityPoolId, IdentityProviderName, UseDefaults, PrincipalTags }
  },
  async update(_identifier, { after }, { cognitoIdentity }) {
    await cognitoIdentity.SetPrincipalTagAttributeMap(after)
  },
  async delete([IdentityPoolId, IdentityProviderName], { cognitoIdentity }) {
    await cognitoIdentity.SetPrincipalTagAttributeMap({ IdentityPoolId, IdentityProviderName, UseDefaults: false, PrincipalTags: {} })
  },
  async list({ cognitoIdentity }) {
    const pools = await Promise.all((await poolIds(cognitoIdentity)).map(async (IdentityPoolId) => cognitoIdentity.DescribeIdentityPool({ IdentityPoolId })))
    const providers = pools.flatMap(({ IdentityPoolId = '', CognitoIdentityProviders = [] }) => CognitoIdentityProviders.map(({ ProviderName = '' }) => [IdentityPoolId, ProviderName] as const))
    const maps = await Promise.all(providers.map(async ([IdentityPoolId, IdentityProviderName]) => cognitoIdentity.GetPrincipalTagAttributeMap({ IdentityPoolId, IdentityProviderName })))
    return maps.flatMap(({ IdentityPoolId = '', IdentityProviderName = '', UseDefaults, PrincipalTags = {} }) => (UseDefaults === true || Object.keys(PrincipalTags).length > 0 ? [[IdentityPoolId, IdentityProviderName]] : []))
  },
})
