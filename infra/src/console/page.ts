// infra/src/console/page.ts: where the console's page lies, and how the world reaches it: a private bucket behind CloudFront, which alone may read it.
import { fleetNames } from '@fleet/contract/names'
import type { ConsoleWish, Stage } from '@fleet/contract/stage'
import { Distribution } from '@pulumi/aws-native/cloudfront/distribution.js'
import { OriginAccessControl } from '@pulumi/aws-native/cloudfront/originAccessControl.js'
import { ResponseHeadersPolicy } from '@pulumi/aws-native/cloudfront/responseHeadersPolicy.js'
import { Bucket } from '@pulumi/aws-native/s3/bucket.js'
import { BucketPolicy } from '@pulumi/aws-native/s3/bucketPolicy.js'
import * as pulumi from '@pulumi/pulumi'
import { partition } from '../arn.ts'
import { denyPlainHttp } from '../policy-document.ts'
import { PRIVATE, versioned } from '../private-bucket.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

/** Managed policy «CachingOptimized» (CloudFront guide, «Use managed cache policies»): by the Cache-Control of each file, and compressed. */
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
/** To go back to a former page by hand. */
const KEEP_OLD_PAGES_DAYS = 30
const YEAR_S = 31_536_000

/** `fleet deploy` puts the page's files there, after the stack is up (ops/src/console/publish-page.ts). */
export function consolePage(name: string, { stage, wish }: { readonly stage: Stage; readonly wish: ConsoleWish }, parent: pulumi.Resource) {
  const { console: own, consoleBucket } = fleetNames(stage)
  const bucket = new Bucket(`${name}-bucket`, { bucketName: consoleBucket, ...PRIVATE, ...versioned(KEEP_OLD_PAGES_DAYS) }, { parent })
  const signing = new OriginAccessControl(`${name}-access`, { originAccessControlConfig: { name: own, originAccessControlOriginType: 's3', signingBehavior: 'always', signingProtocol: 'sigv4' } }, { parent })
  const distribution = new Distribution(
    `${name}-distribution`,
    {
      distributionConfig: {
        comment: `console of fleet stage ${stage.stage}`,
        enabled: true,
        defaultRootObject: 'index.html',
        httpVersion: 'http2and3',
        ipv6Enabled: true,
        priceClass: wish.priceClass,
        origins: [{ id: 'page', domainName: pulumi.interpolate`${bucket.id}.s3.${stage.region}.amazonaws.com`, originAccessControlId: signing.id, s3OriginConfig: { originAccessIdentity: '' } }],
        defaultCacheBehavior: {
          targetOriginId: 'page',
          viewerProtocolPolicy: 'redirect-to-https',
          allowedMethods: ['GET', 'HEAD'],
          cachedMethods: ['GET', 'HEAD'],
          cachePolicyId: CACHING_OPTIMIZED,
          responseHeadersPolicyId: securityHeaders(`${name}-headers`, stage, parent).id,
          compress: true,
        },
      },
    },
    { parent },
  )
  new BucketPolicy(`${name}-bucket-policy`, { bucket: bucket.id, policyDocument: distribution.id.apply((id) => readBy(id, stage)) }, { parent })
  return { bucket: bucket.id, url: pulumi.interpolate`https://${distribution.domainName}` }
}

/** The page's own distribution, and no other (CloudFront guide, «Restrict access to an Amazon S3 origin»). */
function readBy(distributionId: string, stage: Stage) {
  const bucket = `arn:${partition(stage.region)}:s3:::${fleetNames(stage).consoleBucket}`
  const { Version, Statement } = denyPlainHttp(bucket)
  const distribution = `arn:${partition(stage.region)}:cloudfront::${stage.accountId}:distribution/${distributionId}`
  return { Version, Statement: [...Statement, { Sid: 'ServePage', Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Action: ['s3:GetObject'], Resource: [`${bucket}/*`], Condition: { StringEquals: { 'AWS:SourceArn': distribution } } }] }
}

function securityHeaders(name: string, stage: Stage, parent: pulumi.Resource): ResponseHeadersPolicy {
  const override = true
  const header = (each: string, value: string) => ({ header: each, value, override })
  return new ResponseHeadersPolicy(
    name,
    {
      responseHeadersPolicyConfig: {
        name: fleetNames(stage).console,
        securityHeadersConfig: {
          contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(stage), override },
          contentTypeOptions: { override },
          frameOptions: { frameOption: 'DENY', override },
          referrerPolicy: { referrerPolicy: 'no-referrer', override },
          strictTransportSecurity: { accessControlMaxAgeSec: YEAR_S, includeSubdomains: true, override },
        },
        customHeadersConfig: { items: [header('cross-origin-opener-policy', 'same-origin'), header('permissions-policy', 'camera=(), geolocation=(), microphone=()')] },
      },
    },
    { parent },
  )
}
