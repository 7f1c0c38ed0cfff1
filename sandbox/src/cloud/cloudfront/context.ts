// sandbox/src/cloud/cloudfront/context.ts: what CloudFront keeps, and what the groups of its operations work with.
import type { DistributionConfig, OriginAccessControlConfig, ResponseHeadersPolicyConfig, Tag } from '@aws-sdk/client-cloudfront'
import type { Account } from '../account.ts'
import type { OperationsOf } from '../service.ts'
import type { KeptConfigs } from './kept-configs.ts'

export type CloudFrontOperations = OperationsOf<typeof import('@aws-sdk/client-cloudfront')>

export interface DistributionRecord {
  readonly settings: Readonly<DistributionConfig>
  readonly domainName: string
  readonly tags: readonly Tag[]
}

export type AccessControlConfig = Readonly<OriginAccessControlConfig>
export type HeadersPolicyConfig = Readonly<ResponseHeadersPolicyConfig>

export interface CloudFrontContext {
  readonly account: Account
  readonly distributions: KeptConfigs<DistributionRecord>
  readonly accessControls: KeptConfigs<AccessControlConfig>
  readonly headersPolicies: KeptConfigs<HeadersPolicyConfig>
}
