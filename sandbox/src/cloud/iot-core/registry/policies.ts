// sandbox/src/cloud/iot-core/registry/policies.ts: IoT policies and their versions.
import { randomUUID } from 'node:crypto'
import { AwsError } from '../../aws-error.ts'
import { keyOf, partsOf, prefixOf } from '../../store/store.ts'
import { iotArn } from './arns.ts'
import { alreadyExists, deleteConflict, found, required } from './errors.ts'
import { listed } from './listing.ts'
import { policyChanged } from './policy-attachments.ts'
import { checkPolicyDocument } from './policy-document.ts'
import type { IotOperations, PolicyRecord, PolicyVersionRecord, RegistryState } from './registry-state.ts'
import { removeTags, setTags } from './tags.ts'

/** API reference, CreatePolicyVersion. */
const MOST_VERSIONS = 5

export function policyOperations(state: RegistryState) {
  const { tables, account, clock } = state
  const arnOf = (name: string) => iotArn(account, 'policy', name)
  return {
    CreatePolicy(input) {
      const name = required(input.policyName, 'policyName')
      const document = required(input.policyDocument, 'policyDocument')
      checkPolicyDocument(document)
      if (tables.policies.get(name)) throw alreadyExists(`Policy cannot be created - name already exists (name=${name})`, name, arnOf(name))
      const now = clock.now()
      state.change(() => {
        tables.policies.put(name, { defaultVersionId: 1, lastVersionId: 1, createdAt: now, lastModifiedAt: now, generationId: randomUUID() })
        tables.policyVersions.put(versionKey(name, 1), { document, createdAt: now })
        setTags(state, arnOf(name), input.tags)
      })
      return { policyName: name, policyArn: arnOf(name), policyDocument: document, policyVersionId: '1' }
    },
    GetPolicy(input) {
      const name = required(input.policyName, 'policyName')
      const { defaultVersionId, createdAt, lastModifiedAt, generationId } = thePolicy(state, name)
      const { document } = theVersion(state, name, defaultVersionId)
      return { policyName: name, policyArn: arnOf(name), policyDocument: document, defaultVersionId: String(defaultVersionId), creationDate: createdAt, lastModifiedDate: lastModifiedAt, generationId }
    },
    DeletePolicy(input) {
      const name = required(input.policyName, 'policyName')
      thePolicy(state, name)
      if (tables.policyVersions.count(prefixOf(name)) > 1) throw deleteConflict(`The policy cannot be deleted as versions other than the default version exist (name=${name})`)
      if (tables.policyTargets.count(prefixOf(name)) > 0) throw deleteConflict(`The policy cannot be deleted as the policy is attached to one or more principals (name=${name})`)
      state.change(() => {
        for (const [key] of tables.policyVersions.all(prefixOf(name))) tables.policyVersions.delete(key)
        tables.policies.delete(name)
        removeTags(state, arnOf(name))
      })
      return {}
    },
    ListPolicies(input) {
      const order = input.ascendingOrder === false ? 'descending' : 'ascending'
      const { items, next } = listed(tables.policies, { token: input.marker, size: input.pageSize, order })
      return { policies: items.map(([name]) => ({ policyName: name, policyArn: arnOf(name) })), nextMarker: next }
    },
    CreatePolicyVersion(input) {
      const name = required(input.policyName, 'policyName')
      const document = required(input.policyDocument, 'policyDocument')
      const policy = thePolicy(state, name)
      checkPolicyDocument(document)
      if (tables.policyVersions.count(prefixOf(name)) >= MOST_VERSIONS)
        throw new AwsError('VersionsLimitExceededException', `The policy ${name} already has the maximum number of versions (${MOST_VERSIONS})`)
      const versionId = policy.lastVersionId + 1
      const isDefault = input.setAsDefault ?? false
      state.change(() => {
        tables.policyVersions.put(versionKey(name, versionId), { document, createdAt: clock.now() })
        writePolicy(state, name, { ...policy, lastVersionId: versionId, defaultVersionId: isDefault ? versionId : policy.defaultVersionId })
      })
      return { policyArn: arnOf(name), policyDocument: document, policyVersionId: String(versionId), isDefaultVersion: isDefault }
    },
    GetPolicyVersion(input) {
      const name = required(input.policyName, 'policyName')
      const versionId = Number(required(input.policyVersionId, 'policyVersionId'))
      const { defaultVersionId, lastModifiedAt, generationId } = thePolicy(state, name)
      const { document, createdAt } = theVersion(state, name, versionId)
      const version = { policyVersionId: String(versionId), isDefaultVersion: versionId === defaultVersionId }
      return { policyArn: arnOf(name), policyName: name, policyDocument: document, ...version, creationDate: createdAt, lastModifiedDate: lastModifiedAt, generationId }
    },
    ListPolicyVersions(input) {
      const name = required(input.policyName, 'policyName')
      const { defaultVersionId } = thePolicy(state, name)
      const policyVersions = tables.policyVersions.all(prefixOf(name)).map(([key, { createdAt }]) => {
        const versionId = Number(partsOf(key)[1])
        return { versionId: String(versionId), isDefaultVersion: versionId === defaultVersionId, createDate: createdAt }
      })
      return { policyVersions: policyVersions.reverse() }
    },
    DeletePolicyVersion(input) {
      const name = required(input.policyName, 'policyName')
      const versionId = Number(required(input.policyVersionId, 'policyVersionId'))
      const policy = thePolicy(state, name)
      theVersion(state, name, versionId)
      if (policy.defaultVersionId === versionId) throw deleteConflict(`Cannot delete the default version of a policy (name=${name}, version=${versionId})`)
      state.change(() => tables.policyVersions.delete(versionKey(name, versionId)))
      return {}
    },
    SetDefaultPolicyVersion(input) {
      const name = required(input.policyName, 'policyName')
      const versionId = Number(required(input.policyVersionId, 'policyVersionId'))
      theVersion(state, name, versionId)
      writePolicy(state, name, { ...thePolicy(state, name), defaultVersionId: versionId })
      return {}
    },
  } satisfies Partial<IotOperations>
}

/** @throws AwsError ResourceNotFoundException */
export const thePolicy = ({ tables }: RegistryState, name: string): PolicyRecord => found(tables.policies.get(name), `Policy ${name}`)

/** The document in force. */
export const defaultDocument = (state: RegistryState, name: string): string => theVersion(state, name, thePolicy(state, name).defaultVersionId).document

/** Keys sort as numbers do. */
const versionKey = (name: string, versionId: number) => keyOf(name, String(versionId).padStart(10, '0'))

const theVersion = ({ tables }: RegistryState, name: string, versionId: number): PolicyVersionRecord =>
  found(tables.policyVersions.get(versionKey(name, versionId)), `Policy version (name=${name}, version=${versionId})`)

function writePolicy(state: RegistryState, name: string, policy: PolicyRecord): void {
  state.change(() => {
    state.tables.policies.put(name, { ...policy, lastModifiedAt: state.clock.now(), generationId: randomUUID() })
    policyChanged(state, name)
  })
}
