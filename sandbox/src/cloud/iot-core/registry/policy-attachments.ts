// sandbox/src/cloud/iot-core/registry/policy-attachments.ts: which policies are attached to which certificates, thing groups and identities of Cognito.
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { iotArn, readIotArn } from './arns.ts'
import { recordOf } from './certificate-records.ts'
import { found, invalidRequest, limitExceeded, notFound, required } from './errors.ts'
import { ancestorsOf, thingsBelow } from './group-tree.ts'
import { listed, listedOf } from './listing.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'
import { certificatesOf } from './things.ts'

/** AWS IoT quotas: policies of one certificate or group. */
const MOST_POLICIES = 10

export function policyAttachmentOperations(state: RegistryState) {
  const { tables, account } = state
  const named = (policyName: string) => ({ policyName, policyArn: iotArn(account, 'policy', policyName) })
  const mustExist = (policyName: string | undefined) => {
    const name = required(policyName, 'policyName')
    found(tables.policies.get(name), `Policy ${name}`)
    return name
  }
  const attach = (policyName: string | undefined, target: string) => {
    attachPolicy(state, mustExist(policyName), target)
    return {}
  }
  const targetsOf = (policyName: string | undefined, token: string | undefined, size: number | undefined) => {
    const prefix = prefixOf(mustExist(policyName))
    const { items, next } = listed(tables.policyTargets, { prefix, token, size })
    return { targets: items.map(([key]) => key.slice(prefix.length)), nextMarker: next }
  }
  const policiesOfTarget = (target: string, token: string | undefined, size: number | undefined) => {
    const { items, next } = listed(tables.targetPolicies, { prefix: prefixOf(target), token, size })
    return { policies: items.map(([key]) => named(partsOf(key)[1] ?? '')), nextMarker: next }
  }
  return {
    AttachPolicy: (input) => attach(input.policyName, required(input.target, 'target')),
    AttachPrincipalPolicy: (input) => attach(input.policyName, required(input.principal, 'principal')),
    DetachPolicy(input) {
      const target = required(input.target, 'target')
      checkTarget(state, target, { mayBeGone: true })
      detachPolicy(state, required(input.policyName, 'policyName'), target)
      return {}
    },
    DetachPrincipalPolicy(input) {
      const principal = required(input.principal, 'principal')
      checkTarget(state, principal)
      detachPolicy(state, mustExist(input.policyName), principal)
      return {}
    },
    ListAttachedPolicies(input) {
      const target = required(input.target, 'target')
      const kind = checkTarget(state, target)
      if (!input.recursive || kind.kind !== 'thinggroup') return policiesOfTarget(target, input.marker, input.pageSize)
      const groups = [kind.name, ...ancestorsOf(state, kind.name)]
      const all = new Set(groups.flatMap((group) => policiesOn(state, iotArn(account, 'thinggroup', group))))
      const { names, next } = listedOf([...all].sort(), { token: input.marker, size: input.pageSize })
      return { policies: names.map(named), nextMarker: next }
    },
    ListPrincipalPolicies(input) {
      const principal = required(input.principal, 'principal')
      checkTarget(state, principal)
      return policiesOfTarget(principal, input.marker, input.pageSize)
    },
    ListTargetsForPolicy: (input) => targetsOf(input.policyName, input.marker, input.pageSize),
    ListPolicyPrincipals(input) {
      const { targets, nextMarker } = targetsOf(input.policyName, input.marker, input.pageSize)
      return { principals: targets, nextMarker }
    },
  } satisfies Partial<IotOperations>
}

/** Does nothing when it is attached already. @throws AwsError when policy or target are not there, or the target has too many */
export function attachPolicy(state: RegistryState, policyName: string, target: string): void {
  const { tables } = state
  checkTarget(state, target)
  found(tables.policies.get(policyName), `Policy ${policyName}`)
  if (tables.targetPolicies.get(keyOf(target, policyName))) return
  if (tables.targetPolicies.count(prefixOf(target)) >= MOST_POLICIES) throw limitExceeded(`${target} can have ${MOST_POLICIES} policies`)
  state.change(() => {
    tables.targetPolicies.put(keyOf(target, policyName), true)
    tables.policyTargets.put(keyOf(policyName, target), true)
    targetChanged(state, target)
  })
}

function detachPolicy(state: RegistryState, policyName: string, target: string): void {
  const { tables } = state
  if (!tables.targetPolicies.get(keyOf(target, policyName))) return
  state.change(() => {
    tables.targetPolicies.delete(keyOf(target, policyName))
    tables.policyTargets.delete(keyOf(policyName, target))
    targetChanged(state, target)
  })
}

export const detachAllPolicies = (state: RegistryState, target: string): void => policiesOn(state, target).forEach((name) => detachPolicy(state, name, target))

/** Names of the policies attached to this very target. */
export const policiesOn = ({ tables }: RegistryState, target: string): string[] => tables.targetPolicies.all(prefixOf(target)).map(([key]) => partsOf(key)[1] ?? '')

/** To be called when another document of this policy is in force. */
export function policyChanged(state: RegistryState, policyName: string): void {
  const prefix = prefixOf(policyName)
  for (const [key] of state.tables.policyTargets.all(prefix)) targetChanged(state, key.slice(prefix.length))
}

function targetChanged(state: RegistryState, target: string): void {
  if (isIdentity(state, target)) return // its connections were judged when they were made, as those of every IAM caller
  const { kind, name = '' } = readIotArn(state.account, target) ?? {}
  if (kind === 'cert') state.certificateChanged(name)
  else for (const thing of thingsBelow(state, name)) certificatesOf(state, thing).forEach(state.certificateChanged)
}

/** Of an identity pool of this region. AWS IoT does not ask Cognito whether there is one. */
const isIdentity = ({ account }: RegistryState, target: string) => target.startsWith(`${account.region}:`) && UUID.test(target.slice(account.region.length + 1))
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @throws AwsError when this is no certificate, thing group or identity, or it is not there */
function checkTarget(state: RegistryState, target: string, { mayBeGone = false } = {}): { readonly kind: string; readonly name: string } {
  if (isIdentity(state, target)) return { kind: 'identity', name: target }
  const read = readIotArn(state.account, target)
  if (read?.kind !== 'cert' && read?.kind !== 'thinggroup') throw invalidRequest(`Invalid target: ${target}. A policy can be attached to a certificate or a thing group, by its ARN, or to an identity of Cognito, by its id.`)
  const isThere = read.kind === 'cert' ? recordOf(state, read.name) : state.tables.groups.get(read.name)
  if (!isThere && !mayBeGone) throw notFound(`${target} not found`)
  return read
}
