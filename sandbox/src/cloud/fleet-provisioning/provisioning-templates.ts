// sandbox/src/cloud/fleet-provisioning/provisioning-templates.ts: the provisioning templates of the account, for operators and for devices.
import { alreadyExists, invalidRequest, required } from '../iot-core/registry/errors.ts'
import { listed } from '../iot-core/registry/listing.ts'
import { checkedRoleArn } from '../iot-core/registry/role-aliases.ts'
import type { IotOperations, RegistryState } from '../iot-core/registry/registry-state.ts'
import { removeTags, setTags } from '../iot-core/registry/tags.ts'
import { prefixOf, type Store } from '../store/store.ts'
import { readTemplate, type ProvisioningTemplate } from './template.ts'
import { templateArn, templateRecords, theTemplate, theVersion, versionKey, writeTemplate, type TemplateRecord, type TemplateRecords } from './template-records.ts'
import { templateVersionOperations } from './template-versions.ts'

/** A template as RegisterThing needs it: its default version, read. */
export interface StoredTemplate {
  readonly content: ProvisioningTemplate
  readonly enabled: boolean
  readonly provisioningRoleArn: string
  readonly hookArn: string | undefined
}

export interface ProvisioningTemplates {
  readonly operations: ReturnType<typeof templateOperations> & ReturnType<typeof templateVersionOperations>
  find(templateName: string): StoredTemplate | undefined
}

/** API reference, ProvisioningHook: the only one there is. */
const PAYLOAD_VERSION = '2020-04-01'

export function provisioningTemplates(state: RegistryState, store: Store): ProvisioningTemplates {
  const records = templateRecords(state, store)
  const contents = new Map<string, ProvisioningTemplate>() // by the template's text: reading it is not for every device
  const contentOf = (body: string) => {
    const content = contents.get(body) ?? readTemplate(body, 'fleet')
    contents.set(body, content)
    return content
  }
  return {
    operations: { ...templateOperations(records), ...templateVersionOperations(records) },
    find(templateName) {
      const record = records.templates.get(templateName)
      const version = record && records.versions.get(versionKey(templateName, record.defaultVersionId))
      if (!version) return undefined
      return { content: contentOf(version.body), enabled: record.enabled, provisioningRoleArn: record.provisioningRoleArn, hookArn: record.hook?.targetArn }
    },
  }
}

function templateOperations(records: TemplateRecords) {
  const { state, templates, versions } = records
  const { clock } = state
  const arnOf = (name: string) => templateArn(records, name)
  return {
    CreateProvisioningTemplate(input) {
      const name = required(input.templateName, 'templateName')
      const body = required(input.templateBody, 'templateBody')
      if (input.type === 'JITP') throw invalidRequest('The sandbox offers templates of the type FLEET_PROVISIONING only')
      const record = newRecord(input, clock.now())
      readTemplate(body, 'fleet')
      if (templates.get(name)) throw alreadyExists(`Provisioning template ${name} already exists`, name, arnOf(name))
      state.change(() => {
        templates.put(name, record)
        versions.put(versionKey(name, 1), { body, createdAt: clock.now() })
        setTags(state, arnOf(name), input.tags)
      })
      return { templateArn: arnOf(name), templateName: name, defaultVersionId: 1 }
    },
    DescribeProvisioningTemplate(input) {
      const name = required(input.templateName, 'templateName')
      const record = theTemplate(records, name)
      const { defaultVersionId, hook, provisioningRoleArn } = record
      return { ...summary(arnOf(name), name, record), defaultVersionId, templateBody: theVersion(records, name, defaultVersionId).body, provisioningRoleArn, preProvisioningHook: hook }
    },
    UpdateProvisioningTemplate(input) {
      const name = required(input.templateName, 'templateName')
      const { hook: currentHook, ...record } = theTemplate(records, name)
      if (input.defaultVersionId !== undefined) theVersion(records, name, input.defaultVersionId)
      if (input.removePreProvisioningHook && input.preProvisioningHook) throw invalidRequest('A pre-provisioning hook cannot be given and removed in one request')
      const hook = input.removePreProvisioningHook ? undefined : input.preProvisioningHook ? checkedHook(input.preProvisioningHook) : currentHook
      writeTemplate(records, name, {
        ...record,
        description: input.description ?? record.description ?? '',
        enabled: input.enabled ?? record.enabled,
        defaultVersionId: input.defaultVersionId ?? record.defaultVersionId,
        provisioningRoleArn: input.provisioningRoleArn === undefined ? record.provisioningRoleArn : checkedRoleArn(input.provisioningRoleArn),
        ...(hook ? { hook } : {}),
      })
      return {}
    },
    DeleteProvisioningTemplate(input) {
      const name = required(input.templateName, 'templateName')
      theTemplate(records, name)
      state.change(() => {
        for (const [key] of versions.all(prefixOf(name))) versions.delete(key)
        templates.delete(name)
        removeTags(state, arnOf(name))
      })
      return {}
    },
    ListProvisioningTemplates(input) {
      const { items, next } = listed(templates, { token: input.nextToken, size: input.maxResults })
      return { templates: items.map(([name, record]) => summary(arnOf(name), name, record)), nextToken: next }
    },
  } satisfies Partial<IotOperations>
}

interface NewTemplate {
  readonly description?: string | undefined
  readonly enabled?: boolean | undefined
  readonly provisioningRoleArn: string | undefined
  readonly preProvisioningHook?: { readonly payloadVersion?: string | undefined; readonly targetArn: string | undefined } | undefined
}

function newRecord({ description, enabled = false, provisioningRoleArn, preProvisioningHook }: NewTemplate, now: Date): TemplateRecord {
  return {
    ...(description === undefined ? {} : { description }),
    enabled,
    provisioningRoleArn: checkedRoleArn(required(provisioningRoleArn, 'provisioningRoleArn')),
    ...(preProvisioningHook ? { hook: checkedHook(preProvisioningHook) } : {}),
    defaultVersionId: 1,
    lastVersionId: 1,
    createdAt: now,
    lastModifiedAt: now,
  }
}

function checkedHook({ payloadVersion = PAYLOAD_VERSION, targetArn }: NonNullable<NewTemplate['preProvisioningHook']>): NonNullable<TemplateRecord['hook']> {
  const target = required(targetArn, 'preProvisioningHook.targetArn')
  if (payloadVersion !== PAYLOAD_VERSION) throw invalidRequest(`The payload version of a pre-provisioning hook must be ${PAYLOAD_VERSION}`)
  if (!/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:.+$/.test(target)) throw invalidRequest(`Invalid target of the pre-provisioning hook: ${target} is not the ARN of a function`)
  return { payloadVersion, targetArn: target }
}

const summary = (templateArn: string, templateName: string, { description, createdAt, lastModifiedAt, enabled }: TemplateRecord) => ({
  templateArn,
  templateName,
  description,
  creationDate: createdAt,
  lastModifiedDate: lastModifiedAt,
  enabled,
  type: 'FLEET_PROVISIONING' as const,
})
