// sandbox/src/cloud/cloud-control/types/iot-thing-type.ts: AWS::IoT::ThingType.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { changeIotTags, iotTags } from './iot-tags.ts'
import { TagList } from './tags.ts'

const ThingType = z.strictObject({
  ThingTypeName: z.string().min(1).max(128).regex(/^[a-zA-Z0-9:_-]+$/).optional(),
  DeprecateThingType: z.boolean().optional(),
  ThingTypeProperties: z
    .strictObject({
      ThingTypeDescription: z.string().max(2028).optional(),
      SearchableAttributes: z.array(z.string().max(128).regex(/^[a-zA-Z0-9_.,@/:#-]+$/)).max(3).optional(),
    })
    .optional(),
  Tags: TagList.optional(),
  Arn: z.string().optional(),
  Id: z.string().optional(),
})
type ThingType = z.infer<typeof ThingType>

const propertiesOf = ({ ThingTypeProperties: properties }: ThingType) => ({ thingTypeDescription: properties?.ThingTypeDescription, searchableAttributes: properties?.SearchableAttributes })

export const thingType = resourceType<ThingType>({
  typeName: 'AWS::IoT::ThingType',
  schema: ThingType,
  identifier: ['ThingTypeName'],
  createOnly: ['ThingTypeName'],
  readOnly: ['Arn', 'Id'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const thingTypeName = model.ThingTypeName ?? generatedName()
    await iot.CreateThingType({ thingTypeName, thingTypeProperties: propertiesOf(model), tags: model.Tags })
    if (model.DeprecateThingType) await iot.DeprecateThingType({ thingTypeName })
    return [thingTypeName]
  },
  async read([thingTypeName], handling) {
    const found = await handling.iot.DescribeThingType({ thingTypeName })
    const { thingTypeDescription, searchableAttributes = [] } = found.thingTypeProperties ?? {}
    const properties = { ...(thingTypeDescription ? { ThingTypeDescription: thingTypeDescription } : {}), ...(searchableAttributes.length > 0 ? { SearchableAttributes: searchableAttributes } : {}) }
    return {
      ThingTypeName: found.thingTypeName,
      Arn: found.thingTypeArn,
      Id: found.thingTypeId,
      DeprecateThingType: found.thingTypeMetadata?.deprecated ?? false,
      ...(Object.keys(properties).length > 0 ? { ThingTypeProperties: properties } : {}),
      Tags: await iotTags(handling, found.thingTypeArn),
    }
  },
  async update([thingTypeName], { before, after }, handling) {
    const { iot } = handling
    await iot.UpdateThingType({ thingTypeName, thingTypeProperties: propertiesOf(after) })
    if ((before.DeprecateThingType ?? false) !== (after.DeprecateThingType ?? false)) await iot.DeprecateThingType({ thingTypeName, undoDeprecate: !after.DeprecateThingType })
    await changeIotTags(handling, before.Arn, { before: before.Tags, after: after.Tags })
  },
  async delete([thingTypeName], { iot }) {
    await iot.DeleteThingType({ thingTypeName }) // AWS IoT wants it deprecated for five minutes first, and says so
  },
  async list({ iot }) {
    const types = await allPages(async (nextToken) => {
      const { thingTypes, nextToken: next } = await iot.ListThingTypes({ nextToken })
      return { items: thingTypes, next }
    })
    return types.map(({ thingTypeName = '' }) => [thingTypeName])
  },
})
