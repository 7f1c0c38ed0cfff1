// sandbox/src/cloud/cloud-control/types/iam-role-policy.ts: AWS::IAM::RolePolicy: one inline policy of a role.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'

const RolePolicy = z.strictObject({
  PolicyName: z.string().min(1).max(128).regex(/^[\w+=,.@-]+$/),
  RoleName: z.string().min(1).max(64).regex(/^[\w+=,.@-]+$/),
  PolicyDocument: PolicyText.optional(),
})

export const rolePolicy = resourceType<z.infer<typeof RolePolicy>>({
  typeName: 'AWS::IAM::RolePolicy',
  schema: RolePolicy,
  identifier: ['PolicyName', 'RoleName'],
  createOnly: ['PolicyName', 'RoleName'],
  readOnly: [],
  writeOnly: [],
  async create({ PolicyName, RoleName, PolicyDocument = {} }, { iam }) {
    const taken = await iam.GetRolePolicy({ PolicyName, RoleName }).catch((error: unknown) => {
      if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return undefined
      throw error
    })
    if (taken) throw new AwsError('EntityAlreadyExistsException', `The role ${RoleName} has a policy ${PolicyName} already.`)
    await iam.PutRolePolicy({ PolicyName, RoleName, PolicyDocument: textOf(PolicyDocument) })
    return [PolicyName, RoleName]
  },
  async read([PolicyName = '', RoleName = ''], { iam }) {
    const { PolicyDocument } = await iam.GetRolePolicy({ PolicyName, RoleName })
    return { PolicyName, RoleName, PolicyDocument: policyOf(decodeURIComponent(PolicyDocument ?? '{}')) }
  },
  async update([PolicyName, RoleName], { after }, { iam }) {
    await iam.PutRolePolicy({ PolicyName, RoleName, PolicyDocument: textOf(after.PolicyDocument ?? {}) })
  },
  async delete([PolicyName, RoleName], { iam }) {
    await iam.DeleteRolePolicy({ PolicyName, RoleName })
  },
  async list({ iam }, { RoleName }) {
    if (RoleName === undefined) throw new AwsError('InvalidInputException', 'Required property: [RoleName]')
    const names = await allPages(async (Marker) => {
      const { PolicyNames, Marker: next } = await iam.ListRolePolicies({ RoleName, Marker })
      return { items: PolicyNames, next }
    })
    return names.map((name) => [name, RoleName])
  },
})
