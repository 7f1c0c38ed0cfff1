// sandbox/src/cloud/cloud-control/types/cognito-user-pool-group.ts: AWS::Cognito::UserPoolGroup.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'

const Group = z.strictObject({
  UserPoolId: z.string(),
  GroupName: z.string().optional(),
  Description: z.string().optional(),
  Precedence: z.number().int().min(0).optional(),
  RoleArn: z.string().optional(),
})

export const userPoolGroup = resourceType<z.infer<typeof Group>>({
  typeName: 'AWS::Cognito::UserPoolGroup',
  schema: Group,
  identifier: ['UserPoolId', 'GroupName'],
  createOnly: ['UserPoolId', 'GroupName'],
  readOnly: [],
  writeOnly: [],
  async create(model, { cognitoIdp, generatedName }) {
    const GroupName = model.GroupName ?? generatedName()
    await cognitoIdp.CreateGroup({ ...model, GroupName })
    return [model.UserPoolId, GroupName]
  },
  async read([UserPoolId = '', GroupName], { cognitoIdp }) {
    const { Group: found } = await cognitoIdp.GetGroup({ UserPoolId, GroupName })
    return { UserPoolId, GroupName, Description: found?.Description, Precedence: found?.Precedence, RoleArn: found?.RoleArn }
  },
  async update([UserPoolId, GroupName], { after: { Description, Precedence, RoleArn } }, { cognitoIdp }) {
    await cognitoIdp.UpdateGroup({ UserPoolId, GroupName, Description, Precedence, RoleArn })
  },
  async delete([UserPoolId, GroupName], { cognitoIdp }) {
    await cognitoIdp.DeleteGroup({ UserPoolId, GroupName })
  },
  async list({ cognitoIdp }, { UserPoolId }) {
    const groups = await allPages(async (NextToken) => {
      const { Groups: items, NextToken: next } = await cognitoIdp.ListGroups({ UserPoolId, NextToken })
      return { items, next }
    })
    return groups.map(({ GroupName = '' }) => [UserPoolId ?? '', GroupName])
  },
})
