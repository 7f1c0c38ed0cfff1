// sandbox/src/cloud/iam/policies-in-force.ts: the compiled policies of a role: inline and attached ones; compiled once until IAM changes.
import { keyOf, partsOf, prefixOf } from '../store/store.ts'
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts'
import { type IamRecords, ofRole, type RoleRecord } from './iam-records.ts'
import { type CompiledPolicy, compile } from './policy-evaluation.ts'

export interface PoliciesInForce {
  of(roleName: string): readonly CompiledPolicy[]
  trust(role: RoleRecord): CompiledPolicy
  forget(): void
}

export function policiesInForce(records: IamRecords): PoliciesInForce {
  const ofRoles = new Map<string, readonly CompiledPolicy[]>()
  const trusts = new Map<string, CompiledPolicy>()
  return {
    of(roleName) {
      let policies = ofRoles.get(roleName)
      if (!policies) ofRoles.set(roleName, (policies = compileAll(records, roleName)))
      return policies
    },
    trust({ roleName, trustPolicy }) {
      let policy = trusts.get(roleName)
      if (!policy) trusts.set(roleName, (policy = compile(trustPolicy, { name: 'trust policy', kind: 'trust' })))
      return policy
    },
    forget() {
      ofRoles.clear()
      trusts.clear()
    },
  }
}

function compileAll({ inlinePolicies, attachments, policies, policyVersions }: IamRecords, roleName: string): CompiledPolicy[] {
  const inline = inlinePolicies.all(ofRole(roleName)).map(([key, document]) => compile(document, { name: partsOf(key)[1] ?? 'inline' }))
  const attached = attachments.all(prefixOf(roleName)).flatMap(([, arn]) => {
    const document = AWS_MANAGED_POLICIES.get(arn)?.document ?? policyVersions.get(keyOf(arn, policies.get(arn)?.defaultVersionId ?? ''))?.document
    return document === undefined ? [] : [compile(document, { name: arn.split('/').at(-1) ?? arn })]
  })
  return [...inline, ...attached]
}
