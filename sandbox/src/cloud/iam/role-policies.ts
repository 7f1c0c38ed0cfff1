// sandbox/src/cloud/iam/role-policies.ts: IAM's operations on the inline and attached policies of a role.
import type { OperationsOf } from '../service.ts'
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts'
import { policyNameCheck, readDocument, refuseViolations } from './checks.ts'
import { type IamContext, markedList } from './iam-context.ts'
import { encodedDocument, inlineKey, limitExceeded, noSuchEntity, ofRole, roleNamed } from './iam-records.ts'
import { keyOf, partsOf } from '../store/store.ts'

type Iam = typeof import('@aws-sdk/client-iam')

/** Of one role: characters of all inline policies without whitespace, and attached policies (IAM guide, «IAM and STS quotas»). */
const MOST_INLINE_CHARACTERS = 10_240
const MOST_ATTACHED = 10

export function rolePolicyOperations({ records, changed }: IamContext) {
  const refuseOverQuota = (roleName: string, policyName: string, document: string): void => {
    const others = records.inlinePolicies.all(ofRole(roleName)).filter(([key]) => key !== inlineKey(roleName, policyName))
    const characters = [...others.map(([, each]) => each), document].reduce((sum, each) => sum + each.replace(/\s/g, '').length, 0)
    if (characters > MOST_INLINE_CHARACTERS) throw limitExceeded(`Maximum policy size of ${MOST_INLINE_CHARACTERS} bytes exceeded for role ${roleName}`)
  }
  return {
    PutRolePolicy({ RoleName, PolicyName: policyName = '', PolicyDocument }) {
      const { roleName } = roleNamed(records, RoleName)
      refuseViolations(policyNameCheck(policyName))
      const document = readDocument(PolicyDocument, 'identity')
      refuseOverQuota(roleName, policyName, document)
      records.inlinePolicies.put(inlineKey(roleName, policyName), document)
      changed()
      return {}
    },
    GetRolePolicy({ RoleName, PolicyName: policyName = '' }) {
      const { roleName } = roleNamed(records, RoleName)
      const document = records.inlinePolicies.get(inlineKey(roleName, policyName))
      if (document === undefined) throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`)
      return { RoleName: roleName, PolicyName: policyName, PolicyDocument: encodedDocument(document) }
    },
    DeleteRolePolicy({ RoleName, PolicyName: policyName = '' }) {
      const { roleName } = roleNamed(records, RoleName)
      if (!records.inlinePolicies.delete(inlineKey(roleName, policyName))) throw noSuchEntity(`The role policy with name ${policyName} cannot be found.`)
      changed()
      return {}
    },
    ListRolePolicies(input) {
      const { roleName } = roleNamed(records, input.RoleName)
      const names = records.inlinePolicies.all(ofRole(roleName)).map(([key]) => partsOf(key)[1] ?? '')
      const { items, marker } = markedList(input, names, (name) => name)
      return { PolicyNames: [...items], ...marker }
    },
    AttachRolePolicy({ RoleName, PolicyArn: arn = '' }) {
      const { roleName } = roleNamed(records, RoleName)
      if (!AWS_MANAGED_POLICIES.has(arn) && !records.policies.get(arn)) throw noSuchEntity(notAttachable(arn))
      const isNew = records.attachments.get(keyOf(roleName, arn)) === undefined
      if (isNew && records.attachments.count(ofRole(roleName)) >= MOST_ATTACHED) throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`)
      records.attachments.put(keyOf(roleName, arn), arn)
      changed()
      return {}
    },
    DetachRolePolicy({ RoleName, PolicyArn: arn = '' }) {
      const { roleName } = roleNamed(records, RoleName)
      if (!records.attachments.delete(keyOf(roleName, arn))) throw noSuchEntity(`Policy ${arn} was not found.`)
      changed()
      return {}
    },
    ListAttachedRolePolicies(input) {
      const { roleName } = roleNamed(records, input.RoleName)
      const arns = records.attachments.all(ofRole(roleName)).map(([, arn]) => arn).filter((arn) => pathOf(arn).startsWith(input.PathPrefix ?? '/'))
      const { items, marker } = markedList(input, arns, (arn) => arn)
      return { AttachedPolicies: items.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) })), ...marker }
    },
  } satisfies OperationsOf<Iam>
}

/** `/platform/` of `arn:aws:iam::…:policy/platform/name`. */
const pathOf = (arn: string) => arn.slice(arn.indexOf(':policy/') + ':policy'.length, arn.lastIndexOf('/') + 1)

/** AWS's sentence; for its own policies the sandbox says which it has. */
function notAttachable(arn: string): string {
  const known = arn.startsWith('arn:aws:iam::aws:') ? ` The sandbox knows these of AWS's policies: ${[...AWS_MANAGED_POLICIES.keys()].map((each) => each.split('/').at(-1)).join(', ')}.` : ''
  return `Policy ${arn} does not exist or is not attachable.${known}`
}
