// sandbox/src/cloud/iot-core/audit/check.ts: what an audit check looks at, and what it says.
import type { NonCompliantResource, RelatedResource } from '@aws-sdk/client-iot'

export interface CheckScope {
  /** When the audit began, by the cloud's clock. */
  readonly now: Date
  /** Checks of what happened look at the time from here on. */
  readonly since: Date
  /** What the check was configured with: `CERT_AGE_THRESHOLD_IN_DAYS`. */
  readonly configuration: Readonly<Record<string, string>>
}

export interface Finding {
  readonly resource: NonCompliantResource
  readonly related?: readonly RelatedResource[]
  readonly code: string
  readonly reason: string
}

export interface CheckResult {
  /** Resources that were looked at; 0 where the account has none of the kind. */
  readonly total: number
  readonly findings: readonly Finding[]
}

export type Check = (scope: CheckScope) => CheckResult

/** For a kind of resource that nobody can make in this cloud: registered CA certificates. An account without any is compliant, as in AWS. */
export const noneOfTheKind: Check = () => ({ total: 0, findings: [] })
