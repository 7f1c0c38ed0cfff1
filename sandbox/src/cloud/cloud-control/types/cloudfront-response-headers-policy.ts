// sandbox/src/cloud/cloud-control/types/cloudfront-response-headers-policy.ts: AWS::CloudFront::ResponseHeadersPolicy, without CORS and server timing, which the sandbox's edge does not do.
import type { ResponseHeadersPolicyConfig } from '@aws-sdk/client-cloudfront'
import * as z from 'zod'
import { resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'

const Override = z.boolean()
const Config = z.strictObject({
  Name: z.string(),
  Comment: z.string().optional(),
  SecurityHeadersConfig: z
    .strictObject({
      ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: z.string(), Override }).optional(),
      ContentTypeOptions: z.strictObject({ Override }).optional(),
      FrameOptions: z.strictObject({ FrameOption: z.string().regex(/^(DENY|SAMEORIGIN)$/), Override }).optional(),
      ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string().regex(/^(no-referrer|no-referrer-when-downgrade|origin|origin-when-cross-origin|same-origin|strict-origin|strict-origin-when-cross-origin|unsafe-url)$/), Override }).optional(),
      StrictTransportSecurity: z.strictObject({ AccessControlMaxAgeSec: z.number().int(), IncludeSubdomains: z.boolean().optional(), Preload: z.boolean().optional(), Override }).optional(),
      XSSProtection: z.strictObject({ Protection: z.boolean(), ModeBlock: z.boolean().optional(), ReportUri: z.string().optional(), Override }).optional(),
    })
    .optional(),
  CustomHeadersConfig: z.strictObject({ Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), Override })) }).optional(),
  RemoveHeadersConfig: z.strictObject({ Items: z.array(z.strictObject({ Header: z.string() })) }).optional(),
})
const ResponseHeadersPolicy = z.strictObject({ Id: z.string().optional(), LastModifiedTime: z.string().optional(), ResponseHeadersPolicyConfig: Config })
type Config = z.infer<typeof Config>

/** The API counts its lists. */
const counted = <Item>(list: { readonly Items: readonly Item[] } | undefined) => list && { Quantity: list.Items.length, Items: [...list.Items] }

const settingsOf = ({ CustomHeadersConfig, RemoveHeadersConfig, ...others }: Config) => ({ ...others, CustomHeadersConfig: counted(CustomHeadersConfig), RemoveHeadersConfig: counted(RemoveHeadersConfig) }) as ResponseHeadersPolicyConfig // enumerations are texts here

const uncounted = <Item>(list: { readonly Items?: readonly Item[] | undefined } | undefined) => (list ? { Items: [...(list.Items ?? [])] } : undefined)

const shown = ({ CustomHeadersConfig, RemoveHeadersConfig, ...others }: ResponseHeadersPolicyConfig) => ({ ...others, CustomHeadersConfig: uncounted(CustomHeadersConfig), RemoveHeadersConfig: uncounted(RemoveHeadersConfig) }) as Config // the same names

export const responseHeadersPolicy = resourceType<z.infer<typeof ResponseHeadersPolicy>>({
  typeName: 'AWS::CloudFront::ResponseHeadersPolicy',
  schema: ResponseHeadersPolicy,
  identifier: ['Id'],
  createOnly: [],
  readOnly: ['Id', 'LastModifiedTime'],
  writeOnly: [],
  async create({ ResponseHeadersPolicyConfig: config }, { cloudfront }) {
    const made = await cloudfront.CreateResponseHeadersPolicy({ ResponseHeadersPolicyConfig: settingsOf(config) })
    return [made.ResponseHeadersPolicy?.Id ?? '']
  },
  async read([Id], { cloudfront }) {
    const { ResponseHeadersPolicy: found } = await cloudfront.GetResponseHeadersPolicy({ Id })
    return { Id, LastModifiedTime: found?.LastModifiedTime?.toISOString(), ResponseHeadersPolicyConfig: shown(found?.ResponseHeadersPolicyConfig ?? { Name: '' }) }
  },
  async update([Id], { after }, { cloudfront }) {
    const { ETag } = await cloudfront.GetResponseHeadersPolicy({ Id })
    await cloudfront.UpdateResponseHeadersPolicy({ Id, IfMatch: ETag, ResponseHeadersPolicyConfig: settingsOf(after.ResponseHeadersPolicyConfig) })
  },
  async delete([Id], { cloudfront }) {
    const { ETag } = await cloudfront.GetResponseHeadersPolicy({ Id })
    await cloudfront.DeleteResponseHeadersPolicy({ Id, IfMatch: ETag })
  },
  async list({ cloudfront }) {
    const found = await allPages(async (Marker) => {
      const { ResponseHeadersPolicyList: page } = await cloudfront.ListResponseHeadersPolicies({ Type: 'custom', Marker })
      return { items: page?.Items, next: page?.NextMarker }
    })
    return found.map(({ ResponseHeadersPolicy: policy }) => [policy?.Id ?? ''])
  },
})
