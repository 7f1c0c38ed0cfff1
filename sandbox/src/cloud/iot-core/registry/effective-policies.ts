// sandbox/src/cloud/iot-core/registry/effective-policies.ts: the policies in force for a certificate: its own and those of its things' groups.
import { partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { certificateOfPrincipal } from './certificate-records.ts'
import { ancestorsOf, groupsOfThing } from './group-tree.ts'
import { policiesOn } from './policy-attachments.ts'
import { defaultDocument } from './policies.ts'
import type { IotOperations, RegistryState } from './registry-state.ts'
import { theThing } from './things.ts'

export function effectivePolicyOperations(state: RegistryState) {
  return {
    GetEffectivePolicies(input) {
      const certificateId = input.principal === undefined ? undefined : certificateOfPrincipal(state, input.principal)
      if (input.thingName !== undefined) theThing(state, input.thingName)
      const things = [...(certificateId === undefined ? [] : thingsOfCertificate(state, certificateId)), ...(input.thingName === undefined ? [] : [input.thingName])]
      const names = new Set([...(certificateId === undefined ? [] : ownPolicies(state, certificateId)), ...things.flatMap((thing) => policiesOfGroups(state, thing))])
      const effectivePolicies = [...names].map((policyName) => ({ policyName, policyArn: iotArn(state.account, 'policy', policyName), policyDocument: defaultDocument(state, policyName) }))
      return { effectivePolicies }
    },
  } satisfies Partial<IotOperations>
}

/** Name and document of each policy, each once. */
export function effectivePolicies(state: RegistryState, certificateId: string): { readonly name: string; readonly document: string }[] {
  const inherited = thingsOfCertificate(state, certificateId).flatMap((thing) => policiesOfGroups(state, thing))
  return [...new Set([...ownPolicies(state, certificateId), ...inherited])].map((name) => ({ name, document: defaultDocument(state, name) }))
}

const ownPolicies = (state: RegistryState, certificateId: string) => policiesOn(state, iotArn(state.account, 'cert', certificateId))

const thingsOfCertificate = ({ tables }: RegistryState, certificateId: string) => tables.principalThings.all(prefixOf(certificateId)).map(([key]) => partsOf(key)[1] ?? '')

/** A child group inherits from its parents. */
const policiesOfGroups = (state: RegistryState, thing: string) =>
  groupsOfThing(state, thing)
    .flatMap((group) => [group, ...ancestorsOf(state, group)])
    .flatMap((group) => policiesOn(state, iotArn(state.account, 'thinggroup', group)))
