// sandbox/src/cloud/iam/policies-in-force.ts: the compiled policies of a role: inline and attached ones; compiled once until IAM changes.
import { keyOf, partsOf, prefixOf } from '../store/store.ts'
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts'
import { type IamRecords, ofRole, type RoleRecord } from './iam-records.ts'
import { type CompiledPolicy, compile } from './policy-evaluation.ts'

export interface PoliciesInForce {
  of(roleName: string): readonly CompiledPolicy[]
  /** The role's permissions boundary, if it has one. */
  boundary(roleName: string): readonly CompiledPolicy[] | undefined
  trust(role: RoleRecord): CompiledPolicy
  forget(): void
}

export function policiesInForce(records: IamRecords): PoliciesInForce {
  const ofRoles = new Map<string, readonly CompiledPolicy[]>()
  const boundaries = new Map<string, readonly CompiledPolicy[]>()
  const trusts = new Map<string, CompiledPolicy>()
  return {
    of(roleName) {
      let policies = ofRoles.get(roleName)
      if (!policies) ofRoles.set(roleName, (policies = compileAll(records, roleName)))
      return policies
    },
    boundary(roleName) {
      const arn = records.roles.get(roleName)?.boundary
      if (arn === undefined) return undefined
      let policies = boundaries.get(arn)
      if (!policies) boundaries.set(arn, (policies = managed(records, arn)))
      return policies
    },
    trust({ roleName, trustPolicy }) {
      let policy = trusts.get(roleName)
      if (!policy) trusts.set(roleName, (policy = compile(trustPolicy, { name: 'trust policy', kind: 'trust' })))
      return policy
    },
    forget() {
      ofRoles.clear()
      boundaries.clear()
      trusts.clear()
    },
  }
}

function compileAll(records: IamRecords, roleName: string): CompiledPolicy[] {
  const inline = records.inlinePolicies.all(ofRole(roleName)).map(([key, document]) => compile(document, { name: partsOf(key)[1] ?? 'inline' }))
  return [...inline, ...records.attachments.all(prefixOf(roleName)).flatMap(([, arn]) => managed(records, arn))]
}

function managed(records: IamRecords, arn: string): readonly CompiledPolicy[] {
  const document = managedDocument(records, arn)
  return document === undefined ? [] : [compile(document, { name: arn.split('/').at(-1) ?? arn })]
}

/** The default version of a managed policy, AWS's or the account's own. */
export const managedDocument = ({ policies, policyVersions }: IamRecords, arn: string): string | undefined =>
  AWS_MANAGED_POLICIES.get(arn)?.document ?? policyVersions.get(keyOf(arn, policies.get(arn)?.defaultVersionId ?? ''))?.document
