// sandbox/src/cloud/cloud-control/types/iam-managed-policy.ts: AWS::IAM::ManagedPolicy, and the roles that it is attached to.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { listChange } from './list-change.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'

const ManagedPolicy = z.strictObject({
  PolicyDocument: PolicyText,
  ManagedPolicyName: z.string().optional(),
  Description: z.string().max(1000).optional(),
  Path: z.string().max(512).regex(/^((\/[A-Za-z0-9.,+@=_-]+)*)\/$/).optional(),
  Roles: z.array(z.string()).optional(),
  Groups: z.array(z.string()).max(0, 'groups are not offered by the sandbox').optional(),
  Users: z.array(z.string()).max(0, 'users are not offered by the sandbox').optional(),
  PolicyArn: z.string().optional(),
  PolicyId: z.string().optional(),
  AttachmentCount: z.number().optional(),
  PermissionsBoundaryUsageCount: z.number().optional(),
  CreateDate: z.string().optional(),
  UpdateDate: z.string().optional(),
  DefaultVersionId: z.string().optional(),
  IsAttachable: z.boolean().optional(),
})
type ManagedPolicy = z.infer<typeof ManagedPolicy>

/** IAM keeps five versions of a managed policy. */
const MAX_VERSIONS = 5

export const managedPolicy = resourceType<ManagedPolicy>({
  typeName: 'AWS::IAM::ManagedPolicy',
  schema: ManagedPolicy,
  identifier: ['PolicyArn'],
  createOnly: ['ManagedPolicyName', 'Description', 'Path'],
  readOnly: ['PolicyArn', 'AttachmentCount', 'CreateDate', 'DefaultVersionId', 'IsAttachable', 'PermissionsBoundaryUsageCount', 'PolicyId', 'UpdateDate'],
  writeOnly: [],
  async create(model, { iam, generatedName }) {
    const { Policy } = await iam.CreatePolicy({ PolicyName: model.ManagedPolicyName ?? generatedName(), Path: model.Path, Description: model.Description, PolicyDocument: textOf(model.PolicyDocument) })
    const PolicyArn = Policy?.Arn ?? ''
    for (const RoleName of model.Roles ?? []) await iam.AttachRolePolicy({ RoleName, PolicyArn })
    return [PolicyArn]
  },
  async read([PolicyArn], handling) {
    const { iam } = handling
    const { Policy } = await iam.GetPolicy({ PolicyArn })
    const { PolicyVersion } = await iam.GetPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId })
    const Roles = await rolesOf(PolicyArn, handling)
    return {
      PolicyArn,
      PolicyId: Policy?.PolicyId,
      ManagedPolicyName: Policy?.PolicyName,
      Path: Policy?.Path,
      Description: Policy?.Description || undefined,
      PolicyDocument: policyOf(decodeURIComponent(PolicyVersion?.Document ?? '{}')),
      AttachmentCount: Policy?.AttachmentCount,
      PermissionsBoundaryUsageCount: Policy?.PermissionsBoundaryUsageCount,
      CreateDate: Policy?.CreateDate?.toISOString(),
      UpdateDate: Policy?.UpdateDate?.toISOString(),
      DefaultVersionId: Policy?.DefaultVersionId,
      IsAttachable: Policy?.IsAttachable,
      ...(Roles.length > 0 ? { Roles } : {}),
    }
  },
  async update([PolicyArn], { before, after }, { iam }) {
    if (textOf(before.PolicyDocument) !== textOf(after.PolicyDocument)) {
      const { Versions = [] } = await iam.ListPolicyVersions({ PolicyArn })
      const oldest = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).toSorted((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))[0]
      if (Versions.length >= MAX_VERSIONS && oldest) await iam.DeletePolicyVersion({ PolicyArn, VersionId: oldest.VersionId })
      await iam.CreatePolicyVersion({ PolicyArn, PolicyDocument: textOf(after.PolicyDocument), SetAsDefault: true })
    }
    const { added, removed } = listChange(before.Roles, after.Roles)
    for (const RoleName of added) await iam.AttachRolePolicy({ RoleName, PolicyArn })
    for (const RoleName of removed) await iam.DetachRolePolicy({ RoleName, PolicyArn })
  },
  async delete([PolicyArn], handling) {
    const { iam } = handling
    for (const RoleName of await rolesOf(PolicyArn, handling)) await iam.DetachRolePolicy({ RoleName, PolicyArn })
    const { Versions = [] } = await iam.ListPolicyVersions({ PolicyArn })
    for (const { VersionId, IsDefaultVersion } of Versions) if (!IsDefaultVersion) await iam.DeletePolicyVersion({ PolicyArn, VersionId })
    await iam.DeletePolicy({ PolicyArn })
  },
  async list({ iam }) {
    const policies = await allPages(async (Marker) => {
      const { Policies, Marker: next } = await iam.ListPolicies({ Scope: 'Local', Marker })
      return { items: Policies, next }
    })
    return policies.map(({ Arn = '' }) => [Arn])
  },
})

async function rolesOf(PolicyArn: string | undefined, { iam }: Handling): Promise<string[]> {
  const roles = await allPages(async (Marker) => {
    const { PolicyRoles, Marker: next } = await iam.ListEntitiesForPolicy({ PolicyArn, EntityFilter: 'Role', Marker })
    return { items: PolicyRoles, next }
  })
  return roles.map(({ RoleName }) => {
    if (RoleName === undefined) throw new AwsError('ServiceFailureException', 'a role without a name')
    return RoleName
  })
}
