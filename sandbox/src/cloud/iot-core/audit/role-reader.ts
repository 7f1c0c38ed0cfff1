// sandbox/src/cloud/iot-core/audit/role-reader.ts: reads a role's policies by IAM's own operations, as Device Defender does.
import { AwsError } from '../../aws-error.ts'
import type { Iam } from '../../iam/iam.ts'
import type { RoleReader } from './role-alias-checks.ts'
import type { ServiceAccess } from './service-access.ts'

export function roleReader({ operations: iam }: Pick<Iam, 'operations'>, access: Pick<ServiceAccess, 'lastUse'>): RoleReader {
  const managed = (PolicyArn: string | undefined) => {
    const { Policy } = iam.GetPolicy({ PolicyArn })
    return iam.GetPolicyVersion({ PolicyArn, VersionId: Policy.DefaultVersionId }).PolicyVersion.Document
  }
  return {
    lastUse: (roleName, service) => access.lastUse(roleName, service),
    createdAt: (RoleName) => unlessAbsent(() => iam.GetRole({ RoleName }).Role.CreateDate),
    documentsOf: (RoleName) =>
      unlessAbsent(() => {
        const inline = iam.ListRolePolicies({ RoleName }).PolicyNames.map((PolicyName) => iam.GetRolePolicy({ RoleName, PolicyName }).PolicyDocument)
        const attached = iam.ListAttachedRolePolicies({ RoleName }).AttachedPolicies.map(({ PolicyArn }) => managed(PolicyArn))
        return [...inline, ...attached].flatMap((document) => (document === undefined ? [] : [decodeURIComponent(document)]))
      }),
  }
}

function unlessAbsent<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return undefined
    throw error
  }
}
