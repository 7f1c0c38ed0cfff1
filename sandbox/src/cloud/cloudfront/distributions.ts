// sandbox/src/cloud/cloudfront/distributions.ts: makes, shows, changes and removes distributions; a change is in force at once.
import type { Distribution, DistributionConfig, DistributionSummary, Tag } from '@aws-sdk/client-cloudfront'
import { globalArn } from '../account.ts'
import { AwsError } from '../aws-error.ts'
import { pageOfList } from '../wire/paging.ts'
import type { CloudFrontContext, CloudFrontOperations, DistributionRecord } from './context.ts'
import { checkedDistribution } from './distribution-check.ts'
import { cloudFrontId, newDomainName, type KeptConfig } from './kept-configs.ts'
import { argument } from './refusals.ts'

export function distributionOperations(context: CloudFrontContext) {
  const { account, distributions } = context
  const arnOf = (id: string) => globalArn('cloudfront', account, `distribution/${id}`)
  const described = (Id: string, { config: { settings, domainName }, changedAt }: KeptConfig<DistributionRecord>): Distribution => ({
    Id,
    ARN: arnOf(Id),
    Status: 'Deployed',
    LastModifiedTime: changedAt,
    InProgressInvalidationBatches: 0,
    DomainName: domainName,
    ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
    ActiveTrustedKeyGroups: { Enabled: false, Quantity: 0 },
    DistributionConfig: { ...settings },
  })
  const shown = (id: string) => ({ Distribution: described(id, distributions.at(id)), ETag: distributions.at(id).etag })
  const create = (given: DistributionConfig | undefined, tags: readonly Tag[]) => {
    const settings = checkedDistribution(given, context)
    const twin = distributions.all().find(([, { config }]) => config.settings.CallerReference === settings.CallerReference)
    if (twin) throw new AwsError('DistributionAlreadyExists', 'The caller reference you attempted to create the distribution with is associated with another distribution.')
    const id = cloudFrontId()
    distributions.put(id, { settings, domainName: newDomainName(), tags })
    return { ...shown(id), Location: `https://cloudfront.amazonaws.com/2020-05-31/distribution/${id}` }
  }
  const tagged = (resource = '') => {
    const id = distributions.all().find(([each]) => arnOf(each) === resource)?.[0]
    if (id === undefined) throw new AwsError('NoSuchResource', 'The specified resource does not exist.')
    return { id, record: distributions.at(id).config }
  }
  return {
    CreateDistribution: ({ DistributionConfig: config }) => create(config, []),
    CreateDistributionWithTags: ({ DistributionConfigWithTags: given }) => create(given?.DistributionConfig, given?.Tags?.Items ?? []),
    GetDistribution: ({ Id = '' }) => shown(Id),
    GetDistributionConfig({ Id = '' }) {
      const { config, etag } = distributions.at(Id)
      return { DistributionConfig: { ...config.settings }, ETag: etag }
    },
    UpdateDistribution({ Id = '', IfMatch, DistributionConfig: given }) {
      const { config } = distributions.at(Id)
      const settings = checkedDistribution(given, context)
      if (settings.CallerReference !== config.settings.CallerReference) throw new AwsError('IllegalUpdate', 'The update contains modifications that are not allowed: CallerReference.')
      distributions.change(Id, IfMatch, { ...config, settings })
      return shown(Id)
    },
    DeleteDistribution({ Id = '', IfMatch }) {
      if (distributions.at(Id).config.settings.Enabled) throw new AwsError('DistributionNotDisabled', 'The specified CloudFront distribution is not disabled. You must disable the distribution before you can delete it.')
      distributions.delete(Id, IfMatch)
      return {}
    },
    ListDistributions({ Marker, MaxItems }) {
      const { items, nextToken } = pageOfList(distributions.all(), { keyOf: ([id]) => id, token: Marker, size: { asked: MaxItems, usual: 100, most: 100 }, invalid: () => argument('The marker is not valid.') })
      const Items = items.map(([id, kept]) => summaryOf(described(id, kept)))
      return { DistributionList: { Marker: Marker ?? '', NextMarker: nextToken, MaxItems: MaxItems ?? 100, IsTruncated: nextToken !== undefined, Quantity: Items.length, ...(Items.length > 0 && { Items }) } }
    },
    TagResource({ Resource, Tags }) {
      const { id, record } = tagged(Resource)
      const added = Tags?.Items ?? []
      distributions.put(id, { ...record, tags: [...record.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key)), ...added] })
      return {}
    },
    UntagResource({ Resource, TagKeys }) {
      const { id, record } = tagged(Resource)
      distributions.put(id, { ...record, tags: record.tags.filter(({ Key = '' }) => !(TagKeys?.Items ?? []).includes(Key)) })
      return {}
    },
    ListTagsForResource: ({ Resource }) => ({ Tags: { Items: [...tagged(Resource).record.tags] } }),
  } satisfies CloudFrontOperations
}

/** API DistributionSummary: what is not set is empty there. */
function summaryOf({ Id, ARN, Status, LastModifiedTime, DomainName, DistributionConfig: settings }: Distribution): DistributionSummary {
  return {
    Id,
    ARN,
    Status,
    LastModifiedTime,
    DomainName,
    Aliases: settings?.Aliases ?? { Quantity: 0 },
    Origins: settings?.Origins,
    DefaultCacheBehavior: settings?.DefaultCacheBehavior,
    CacheBehaviors: settings?.CacheBehaviors ?? { Quantity: 0 },
    CustomErrorResponses: settings?.CustomErrorResponses ?? { Quantity: 0 },
    Comment: settings?.Comment,
    PriceClass: settings?.PriceClass ?? 'PriceClass_All',
    Enabled: settings?.Enabled,
    ViewerCertificate: settings?.ViewerCertificate ?? { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1', CertificateSource: 'cloudfront' },
    Restrictions: settings?.Restrictions ?? { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: settings?.WebACLId ?? '',
    HttpVersion: settings?.HttpVersion ?? 'http2',
    IsIPV6Enabled: settings?.IsIPV6Enabled ?? false,
    Staging: settings?.Staging ?? false,
  }
}
