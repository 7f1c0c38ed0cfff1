// sandbox/src/cloud/cloud-control/types/iot-role-alias.ts: AWS::IoT::RoleAlias.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { TagList } from './tags.ts'

const RoleAlias = z.strictObject({
  RoleAlias: z.string().min(1).max(128).regex(/^[\w=,@-]+$/).optional(),
  RoleArn: z.string().min(20).max(2048).regex(/^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/),
  CredentialDurationSeconds: z.number().int().min(900).max(43_200).optional(),
  Tags: TagList.optional(),
  RoleAliasArn: z.string().optional(),
})

export const roleAlias = resourceType<z.infer<typeof RoleAlias>>({
  typeName: 'AWS::IoT::RoleAlias',
  schema: RoleAlias,
  identifier: ['RoleAlias'],
  createOnly: ['RoleAlias'],
  readOnly: ['RoleAliasArn'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const name = model.RoleAlias ?? generatedName()
    await iot.CreateRoleAlias({ roleAlias: name, roleArn: model.RoleArn, credentialDurationSeconds: model.CredentialDurationSeconds, tags: model.Tags })
    return [name]
  },
  async read([name], handling) {
    const { roleAliasDescription: found } = await handling.iot.DescribeRoleAlias({ roleAlias: name })
    return {
      RoleAlias: name,
      RoleAliasArn: found?.roleAliasArn,
      RoleArn: found?.roleArn ?? '',
      CredentialDurationSeconds: found?.credentialDurationSeconds,
      Tags: await iotTags(handling, found?.roleAliasArn),
    }
  },
  async update([name], { before, after }, handling) {
    await handling.iot.UpdateRoleAlias({ roleAlias: name, roleArn: after.RoleArn, credentialDurationSeconds: after.CredentialDurationSeconds })
    await changeIotTags(handling, before.RoleAliasArn, { before: before.Tags, after: after.Tags })
  },
  async delete([name], { iot }) {
    await iot.DeleteRoleAlias({ roleAlias: name })
  },
  async list({ iot }) {
    const aliases = await allPages(async (marker) => {
      const { roleAliases, nextMarker: next } = await iot.ListRoleAliases({ marker })
      return { items: roleAliases, next }
    })
    return aliases.map((alias) => [alias])
  },
})
