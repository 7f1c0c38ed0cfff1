// sandbox/src/cloud/cloud-control/types/iot-thing.ts: AWS::IoT::Thing.
import { z } from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'

const Thing = z.strictObject({
  ThingName: z.string().min(1).max(128).regex(/^[a-zA-Z0-9:_-]+$/).optional(),
  AttributePayload: z.strictObject({ Attributes: z.record(z.string().regex(/^[a-zA-Z0-9_.,@/:#-]+$/), z.string()).optional() }).optional(),
  Arn: z.string().optional(),
  Id: z.string().optional(),
})

export const thing = resourceType<z.infer<typeof Thing>>({
  typeName: 'AWS::IoT::Thing',
  schema: Thing,
  identifier: ['ThingName'],
  createOnly: ['ThingName'],
  readOnly: ['Arn', 'Id'],
  writeOnly: [],
  async create(model, { iot, generatedName }) {
    const thingName = model.ThingName ?? generatedName()
    await iot.CreateThing({ thingName, attributePayload: { attributes: model.AttributePayload?.Attributes } })
    return [thingName]
  },
  async read([thingName], { iot }) {
    const { thingArn, thingId, attributes = {} } = await iot.DescribeThing({ thingName })
    return { ThingName: thingName, Arn: thingArn, Id: thingId, ...(Object.keys(attributes).length > 0 ? { AttributePayload: { Attributes: attributes } } : {}) }
  },
  async update([thingName], { after }, { iot }) {
    await iot.UpdateThing({ thingName, attributePayload: { attributes: after.AttributePayload?.Attributes ?? {}, merge: false } })
  },
  async delete([thingName], { iot }) {
    await iot.DeleteThing({ thingName })
  },
  async list({ iot }) {
    const things = await allPages(async (nextToken) => {
      const { things, nextToken: next } = await iot.ListThings({ nextToken })
      return { items: things, next }
    })
    return things.map(({ thingName = '' }) => [thingName])
  },
})
