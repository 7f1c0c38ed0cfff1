// sandbox/src/cloud/cloud-control/types/cloudfront-origin-access-control.ts: AWS::CloudFront::OriginAccessControl.
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'

const OriginAccessControl = z.strictObject({
  Id: z.string().optional(),
  OriginAccessControlConfig: z.strictObject({
    Name: z.string(),
    Description: z.string().optional(),
    OriginAccessControlOriginType: z.string().regex(/^(s3|mediastore|lambda|mediapackagev2)$/),
    SigningBehavior: z.string().regex(/^(never|no-override|always)$/),
    SigningProtocol: z.string().regex(/^(sigv4)$/),
  }),
})
type OriginAccessControl = z.infer<typeof OriginAccessControl>

/** The service itself says which of its enumerations' values it takes. */
const settingsOf = ({ OriginAccessControlConfig }: OriginAccessControl) => OriginAccessControlConfig as never

export const originAccessControl = resourceType<OriginAccessControl>({
  typeName: 'AWS::CloudFront::OriginAccessControl',
  schema: OriginAccessControl,
  identifier: ['Id'],
  createOnly: [],
  readOnly: ['Id'],
  writeOnly: [],
  async create(model, { cloudfront }) {
    const made = await cloudfront.CreateOriginAccessControl({ OriginAccessControlConfig: settingsOf(model) })
    return [made.OriginAccessControl?.Id ?? '']
  },
  async read([Id], { cloudfront }) {
    const { OriginAccessControl: found } = await cloudfront.GetOriginAccessControl({ Id })
    return { Id, OriginAccessControlConfig: found?.OriginAccessControlConfig as OriginAccessControl['OriginAccessControlConfig'] } // the same names
  },
  async update([Id], { after }, { cloudfront }) {
    const { ETag } = await cloudfront.GetOriginAccessControl({ Id })
    await cloudfront.UpdateOriginAccessControl({ Id, IfMatch: ETag, OriginAccessControlConfig: settingsOf(after) })
  },
  async delete([Id], { cloudfront }) {
    const { ETag } = await cloudfront.GetOriginAccessControl({ Id })
    await cloudfront.DeleteOriginAccessControl({ Id, IfMatch: ETag })
  },
  async list({ cloudfront }) {
    const found = await allPages(async (Marker) => {
      const { OriginAccessControlList: page } = await cloudfront.ListOriginAccessControls({ Marker })
      return { items: page?.Items, next: page?.NextMarker }
    })
    return found.map(({ Id = '' }) => [Id])
  },
})
