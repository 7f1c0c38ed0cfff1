// sandbox/src/cloud/cloud-control/types/iot-provisioning-template.ts: AWS::IoT::ProvisioningTemplate.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { TagList } from './tags.ts'

const Template = z.strictObject({
  TemplateName: z.string().min(1).max(36).regex(/^[0-9A-Za-z_-]+$/).optional(),
  TemplateType: z.enum(['FLEET_PROVISIONING', 'JITP']).optional(),
  TemplateBody: z.string().max(10_240),
  ProvisioningRoleArn: z.string().min(20).max(2048),
  Description: z.string().max(500).optional(),
  Enabled: z.boolean().optional(),
  PreProvisioningHook: z.strictObject({ TargetArn: z.string().max(2048).optional(), PayloadVersion: z.string().min(10).max(32).regex(/^[0-9-]+$/).optional() }).optional(),
  Tags: TagList.optional(),
  TemplateArn: z.string().optional(),
})
type Template = z.infer<typeof Template>

const hookOf = ({ PreProvisioningHook: hook }: Template) => (hook ? { targetArn: hook.TargetArn, payloadVersion: hook.PayloadVersion } : undefined)

export const provisioningTemplate = resourceType<Template>({
  typeName: 'AWS::IoT::ProvisioningTemplate',
  schema: Template,
  identifier: ['TemplateName'],
  createOnly: ['TemplateName', 'TemplateType'],
  readOnly: ['TemplateArn'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const templateName = model.TemplateName ?? generatedName()
    await iot.CreateProvisioningTemplate({
      templateName,
      type: model.TemplateType,
      templateBody: model.TemplateBody,
      provisioningRoleArn: model.ProvisioningRoleArn,
      description: model.Description,
      enabled: model.Enabled,
      preProvisioningHook: hookOf(model),
      tags: model.Tags,
    })
    return [templateName]
  },
  async read([templateName], handling) {
    const template = await handling.iot.DescribeProvisioningTemplate({ templateName })
    const { targetArn, payloadVersion } = template.preProvisioningHook ?? {}
    return {
      TemplateName: template.templateName,
      TemplateArn: template.templateArn,
      TemplateType: template.type,
      TemplateBody: template.templateBody ?? '',
      ProvisioningRoleArn: template.provisioningRoleArn ?? '',
      Description: template.description || undefined,
      Enabled: template.enabled,
      ...(targetArn ? { PreProvisioningHook: { TargetArn: targetArn, PayloadVersion: payloadVersion } } : {}),
      Tags: await iotTags(handling, template.templateArn),
    }
  },
  async update([templateName], { before, after }, handling) {
    const { iot } = handling
    if (before.TemplateBody !== after.TemplateBody) await iot.CreateProvisioningTemplateVersion({ templateName, templateBody: after.TemplateBody, setAsDefault: true })
    await iot.UpdateProvisioningTemplate({
      templateName,
      description: after.Description ?? '',
      enabled: after.Enabled ?? false,
      provisioningRoleArn: after.ProvisioningRoleArn,
      ...(after.PreProvisioningHook ? { preProvisioningHook: hookOf(after) } : before.PreProvisioningHook ? { removePreProvisioningHook: true } : {}),
    })
    await changeIotTags(handling, before.TemplateArn, { before: before.Tags, after: after.Tags })
  },
  async delete([templateName], { iot }) {
    await iot.DeleteProvisioningTemplate({ templateName })
  },
  async list({ iot }) {
    const templates = await allPages(async (nextToken) => {
      const { templates, nextToken: next } = await iot.ListProvisioningTemplates({ nextToken })
      return { items: templates, next }
    })
    return templates.map(({ templateName = '' }) => [templateName])
  },
})
