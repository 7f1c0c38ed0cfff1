// sandbox/src/cloud/cloud-control/types/cognito-identity-pool.ts: AWS::Cognito::IdentityPool, without guests.
import * as z from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { asList, asMap, TagList } from './tags.ts'

const Pool = z.strictObject({
  IdentityPoolName: z.string().optional(),
  AllowUnauthenticatedIdentities: z.literal(false), // the sandbox has no guests, and the enhanced flow alone
  AllowClassicFlow: z.literal(false).optional(),
  CognitoIdentityProviders: z.array(z.strictObject({ ProviderName: z.string(), ClientId: z.string(), ServerSideTokenCheck: z.boolean().optional() })).optional(),
  IdentityPoolTags: TagList.optional(),
  Id: z.string().optional(),
  Name: z.string().optional(),
})
type Pool = z.infer<typeof Pool>

const settingsOf = ({ Id: _id, Name: _name, IdentityPoolTags, ...settings }: Pool) => ({ ...settings, IdentityPoolTags: asMap(IdentityPoolTags) })

export const identityPool = resourceType<Pool>({
  typeName: 'AWS::Cognito::IdentityPool',
  schema: Pool,
  identifier: ['Id'],
  createOnly: [],
  readOnly: ['Id', 'Name'],
  writeOnly: [],
  async create(model, { cognitoIdentity, generatedName }) {
    const { IdentityPoolId = '' } = await cognitoIdentity.CreateIdentityPool({ ...settingsOf(model), IdentityPoolName: model.IdentityPoolName ?? generatedName() })
    return [IdentityPoolId]
  },
  async read([IdentityPoolId], { cognitoIdentity }) {
    const { IdentityPoolId: Id, IdentityPoolName, IdentityPoolTags, ...settings } = await cognitoIdentity.DescribeIdentityPool({ IdentityPoolId })
    return { ...(settings as unknown as Pool), IdentityPoolName, Id, Name: IdentityPoolName, IdentityPoolTags: asList(IdentityPoolTags) } // the same names
  },
  async update([IdentityPoolId], { before, after }, { cognitoIdentity }) {
    await cognitoIdentity.UpdateIdentityPool({ ...settingsOf(after), IdentityPoolId, IdentityPoolName: after.IdentityPoolName ?? before.Name })
  },
  async delete([IdentityPoolId], { cognitoIdentity }) {
    await cognitoIdentity.DeleteIdentityPool({ IdentityPoolId })
  },
  list: async ({ cognitoIdentity }) => (await poolIds(cognitoIdentity)).map((id) => [id]),
})

/** Of all identity pools. */
export async function poolIds({ ListIdentityPools }: Handling['cognitoIdentity']): Promise<string[]> {
  const pools = await allPages(async (NextToken) => {
    const { IdentityPools: items, NextToken: next } = await ListIdentityPools({ MaxResults: 60, NextToken })
    return { items, next }
  })
  return pools.map(({ IdentityPoolId = '' }) => IdentityPoolId)
}
