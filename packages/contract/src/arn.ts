// packages/contract/src/arn.ts: how an ARN is spelled, where no answer of AWS has given it to us.
import type { StageIdentity } from './names.ts'

/** `arn:<partition>:<service>:<region>:<account>:<resource>`; the partitions beside `aws` are told by their regions (AWS General Reference, «Partitions»). */
export const arn = (service: string, { region, accountId }: StageIdentity, resource: string) => `arn:${partition(region)}:${service}:${region}:${accountId}:${resource}`

export function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
