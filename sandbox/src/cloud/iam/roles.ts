// sandbox/src/cloud/iam/roles.ts: IAM's operations on roles.
import type { Role } from '@aws-sdk/client-iam'
import { atLeast, atMost, notLongerThan } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import { pathCheck, readDocument, readTags, refuseViolations, roleNameCheck, withoutTags, withTags } from './checks.ts'
import { alreadyExists, deleteConflict, encodedDocument, limitExceeded, noSuchEntity, ofRole, roleArn, roleNamed, type RoleRecord, uniqueId } from './iam-records.ts'
import { type IamContext, markedList, markedTags } from './iam-context.ts'
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts'

type Iam = typeof import('@aws-sdk/client-iam')

/** Characters of a trust policy, without whitespace (IAM guide, «IAM and STS quotas»). */
const LONGEST_TRUST_POLICY = 2048
const HOUR_S = 3600

export function roleOperations({ records, account, clock, changed }: IamContext) {
  const boundaryOf = (arn: string | undefined): { readonly boundary?: string } => {
    if (arn === undefined) return {}
    if (!AWS_MANAGED_POLICIES.has(arn) && !records.policies.get(arn)) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
    return { boundary: arn }
  }
  const change = (roleName: string | undefined, changes: Partial<RoleRecord>): RoleRecord => {
    const role = { ...roleNamed(records, roleName), ...changes }
    records.roles.put(role.roleName, role)
    changed()
    return role
  }
  const shown = (role: RoleRecord): Role => ({
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: roleArn(account, role),
    CreateDate: role.createDate,
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
    ...(role.description === '' ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const, PermissionsBoundaryArn: role.boundary } }),
    ...(role.tags.length === 0 ? {} : { Tags: [...role.tags] }),
  })
  return {
    CreateRole(input) {
      const { RoleName: roleName = '', Path: path = '/', MaxSessionDuration: maxSessionSeconds = HOUR_S, Description: description = '' } = input
      refuseViolations(roleNameCheck(roleName), pathCheck(path), ['maxSessionDuration', maxSessionSeconds, atLeast(HOUR_S), atMost(12 * HOUR_S)], ['description', description, notLongerThan(1000)])
      if (records.roles.get(roleName)) throw alreadyExists(`Role with name ${roleName} already exists.`)
      const role: RoleRecord = { roleName, path, roleId: uniqueId('AROA'), createDate: clock.now(), trustPolicy: trustPolicy(input.AssumeRolePolicyDocument), description, maxSessionSeconds, tags: readTags(input.Tags), ...boundaryOf(input.PermissionsBoundary) }
      records.roles.put(roleName, role)
      changed()
      return { Role: shown(role) }
    },
    GetRole: ({ RoleName }) => ({ Role: shown(roleNamed(records, RoleName)) }),
    ListRoles(input) {
      const found = records.roles.all().map(([, role]) => role).filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
      const { items, marker } = markedList(input, found, ({ roleName }) => roleName)
      return { Roles: items.map((role) => listed(shown(role))), ...marker }
    },
    UpdateRole({ RoleName, Description, MaxSessionDuration }) {
      refuseViolations(['maxSessionDuration', MaxSessionDuration, atLeast(HOUR_S), atMost(12 * HOUR_S)], ['description', Description, notLongerThan(1000)])
      change(RoleName, { ...(Description === undefined ? {} : { description: Description }), ...(MaxSessionDuration === undefined ? {} : { maxSessionSeconds: MaxSessionDuration }) })
      return {}
    },
    UpdateRoleDescription: ({ RoleName, Description = '' }) => ({ Role: shown(change(RoleName, { description: Description })) }),
    UpdateAssumeRolePolicy({ RoleName, PolicyDocument }) {
      roleNamed(records, RoleName)
      change(RoleName, { trustPolicy: trustPolicy(PolicyDocument) })
      return {}
    },
    DeleteRole({ RoleName }) {
      const { roleName } = roleNamed(records, RoleName)
      if (records.attachments.count(ofRole(roleName)) > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
      if (records.inlinePolicies.count(ofRole(roleName)) > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
      records.roles.delete(roleName)
      changed()
      return {}
    },
    TagRole({ RoleName, Tags }) {
      change(RoleName, { tags: withTags(roleNamed(records, RoleName).tags, readTags(Tags)) })
      return {}
    },
    UntagRole({ RoleName, TagKeys }) {
      change(RoleName, { tags: withoutTags(roleNamed(records, RoleName).tags, TagKeys) })
      return {}
    },
    ListRoleTags: (input) => markedTags(input, roleNamed(records, input.RoleName).tags),
    PutRolePermissionsBoundary({ RoleName, PermissionsBoundary }) {
      change(RoleName, boundaryOf(PermissionsBoundary))
      return {}
    },
    DeleteRolePermissionsBoundary({ RoleName }) {
      const { boundary, ...rest } = roleNamed(records, RoleName)
      if (boundary === undefined) throw noSuchEntity(`The role with name ${rest.roleName} has no permissions boundary.`)
      records.roles.put(rest.roleName, rest)
      changed()
      return {}
    },
    // There are no EC2 instances here; tools ask before they delete a role.
    ListInstanceProfilesForRole({ RoleName }) {
      roleNamed(records, RoleName)
      return { InstanceProfiles: [], IsTruncated: false }
    },
  } satisfies OperationsOf<Iam>
}

/** A list shows neither tags nor boundary (API reference, ListRoles). */
const listed = ({ Tags: _, PermissionsBoundary: __, ...role }: Role): Role => role

function trustPolicy(document: string | undefined): string {
  const read = readDocument(document, 'trust')
  if (read.replace(/\s/g, '').length > LONGEST_TRUST_POLICY) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${LONGEST_TRUST_POLICY}`)
  return read
}
