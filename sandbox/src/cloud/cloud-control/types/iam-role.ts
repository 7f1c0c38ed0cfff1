// sandbox/src/cloud/cloud-control/types/iam-role.ts: AWS::IAM::Role, with its inline and its managed policies.
import { z } from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { listChange } from './list-change.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const Role = z.strictObject({
  AssumeRolePolicyDocument: PolicyText,
  RoleName: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w+=,.@-]+$/)
    .optional(),
  Path: z
    .string()
    .max(512)
    .regex(/^(\u002F)$|^(\u002F[\u0021-\u007E]+\u002F)$/)
    .optional(),
  Description: z.string().max(1000).optional(),
  MaxSessionDuration: z.number().int().min(3600).max(43_200).optional(),
  PermissionsBoundary: z.string().min(20).max(2048).optional(),
  ManagedPolicyArns: z.array(z.string().regex(/^arn:(aws[a-zA-Z-]*)?:iam::(\d{12}|aws):policy\/[a-zA-Z_0-9+=,.@\-_/]+$/)).optional(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: PolicyText })).optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  RoleId: z.string().optional(),
})
type Role = z.infer<typeof Role>

export const role = resourceType<Role>({
  typeName: 'AWS::IAM::Role',
  schema: Role,
  identifier: ['RoleName'],
  createOnly: ['Path', 'RoleName'],
  readOnly: ['Arn', 'RoleId'],
  writeOnly: [],
  async create(model, handling) {
    const { iam, generatedName } = handling
    const RoleName = model.RoleName ?? generatedName()
    await iam.CreateRole({
      RoleName,
      Path: model.Path,
      AssumeRolePolicyDocument: textOf(model.AssumeRolePolicyDocument),
      Description: model.Description,
      MaxSessionDuration: model.MaxSessionDuration,
      PermissionsBoundary: model.PermissionsBoundary,
      Tags: model.Tags,
    })
    try {
      await changePolicies(RoleName, { before: {}, after: model }, handling)
    } catch (error) {
      await remove(RoleName, handling) // no half of a role is left: the next try would find its name taken
      throw error
    }
    return [RoleName]
  },
  read: async ([RoleName], handling) => describe(RoleName, handling),
  async update([RoleName], { before, after }, handling) {
    const { iam } = handling
    if (textOf(before.AssumeRolePolicyDocument) !== textOf(after.AssumeRolePolicyDocument))
      await iam.UpdateAssumeRolePolicy({ RoleName, PolicyDocument: textOf(after.AssumeRolePolicyDocument) })
    if (before.Description !== after.Description || before.MaxSessionDuration !== after.MaxSessionDuration)
      await iam.UpdateRole({ RoleName, Description: after.Description ?? '', MaxSessionDuration: after.MaxSessionDuration })
    if (before.PermissionsBoundary !== after.PermissionsBoundary) {
      if (after.PermissionsBoundary === undefined) await iam.DeleteRolePermissionsBoundary({ RoleName })
      else await iam.PutRolePermissionsBoundary({ RoleName, PermissionsBoundary: after.PermissionsBoundary })
    }
    await changePolicies(RoleName ?? '', { before, after }, handling)
    const tags = tagChange(before.Tags, after.Tags)
    if (tags.set.length > 0) await iam.TagRole({ RoleName, Tags: tags.set })
    if (tags.remove.length > 0) await iam.UntagRole({ RoleName, TagKeys: tags.remove })
  },
  delete: async ([RoleName], handling) => remove(RoleName ?? '', handling),
  async list({ iam }) {
    const roles = await allPages(async (Marker) => {
      const { Roles, Marker: next } = await iam.ListRoles({ Marker })
      return { items: Roles, next }
    })
    return roles.map(({ RoleName = '' }) => [RoleName])
  },
})

async function describe(RoleName: string | undefined, handling: Handling): Promise<Role> {
  const { iam } = handling
  const { Role: found } = await iam.GetRole({ RoleName })
  const inline = await inlineNames(RoleName, handling)
  const attached = await attachedArns(RoleName, handling)
  const Policies = []
  for (const PolicyName of inline) {
    const { PolicyDocument } = await iam.GetRolePolicy({ RoleName, PolicyName })
    Policies.push({ PolicyName, PolicyDocument: decoded(PolicyDocument) })
  }
  return {
    RoleName: found?.RoleName,
    Arn: found?.Arn,
    RoleId: found?.RoleId,
    Path: found?.Path,
    AssumeRolePolicyDocument: decoded(found?.AssumeRolePolicyDocument),
    Description: found?.Description || undefined,
    MaxSessionDuration: found?.MaxSessionDuration,
    PermissionsBoundary: found?.PermissionsBoundary?.PermissionsBoundaryArn,
    ...(attached.length > 0 ? { ManagedPolicyArns: attached } : {}),
    ...(Policies.length > 0 ? { Policies } : {}),
    Tags: fromTags(found?.Tags),
  }
}

/** IAM gives documents URL-encoded (RFC 3986; API reference, GetRole). */
const decoded = (document: string | undefined) => policyOf(decodeURIComponent(document ?? '{}'))

const inlineNames = async (RoleName: string | undefined, { iam }: Handling) =>
  allPages(async (Marker) => {
    const { PolicyNames, Marker: next } = await iam.ListRolePolicies({ RoleName, Marker })
    return { items: PolicyNames, next }
  })

async function attachedArns(RoleName: string | undefined, { iam }: Handling): Promise<string[]> {
  const attached = await allPages(async (Marker) => {
    const { AttachedPolicies, Marker: next } = await iam.ListAttachedRolePolicies({ RoleName, Marker })
    return { items: AttachedPolicies, next }
  })
  return attached.map(({ PolicyArn = '' }) => PolicyArn)
}

/** Policies that another resource gave the role (AWS::IAM::RolePolicy) are not in `before`, and stay. */
async function changePolicies(RoleName: string, { before, after }: { readonly before: Partial<Role>; readonly after: Role }, { iam }: Handling): Promise<void> {
  for (const { PolicyName, PolicyDocument } of after.Policies ?? []) await iam.PutRolePolicy({ RoleName, PolicyName, PolicyDocument: textOf(PolicyDocument) })
  const kept = new Set((after.Policies ?? []).map(({ PolicyName }) => PolicyName))
  for (const { PolicyName } of before.Policies ?? []) if (!kept.has(PolicyName)) await iam.DeleteRolePolicy({ RoleName, PolicyName })
  const { added, removed } = listChange(before.ManagedPolicyArns, after.ManagedPolicyArns)
  for (const PolicyArn of added) await iam.AttachRolePolicy({ RoleName, PolicyArn })
  for (const PolicyArn of removed) await iam.DetachRolePolicy({ RoleName, PolicyArn })
}

async function remove(RoleName: string, handling: Handling): Promise<void> {
  const { iam } = handling
  for (const PolicyName of await inlineNames(RoleName, handling)) await iam.DeleteRolePolicy({ RoleName, PolicyName })
  for (const PolicyArn of await attachedArns(RoleName, handling)) await iam.DetachRolePolicy({ RoleName, PolicyArn })
  await iam.DeleteRole({ RoleName })
}
