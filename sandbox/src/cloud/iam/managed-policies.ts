// sandbox/src/cloud/iam/managed-policies.ts: IAM's operations on managed policies and their versions.
import type { Policy, PolicyVersion } from '@aws-sdk/client-iam'
import { AwsError } from '../aws-error.ts'
import type { OperationsOf } from '../service.ts'
import { keyOf, partsOf, prefixOf } from '../store/store.ts'
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts'
import { pathCheck, policyNameCheck, readDocument, readTags, refuseViolations, withoutTags, withTags } from './checks.ts'
import { type IamContext, markedList, markedTags } from './iam-context.ts'
import { alreadyExists, deleteConflict, encodedDocument, limitExceeded, noSuchEntity, policyArn, type PolicyRecord, roleNamed, uniqueId } from './iam-records.ts'

type Iam = typeof import('@aws-sdk/client-iam')

/** Characters of one document without whitespace, and versions of one policy (IAM guide, «IAM and STS quotas»). */
const LONGEST_DOCUMENT = 6144
const MOST_VERSIONS = 5

export function managedPolicyOperations(context: IamContext) {
  const { records, account, clock, changed } = context
  const known = (arn: string | undefined): PolicyRecord => {
    const policy = records.policies.get(arn ?? '')
    if (!policy) throw noSuchEntity(`Policy ${arn ?? ''} was not found.`)
    return policy
  }
  const holders = (arn: string) => records.attachments.all().filter(([, each]) => each === arn).map(([key]) => partsOf(key)[0] ?? '')
  const bounded = (arn: string) => records.roles.all().flatMap(([name, { boundary }]) => (boundary === arn ? [name] : []))
  const shown = (policy: PolicyRecord): Policy => ({
    PolicyName: policy.policyName,
    PolicyId: policy.policyId,
    Arn: policyArn(account, policy),
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: holders(policyArn(account, policy)).length,
    PermissionsBoundaryUsageCount: bounded(policyArn(account, policy)).length,
    IsAttachable: true,
    ...(policy.description === '' ? {} : { Description: policy.description }),
    CreateDate: policy.createDate,
    UpdateDate: policy.updateDate,
    ...(policy.tags.length === 0 ? {} : { Tags: [...policy.tags] }),
  })
  const addVersion = (arn: string, policy: PolicyRecord, document: string): PolicyRecord => {
    const versionId = `v${policy.lastVersion + 1}`
    records.policyVersions.put(keyOf(arn, versionId), { versionId, document, createDate: clock.now() })
    return { ...policy, lastVersion: policy.lastVersion + 1, updateDate: clock.now() }
  }
  const save = (policy: PolicyRecord) => {
    records.policies.put(policyArn(account, policy), policy)
    changed()
  }
  return {
    CreatePolicy(input) {
      const { PolicyName: policyName = '', Path: path = '/', Description: description = '' } = input
      refuseViolations(policyNameCheck(policyName), pathCheck(path))
      const document = managedDocument(input.PolicyDocument)
      const arn = policyArn(account, { path, policyName })
      if (records.policies.get(arn)) throw alreadyExists(`A policy called ${policyName} already exists. Duplicate names are not allowed.`)
      const now = clock.now()
      const policy = addVersion(arn, { policyName, path, policyId: uniqueId('ANPA'), description, createDate: now, updateDate: now, defaultVersionId: 'v1', lastVersion: 0, tags: readTags(input.Tags) }, document)
      save(policy)
      return { Policy: shown(policy) }
    },
    GetPolicy: ({ PolicyArn: arn = '' }) => ({ Policy: ofAws(arn) ?? shown(known(arn)) }),
    ListPolicies(input) {
      const own = input.Scope === 'AWS' ? [] : records.policies.all().map(([, policy]) => shown(policy))
      const aws = input.Scope === 'Local' ? [] : [...AWS_MANAGED_POLICIES.keys()].flatMap((arn) => ofAws(arn) ?? [])
      const counted = input.PolicyUsageFilter === 'PermissionsBoundary' ? 'PermissionsBoundaryUsageCount' : 'AttachmentCount'
      const isWanted = (policy: Policy) => (policy.Path ?? '/').startsWith(input.PathPrefix ?? '/') && ((input.OnlyAttached !== true && input.PolicyUsageFilter === undefined) || (policy[counted] ?? 0) > 0)
      const { items, marker } = markedList(input, [...own, ...aws].filter(isWanted), ({ Arn = '' }) => Arn)
      return { Policies: items.map(({ Tags: _, Description: __, ...policy }) => policy), ...marker } // «does not return tags» nor descriptions, says the API reference
    },
    DeletePolicy({ PolicyArn: arn = '' }) {
      known(arn)
      if (holders(arn).length + bounded(arn).length > 0) throw deleteConflict('Cannot delete a policy attached to entities.')
      if (records.policyVersions.count(prefixOf(arn)) > 1) throw deleteConflict('This policy has more than one version. Before you delete a policy, you must delete the policy\'s versions. The default version is deleted with the policy.')
      for (const [key] of records.policyVersions.all(prefixOf(arn))) records.policyVersions.delete(key)
      records.policies.delete(arn)
      changed()
      return {}
    },
    CreatePolicyVersion({ PolicyArn: arn = '', PolicyDocument, SetAsDefault }) {
      const policy = known(arn)
      const document = managedDocument(PolicyDocument)
      if (records.policyVersions.count(prefixOf(arn)) >= MOST_VERSIONS) throw limitExceeded(`A managed policy can have up to ${MOST_VERSIONS} versions. Before you create a new version, you must delete an existing version.`)
      const added = addVersion(arn, policy, document)
      const versionId = `v${added.lastVersion}`
      save(SetAsDefault ? { ...added, defaultVersionId: versionId } : added)
      return { PolicyVersion: { VersionId: versionId, IsDefaultVersion: SetAsDefault === true, CreateDate: clock.now() } }
    },
    GetPolicyVersion: ({ PolicyArn: arn = '', VersionId: versionId = '' }) => ({ PolicyVersion: versionOf(context, arn, versionId) }),
    ListPolicyVersions(input) {
      const { PolicyArn: arn = '' } = input
      const { defaultVersionId } = known(arn)
      const versions = records.policyVersions.all(prefixOf(arn)).map(([, { versionId, createDate }]) => ({ VersionId: versionId, IsDefaultVersion: versionId === defaultVersionId, CreateDate: createDate }))
      const { items, marker } = markedList(input, versions, ({ VersionId }) => VersionId.slice(1).padStart(9, '0'))
      return { Versions: [...items], ...marker }
    },
    DeletePolicyVersion({ PolicyArn: arn = '', VersionId: versionId = '' }) {
      if (known(arn).defaultVersionId === versionId) throw deleteConflict('Cannot delete the default version of a policy.')
      if (!records.policyVersions.delete(keyOf(arn, versionId))) throw noSuchVersion(arn, versionId)
      return {}
    },
    SetDefaultPolicyVersion({ PolicyArn: arn = '', VersionId: versionId = '' }) {
      const policy = known(arn)
      if (!records.policyVersions.get(keyOf(arn, versionId))) throw noSuchVersion(arn, versionId)
      save({ ...policy, defaultVersionId: versionId })
      return {}
    },
    ListEntitiesForPolicy(input) {
      if (ofAws(input.PolicyArn ?? '') === undefined) known(input.PolicyArn)
      const { PolicyArn: arn = '', EntityFilter: kind = 'Role', PathPrefix: path = '/' } = input
      const names = input.PolicyUsageFilter === 'PermissionsBoundary' ? bounded(arn) : input.PolicyUsageFilter === undefined ? [...new Set([...holders(arn), ...bounded(arn)])] : holders(arn)
      const roles = kind === 'Role' ? names.map((name) => roleNamed(records, name)) : [] // there are no users and groups
      const { items, marker } = markedList(input, roles.filter((role) => role.path.startsWith(path)), ({ roleName }) => roleName)
      return { PolicyRoles: items.map(({ roleName, roleId }) => ({ RoleName: roleName, RoleId: roleId })), PolicyGroups: [], PolicyUsers: [], ...marker }
    },
    TagPolicy({ PolicyArn, Tags }) {
      save({ ...known(PolicyArn), tags: withTags(known(PolicyArn).tags, readTags(Tags)) })
      return {}
    },
    UntagPolicy({ PolicyArn, TagKeys }) {
      save({ ...known(PolicyArn), tags: withoutTags(known(PolicyArn).tags, TagKeys) })
      return {}
    },
    ListPolicyTags: (input) => markedTags(input, known(input.PolicyArn).tags),
  } satisfies OperationsOf<Iam>
}

