// sandbox/src/cloud/cloud-control/types/iot-policy.ts: AWS::IoT::Policy.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { policyOf, PolicyText, textOf } from './policy-text.ts'
import { TagList } from './tags.ts'

const Policy = z.strictObject({
  PolicyDocument: PolicyText,
  PolicyName: z.string().min(1).max(128).regex(/^[\w+=,.@-]+$/).optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  Id: z.string().optional(),
})

/** AWS IoT keeps five versions of a policy. */
const MAX_VERSIONS = 5

export const iotPolicy = resourceType<z.infer<typeof Policy>>({
  typeName: 'AWS::IoT::Policy',
  schema: Policy,
  identifier: ['Id'],
  createOnly: ['PolicyName'],
  readOnly: ['Arn', 'Id'],
  writeOnly: [],
  async create({ PolicyName, PolicyDocument, Tags }, { iot, generatedName }) {
    const policyName = PolicyName ?? generatedName()
    await iot.CreatePolicy({ policyName, policyDocument: textOf(PolicyDocument), tags: Tags })
    return [policyName]
  },
  async read([policyName], handling) {
    const { policyArn, policyDocument } = await handling.iot.GetPolicy({ policyName })
    return { Id: policyName, PolicyName: policyName, Arn: policyArn, PolicyDocument: policyOf(policyDocument), Tags: await iotTags(handling, policyArn) }
  },
  async update([policyName], { before, after }, handling) {
    const { iot } = handling
    if (textOf(before.PolicyDocument) !== textOf(after.PolicyDocument)) {
      const { policyVersions = [] } = await iot.ListPolicyVersions({ policyName })
      const oldest = policyVersions.filter(({ isDefaultVersion }) => !isDefaultVersion).toSorted((a, b) => Number(a.versionId) - Number(b.versionId))[0]
      if (policyVersions.length >= MAX_VERSIONS && oldest) await iot.DeletePolicyVersion({ policyName, policyVersionId: oldest.versionId })
      await iot.CreatePolicyVersion({ policyName, policyDocument: textOf(after.PolicyDocument), setAsDefault: true })
    }
    await changeIotTags(handling, before.Arn, { before: before.Tags, after: after.Tags })
  },
  async delete([policyName], { iot }) {
    const { policyVersions = [] } = await iot.ListPolicyVersions({ policyName })
    for (const { versionId, isDefaultVersion } of policyVersions) if (!isDefaultVersion) await iot.DeletePolicyVersion({ policyName, policyVersionId: versionId })
    await iot.DeletePolicy({ policyName })
  },
  async list({ iot }) {
    const policies = await allPages(async (marker) => {
      const { policies, nextMarker: next } = await iot.ListPolicies({ marker })
      return { items: policies, next }
    })
    return policies.map(({ policyName = '' }) => [policyName])
  },
})
