// sandbox/src/cloud/fleet-provisioning/template-versions.ts: the versions of a provisioning template, one of which devices get.
import { AwsError } from '../aws-error.ts'
import { deleteConflict, required } from '../iot-core/registry/errors.ts'
import { listed } from '../iot-core/registry/listing.ts'
import type { IotOperations } from '../iot-core/registry/registry-state.ts'
import { partsOf, prefixOf } from '../store/store.ts'
import { readTemplate } from './template.ts'
import { templateArn, theTemplate, theVersion, versionKey, writeTemplate, type TemplateRecords } from './template-records.ts'

/** AWS IoT quotas: versions of a fleet provisioning template. */
const MOST_VERSIONS = 5

export function templateVersionOperations(records: TemplateRecords) {
  const { state, versions } = records
  return {
    CreateProvisioningTemplateVersion(input) {
      const name = required(input.templateName, 'templateName')
      const body = required(input.templateBody, 'templateBody')
      const record = theTemplate(records, name)
      readTemplate(body, 'fleet')
      if (versions.count(prefixOf(name)) >= MOST_VERSIONS) throw new AwsError('VersionsLimitExceededException', `The provisioning template ${name} already has ${MOST_VERSIONS} versions`)
      const versionId = record.lastVersionId + 1
      const isDefault = input.setAsDefault ?? false
      state.change(() => {
        versions.put(versionKey(name, versionId), { body, createdAt: state.clock.now() })
        writeTemplate(records, name, { ...record, lastVersionId: versionId, defaultVersionId: isDefault ? versionId : record.defaultVersionId })
      })
      return { templateArn: templateArn(records, name), templateName: name, versionId, isDefaultVersion: isDefault }
    },
    DescribeProvisioningTemplateVersion(input) {
      const name = required(input.templateName, 'templateName')
      const versionId = required(input.versionId, 'versionId')
      const { defaultVersionId } = theTemplate(records, name)
      const { body, createdAt } = theVersion(records, name, versionId)
      return { versionId, creationDate: createdAt, templateBody: body, isDefaultVersion: versionId === defaultVersionId }
    },
    ListProvisioningTemplateVersions(input) {
      const name = required(input.templateName, 'templateName')
      const { defaultVersionId } = theTemplate(records, name)
      const { items, next } = listed(versions, { prefix: prefixOf(name), token: input.nextToken, size: input.maxResults })
      const numbered = items.map(([key, { createdAt }]) => ({ versionId: Number(partsOf(key)[1]), creationDate: createdAt }))
      return { versions: numbered.map((version) => ({ ...version, isDefaultVersion: version.versionId === defaultVersionId })), nextToken: next }
    },
    DeleteProvisioningTemplateVersion(input) {
      const name = required(input.templateName, 'templateName')
      const versionId = required(input.versionId, 'versionId')
      theVersion(records, name, versionId)
      if (theTemplate(records, name).defaultVersionId === versionId) throw deleteConflict(`Version ${versionId} is the default of the provisioning template ${name}`)
      versions.delete(versionKey(name, versionId))
      return {}
    },
  } satisfies Partial<IotOperations>
}
