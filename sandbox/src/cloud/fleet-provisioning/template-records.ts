// sandbox/src/cloud/fleet-provisioning/template-records.ts: how provisioning templates and their versions are kept.
import { iotArn } from '../iot-core/registry/arns.ts'
import { found } from '../iot-core/registry/errors.ts'
import type { RegistryState } from '../iot-core/registry/registry-state.ts'
import { keyOf, type Store, type Table } from '../store/store.ts'

export interface TemplateRecord {
  readonly description?: string
  readonly enabled: boolean
  readonly provisioningRoleArn: string
  readonly hook?: { readonly payloadVersion: string; readonly targetArn: string }
  readonly defaultVersionId: number
  readonly lastVersionId: number
  readonly createdAt: Date
  readonly lastModifiedAt: Date
}

export interface TemplateVersionRecord {
  readonly body: string
  readonly createdAt: Date
}

export interface TemplateRecords {
  readonly state: RegistryState
  readonly templates: Table<TemplateRecord>
  /** template, version id padded to ten digits: keys sort as numbers do */
  readonly versions: Table<TemplateVersionRecord>
}

export const templateRecords = (state: RegistryState, store: Store): TemplateRecords => ({
  state,
  templates: store.table('provisioning_templates'),
  versions: store.table('provisioning_template_versions'),
})

export const versionKey = (templateName: string, versionId: number) => keyOf(templateName, String(versionId).padStart(10, '0'))

export const templateArn = ({ state }: TemplateRecords, templateName: string) => iotArn(state.account, 'provisioningtemplate', templateName)

/** @throws AwsError ResourceNotFoundException */
export const theTemplate = ({ templates }: TemplateRecords, name: string): TemplateRecord => found(templates.get(name), `Provisioning template ${name}`)

/** @throws AwsError ResourceNotFoundException */
export const theVersion = ({ versions }: TemplateRecords, name: string, versionId: number): TemplateVersionRecord =>
  found(versions.get(versionKey(name, versionId)), `Version ${versionId} of the provisioning template ${name}`)

/** Writes a template as it is now. */
export const writeTemplate = ({ templates, state }: TemplateRecords, name: string, record: TemplateRecord): void => templates.put(name, { ...record, lastModifiedAt: state.clock.now() })
