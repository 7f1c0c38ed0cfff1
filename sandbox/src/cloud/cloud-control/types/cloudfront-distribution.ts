// sandbox/src/cloud/cloud-control/types/cloudfront-distribution.ts: AWS::CloudFront::Distribution, with those settings that the sandbox's edge obeys.
import { randomUUID } from 'node:crypto'
import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import * as z from 'zod'
import { globalArn } from '../../account.ts'
import { type Handling, resourceType } from '../resource-type.ts'
import { allPages } from './all-pages.ts'
import { fromTags, tagChange, TagList } from './tags.ts'

const Origin = z.strictObject({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: z.string().optional(),
  OriginAccessControlId: z.string().optional(),
  S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.string().optional() }).optional(),
  ConnectionAttempts: z.number().int().optional(),
  ConnectionTimeout: z.number().int().optional(),
})
const Behavior = z.strictObject({
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.string(),
  AllowedMethods: z.array(z.string()).optional(),
  CachedMethods: z.array(z.string()).optional(),
  CachePolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  Compress: z.boolean().optional(),
})
const Config = z.strictObject({
  Comment: z.string().optional(),
  DefaultRootObject: z.string().optional(),
  Enabled: z.boolean(),
  HttpVersion: z.string().optional(),
  IPV6Enabled: z.boolean().optional(),
  PriceClass: z.string().optional(),
  Origins: z.array(Origin).optional(),
  DefaultCacheBehavior: Behavior,
})
const Distribution = z.strictObject({ Id: z.string().optional(), DomainName: z.string().optional(), DistributionConfig: Config, Tags: TagList.optional() })
type Config = z.infer<typeof Config>

const counted = <Item>(Items: readonly Item[]) => ({ Quantity: Items.length, Items: [...Items] })

/** The API counts its lists, wants what CloudFormation has defaults for, and calls two things otherwise. */
function settingsOf({ IPV6Enabled, Origins = [], DefaultCacheBehavior: { AllowedMethods, CachedMethods, ...behavior }, Comment = '', ...others }: Config, CallerReference: string): DistributionConfig {
  const methods = AllowedMethods && { ...counted(AllowedMethods), CachedMethods: counted(CachedMethods ?? ['GET', 'HEAD']) }
  const origins = Origins.map(({ S3OriginConfig, ...origin }) => ({ ...origin, S3OriginConfig: S3OriginConfig && { OriginAccessIdentity: S3OriginConfig.OriginAccessIdentity ?? '' } }))
  return { ...others, CallerReference, Comment, IsIPV6Enabled: IPV6Enabled, Origins: counted(origins), DefaultCacheBehavior: { ...behavior, AllowedMethods: methods } } as DistributionConfig // enumerations are texts here
}

function shown({ CallerReference: _reference, IsIPV6Enabled, Origins, DefaultCacheBehavior, ...others }: DistributionConfig): Config {
  const { AllowedMethods, ...behavior } = DefaultCacheBehavior ?? {}
  const methods = AllowedMethods && { AllowedMethods: AllowedMethods.Items, CachedMethods: AllowedMethods.CachedMethods?.Items }
  return { ...others, IPV6Enabled: IsIPV6Enabled, Origins: Origins?.Items, DefaultCacheBehavior: { ...behavior, ...methods } } as Config // what was made through here has no others
}

const arnOf = (id: string, { account }: Handling) => globalArn('cloudfront', account, `distribution/${id}`)

export const distribution = resourceType<z.infer<typeof Distribution>>({
  typeName: 'AWS::CloudFront::Distribution',
  schema: Distribution,
  identifier: ['Id'],
  createOnly: [],
  readOnly: ['Id', 'DomainName'],
  writeOnly: [],
  async create({ DistributionConfig: config, Tags = [] }, { cloudfront }) {
    const made = await cloudfront.CreateDistributionWithTags({ DistributionConfigWithTags: { DistributionConfig: settingsOf(config, randomUUID()), Tags: { Items: Tags } } })
    return [made.Distribution?.Id ?? '']
  },
  async read([Id = ''], handling) {
    const { Distribution: found } = await handling.cloudfront.GetDistribution({ Id })
    const { Tags } = await handling.cloudfront.ListTagsForResource({ Resource: arnOf(Id, handling) })
    return { Id, DomainName: found?.DomainName, DistributionConfig: shown(found?.DistributionConfig as DistributionConfig), Tags: fromTags(Tags?.Items) } // found: it would have thrown
  },
  async update([Id = ''], { before, after }, handling) {
    const { cloudfront } = handling
    const { DistributionConfig: former, ETag } = await cloudfront.GetDistributionConfig({ Id })
    await cloudfront.UpdateDistribution({ Id, IfMatch: ETag, DistributionConfig: settingsOf(after.DistributionConfig, former?.CallerReference ?? '') })
    const { set, remove } = tagChange(before.Tags, after.Tags)
    if (set.length > 0) await cloudfront.TagResource({ Resource: arnOf(Id, handling), Tags: { Items: set } })
    if (remove.length > 0) await cloudfront.UntagResource({ Resource: arnOf(Id, handling), TagKeys: { Items: remove } })
  },
  /** One that is enabled is disabled first. */
  async delete([Id], { cloudfront }) {
    const { DistributionConfig: config, ETag } = await cloudfront.GetDistributionConfig({ Id })
    const disabled = config?.Enabled ? await cloudfront.UpdateDistribution({ Id, IfMatch: ETag, DistributionConfig: { ...config, Enabled: false } }) : { ETag }
    await cloudfront.DeleteDistribution({ Id, IfMatch: disabled.ETag })
  },
  async list({ cloudfront }) {
    const found = await allPages(async (Marker) => {
      const { DistributionList: page } = await cloudfront.ListDistributions({ Marker })
      return { items: page?.Items, next: page?.NextMarker }
    })
    return found.map(({ Id = '' }) => [Id])
  },
})
