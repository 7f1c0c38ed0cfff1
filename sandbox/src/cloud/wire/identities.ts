// sandbox/src/cloud/wire/identities.ts: what the gateway asks about access keys; the iam folder answers.
import type { CompiledPolicy } from '../iam/policy-evaluation.ts'
import type { Principal } from '../service.ts'

export interface Identity {
  readonly principal: Principal
  readonly secretAccessKey: string
  /** Role sessions have a token that must come with each request, and an end. */
  readonly session: { readonly token: string; readonly expiration: Date } | undefined
}

export interface Identities {
  byAccessKey(accessKeyId: string): Identity | undefined
  /** Policies that hold this principal: those of its role, and what its session was narrowed to (all sets must allow). */
  policiesOf(principal: Principal): readonly (readonly CompiledPolicy[])[]
  /** Condition keys and policy variables that its session brought along (`credentials-iot:ThingName`). */
  sessionContext?(principal: Principal): Readonly<Record<string, string>>
  /** Hears of what was allowed: the principal and the service that it used, by its IAM prefix. */
  accessed?(principal: Principal, service: string): void
}
