// sandbox/src/cloud/cloudfront/distribution-check.ts: whether a distribution can be as it is asked for: CloudFront's own rules, and what the sandbox's edge does.
import type { DefaultCacheBehavior, DistributionConfig, Origin } from '@aws-sdk/client-cloudfront'
import { AwsError } from '../aws-error.ts'
import type { CloudFrontContext } from './context.ts'
import { argument, refuseAny, refuseInconsistent, refuseOthers } from './refusals.ts'

type Known = Pick<CloudFrontContext, 'account' | 'accessControls' | 'headersPolicies'>

/** Managed cache policies (CloudFront guide, «Use managed cache policies»): CachingOptimized and CachingDisabled. */
const CACHE_POLICIES = ['658327ea-f89d-4fab-a63d-7e88639e58f6', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad']
const METHODS = ['GET HEAD', 'GET HEAD OPTIONS']

/** @throws AwsError */
export function checkedDistribution(config: DistributionConfig | undefined, known: Known): Readonly<DistributionConfig> {
  if (!config?.CallerReference) throw argument('A distribution needs a caller reference.')
  const { Origins, DefaultCacheBehavior: behavior, DefaultRootObject = '' } = config
  refuseInconsistent('Origins', Origins)
  const origins = Origins?.Items ?? []
  if (origins.length === 0) throw argument('A distribution needs an origin.')
  origins.forEach((origin) => checkOrigin(origin, known))
  checkBehavior(behavior, origins, known)
  if (DefaultRootObject.startsWith('/')) throw new AwsError('InvalidDefaultRootObject', 'The default root object file name is too big or contains an invalid character.')
  if (!['PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None'].includes(config.PriceClass ?? 'PriceClass_All')) throw argument('The price class is not one of CloudFront.')
  if (!['http1.1', 'http2', 'http3', 'http2and3'].includes(config.HttpVersion ?? 'http2')) throw argument('The HTTP version is not one of CloudFront.')
  refuseUnoffered(config)
  return config
}

function checkOrigin({ Id, DomainName = '', S3OriginConfig, OriginAccessControlId = '', ...others }: Origin, { account, accessControls }: Known): void {
  if (!Id) throw argument('An origin needs an id.')
  if (others.CustomOriginConfig !== undefined || others.VpcOriginConfig !== undefined || !S3OriginConfig) throw argument('The sandbox offers S3 origins alone, with an S3OriginConfig.')
  if (bucketOf(DomainName, account.region) === undefined) throw new AwsError('InvalidOrigin', `The Amazon S3 origin server specified does not refer to a valid Amazon S3 bucket: ${DomainName}.`)
  if (OriginAccessControlId !== '' && !accessControls.find(OriginAccessControlId)) throw new AwsError('InvalidOriginAccessControl', 'The origin access control is not valid.')
  if (S3OriginConfig.OriginAccessIdentity) throw OriginAccessControlId === '' ? argument('The sandbox does not offer origin access identities.') : new AwsError('IllegalOriginAccessConfiguration', 'An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).')
  refuseAny('CustomHeaders', others.CustomHeaders)
  refuseOthers('OriginShield.Enabled', others.OriginShield?.Enabled, false)
}

/** `bucket.s3.eu-central-1.amazonaws.com`, or without the region. */
export function bucketOf(domainName: string, region: string): string | undefined {
  const [, bucket, where] = /^(.+)\.s3(\.[a-z0-9-]+)?\.amazonaws\.com$/.exec(domainName) ?? []
  return where === undefined || where === `.${region}` ? bucket : undefined
}

function checkBehavior(behavior: DefaultCacheBehavior | undefined, origins: readonly Origin[], { headersPolicies }: Known): void {
  if (!behavior || !origins.some(({ Id }) => Id === behavior.TargetOriginId)) throw new AwsError('NoSuchOrigin', 'No origin exists with the specified Origin Id.')
  if (!['allow-all', 'https-only', 'redirect-to-https'].includes(behavior.ViewerProtocolPolicy ?? '')) throw argument('The viewer protocol policy must be allow-all, https-only or redirect-to-https.')
  if (behavior.CachePolicyId === undefined) throw argument('The sandbox wants a CachePolicyId; it does not offer ForwardedValues.')
  if (!CACHE_POLICIES.includes(behavior.CachePolicyId)) throw new AwsError('NoSuchCachePolicy', 'The cache policy does not exist.')
  const { ResponseHeadersPolicyId: headers = '' } = behavior
  if (headers !== '' && !headersPolicies.find(headers)) throw new AwsError('NoSuchResponseHeadersPolicy', 'The response headers policy does not exist.')
  refuseInconsistent('AllowedMethods', behavior.AllowedMethods)
  const methods = (behavior.AllowedMethods?.Items ?? ['GET', 'HEAD']).toSorted().join(' ')
  if (!METHODS.includes(methods)) throw argument(`The sandbox offers the allowed methods ${METHODS.join(', or ')}.`)
  for (const name of ['LambdaFunctionAssociations', 'FunctionAssociations'] as const) refuseAny(name, behavior[name])
  for (const name of ['TrustedSigners', 'TrustedKeyGroups'] as const) refuseOthers(`${name}.Enabled`, behavior[name]?.Enabled, false)
  for (const name of ['OriginRequestPolicyId', 'FieldLevelEncryptionId', 'RealtimeLogConfigArn'] as const) refuseOthers(name, behavior[name], '')
  if (Object.entries(behavior).some(([name, value]) => name === 'ForwardedValues' && value !== undefined)) throw argument('The sandbox does not offer ForwardedValues beside a CachePolicyId.')
  refuseOthers('GrpcConfig.Enabled', behavior.GrpcConfig?.Enabled, false)
  refuseOthers('SmoothStreaming', behavior.SmoothStreaming, false)
}

/** What is kept and not done would look done. */
function refuseUnoffered(config: DistributionConfig): void {
  for (const name of ['Aliases', 'CacheBehaviors', 'CustomErrorResponses', 'OriginGroups'] as const) refuseAny(name, config[name])
  refuseOthers('Logging.Enabled', config.Logging?.Enabled, false)
  refuseOthers('WebACLId', config.WebACLId, '')
  refuseOthers('Staging', config.Staging, false)
  refuseOthers('ViewerCertificate.CloudFrontDefaultCertificate', config.ViewerCertificate?.CloudFrontDefaultCertificate, true)
  for (const name of ['ACMCertificateArn', 'IAMCertificateId'] as const) refuseOthers(`ViewerCertificate.${name}`, config.ViewerCertificate?.[name], '')
  for (const name of ['ContinuousDeploymentPolicyId', 'AnycastIpListId'] as const) refuseOthers(name, config[name], '')
  refuseOthers('ConnectionMode', config.ConnectionMode, 'direct')
  for (const name of ['TenantConfig', 'ViewerMtlsConfig', 'ConnectionFunctionAssociation'] as const) if (config[name] !== undefined) throw argument(`The sandbox does not offer ${name}.`)
  refuseOthers('GeoRestriction.RestrictionType', config.Restrictions?.GeoRestriction?.RestrictionType, 'none')
}
