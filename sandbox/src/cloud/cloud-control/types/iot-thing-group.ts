// sandbox/src/cloud/cloud-control/types/iot-thing-group.ts: AWS::IoT::ThingGroup.
import { z } from 'zod'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { TagList } from './tags.ts'

const name = z.string().min(1).max(128).regex(/^[a-zA-Z0-9:_-]+$/)
const ThingGroup = z.strictObject({
  ThingGroupName: name.optional(),
  ParentGroupName: name.optional(),
  QueryString: z.string().min(1).max(1000).optional(),
  ThingGroupProperties: z
    .strictObject({
      ThingGroupDescription: z.string().max(2028).optional(),
      AttributePayload: z.strictObject({ Attributes: z.record(z.string().regex(/^[a-zA-Z0-9_.,@/:#-]+$/), z.string()).optional() }).optional(),
    })
    .optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  Id: z.string().optional(),
})
type ThingGroup = z.infer<typeof ThingGroup>

const propertiesOf = ({ ThingGroupProperties: properties }: ThingGroup) => ({
  thingGroupDescription: properties?.ThingGroupDescription ?? '',
  attributePayload: { attributes: properties?.AttributePayload?.Attributes ?? {} },
})

export const thingGroup = resourceType<ThingGroup>({
  typeName: 'AWS::IoT::ThingGroup',
  schema: ThingGroup,
  identifier: ['ThingGroupName'],
  createOnly: ['ThingGroupName', 'ParentGroupName'],
  readOnly: ['Arn', 'Id'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const thingGroupName = model.ThingGroupName ?? generatedName()
    const common = { thingGroupName, thingGroupProperties: propertiesOf(model), tags: model.Tags }
    if (model.QueryString === undefined) await iot.CreateThingGroup({ ...common, parentGroupName: model.ParentGroupName })
    else await iot.CreateDynamicThingGroup({ ...common, queryString: model.QueryString })
    return [thingGroupName]
  },
  read: async ([thingGroupName], handling) => describe(thingGroupName, handling),
  async update([thingGroupName], { before, after }, handling) {
    await handling.iot.UpdateThingGroup({ thingGroupName, thingGroupProperties: propertiesOf(after) })
    await changeIotTags(handling, before.Arn, { before: before.Tags, after: after.Tags })
  },
  async delete([thingGroupName], { iot }) {
    await iot.DeleteThingGroup({ thingGroupName })
  },
  async list({ iot }) {
    const groups = await allPages(async (nextToken) => {
      const { thingGroups, nextToken: next } = await iot.ListThingGroups({ nextToken })
      return { items: thingGroups, next }
    })
    return groups.map(({ groupName = '' }) => [groupName])
  },
})

async function describe(thingGroupName: string | undefined, handling: Handling): Promise<ThingGroup> {
  const group = await handling.iot.DescribeThingGroup({ thingGroupName })
  const { thingGroupDescription, attributePayload } = group.thingGroupProperties ?? {}
  const attributes = attributePayload?.attributes ?? {}
  const properties = {
    ...(thingGroupDescription ? { ThingGroupDescription: thingGroupDescription } : {}),
    ...(Object.keys(attributes).length > 0 ? { AttributePayload: { Attributes: attributes } } : {}),
  }
  return {
    ThingGroupName: group.thingGroupName,
    Arn: group.thingGroupArn,
    Id: group.thingGroupId,
    ParentGroupName: group.thingGroupMetadata?.parentGroupName,
    QueryString: group.queryString,
    ...(Object.keys(properties).length > 0 ? { ThingGroupProperties: properties } : {}),
    Tags: await iotTags(handling, group.thingGroupArn),
  }
}