function managedDocument(document: string | undefined): string {
  const read = readDocument(document, 'identity')
  if (read.replace(/\s/g, '').length > LONGEST_DOCUMENT) throw limitExceeded(`Cannot exceed quota for PolicySize: ${LONGEST_DOCUMENT}`)
  return read
}

function ofAws(arn: string): Policy | undefined {
  const policy = AWS_MANAGED_POLICIES.get(arn)
  return policy && { PolicyName: policy.name, PolicyId: `ANPA${policy.name.toUpperCase()}`, Arn: arn, Path: policy.path, DefaultVersionId: policy.versionId, AttachmentCount: 0, IsAttachable: true, CreateDate: policy.createDate, UpdateDate: policy.createDate }
}

function versionOf({ records }: IamContext, arn: string, versionId: string): PolicyVersion {
  const ofAwsItself = AWS_MANAGED_POLICIES.get(arn)
  if (ofAwsItself) {
    if (ofAwsItself.versionId !== versionId) throw noSuchVersion(arn, versionId)
    return { VersionId: versionId, IsDefaultVersion: true, CreateDate: ofAwsItself.createDate, Document: encodedDocument(ofAwsItself.document) }
  }
  const version = records.policyVersions.get(keyOf(arn, versionId))
  if (!version) throw noSuchVersion(arn, versionId)
  return { VersionId: versionId, IsDefaultVersion: records.policies.get(arn)?.defaultVersionId === versionId, CreateDate: version.createDate, Document: encodedDocument(version.document) }
}

const noSuchVersion = (arn: string, versionId: string): AwsError => noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)
