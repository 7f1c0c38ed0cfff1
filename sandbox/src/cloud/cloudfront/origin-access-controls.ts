// sandbox/src/cloud/cloudfront/origin-access-controls.ts: origin access controls: whether CloudFront signs what it asks of an origin, so that a bucket can let it in and nobody else.
import type { OriginAccessControlConfig } from '@aws-sdk/client-cloudfront'
import { AwsError } from '../aws-error.ts'
import { pageOfList } from '../wire/paging.ts'
import type { AccessControlConfig, CloudFrontContext, CloudFrontOperations } from './context.ts'
import { cloudFrontId } from './kept-configs.ts'
import { argument, refuseOthers } from './refusals.ts'

export function accessControlOperations({ accessControls, distributions }: CloudFrontContext) {
  const shown = (Id: string) => {
    const { config, etag } = accessControls.at(Id)
    return { OriginAccessControl: { Id, OriginAccessControlConfig: { ...config } }, ETag: etag }
  }
  const refuseTaken = (name: string | undefined, own?: string) => {
    if (accessControls.all().some(([id, { config }]) => config.Name === name && id !== own)) throw new AwsError('OriginAccessControlAlreadyExists', 'An origin access control with the specified parameters already exists.')
  }
  return {
    CreateOriginAccessControl({ OriginAccessControlConfig: config }) {
      const checked = check(config)
      refuseTaken(checked.Name)
      const id = cloudFrontId()
      accessControls.put(id, checked)
      return { ...shown(id), Location: `https://cloudfront.amazonaws.com/2020-05-31/origin-access-control/${id}` }
    },
    GetOriginAccessControl: ({ Id = '' }) => shown(Id),
    GetOriginAccessControlConfig({ Id = '' }) {
      const { config, etag } = accessControls.at(Id)
      return { OriginAccessControlConfig: { ...config }, ETag: etag }
    },
    UpdateOriginAccessControl({ Id = '', IfMatch, OriginAccessControlConfig: config }) {
      const checked = check(config)
      refuseTaken(checked.Name, Id)
      accessControls.change(Id, IfMatch, checked)
      return shown(Id)
    },
    DeleteOriginAccessControl({ Id = '', IfMatch }) {
      accessControls.at(Id)
      if (distributions.all().some(([, { config }]) => config.settings.Origins?.Items?.some(({ OriginAccessControlId }) => OriginAccessControlId === Id))) throw new AwsError('OriginAccessControlInUse', 'Cannot delete the origin access control because it\'s in use by one or more distributions.')
      accessControls.delete(Id, IfMatch)
      return {}
    },
    ListOriginAccessControls({ Marker, MaxItems }) {
      const { items, nextToken } = pageOfList(accessControls.all(), { keyOf: ([id]) => id, token: Marker, size: { asked: MaxItems, usual: 100, most: 100 }, invalid: () => argument('The marker is not valid.') })
      const Items = items.map(([Id, { config }]) => ({ Id, Name: config.Name, Description: config.Description ?? '', SigningProtocol: config.SigningProtocol, SigningBehavior: config.SigningBehavior, OriginAccessControlOriginType: config.OriginAccessControlOriginType }))
      return { OriginAccessControlList: { Marker: Marker ?? '', NextMarker: nextToken, MaxItems: MaxItems ?? 100, IsTruncated: nextToken !== undefined, Quantity: Items.length, Items } }
    },
  } satisfies CloudFrontOperations
}

/** API OriginAccessControlConfig. */
function check(config: OriginAccessControlConfig | undefined): AccessControlConfig {
  if (!config?.Name || config.Name.length > 64) throw argument('The name of an origin access control has 1 to 64 characters.')
  if ((config.Description ?? '').length > 256) throw argument('The description has at most 256 characters.')
  if (config.SigningProtocol !== 'sigv4') throw argument('The signing protocol must be sigv4.')
  if (!['always', 'never', 'no-override'].includes(config.SigningBehavior ?? '')) throw argument('The signing behavior must be always, never or no-override.')
  refuseOthers('OriginAccessControlOriginType', config.OriginAccessControlOriginType, 's3')
  return config
}
