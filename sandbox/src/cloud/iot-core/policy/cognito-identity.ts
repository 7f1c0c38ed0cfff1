// sandbox/src/cloud/iot-core/policy/cognito-identity.ts: people whom an identity pool vouches for: beside their role, an AWS IoT policy attached to their identity must let them.
import { evaluate, type Context } from '../../iam/policy-evaluation.ts'
import type { DeviceRegistry } from '../../ports.ts'
import type { Principal } from '../../service.ts'
import type { Identities } from '../../wire/identities.ts'
import { compiledPolicies } from './compiled-policies.ts'
import type { IotAction } from './identity.ts'

export interface CognitoIdentities {
  /** Hears of a connection that all have let in. */
  connects(principal: Principal): void
  /** What the AWS IoT policies of this identity say; true for whoever is no signed-in identity of Cognito: role or certificate alone count there. */
  permits(principal: Principal, request: { readonly action: IotAction; readonly resource: string; readonly context: Context }): boolean
}

/** Condition keys of a session that an identity pool began (Cognito guide, «Role trust and permissions»). */
const POOL = 'cognito-identity.amazonaws.com:aud'
const SUBJECT = 'cognito-identity.amazonaws.com:sub'
const METHOD = 'cognito-identity.amazonaws.com:amr'

/** Everybody who looks at a console shares a document or two. */
const REMEMBERED_DOCUMENTS = 100

/** AWS IoT guide, «Authorization with Amazon Cognito identities»: permissions in two places; an authenticated identity without an attached policy has no access. */
export function cognitoIdentities(identities: Pick<Identities, 'sessionContext'>, registry: Pick<DeviceRegistry, 'policiesOfIdentity'>, onConnect: (poolId: string) => void = () => undefined): CognitoIdentities {
  const compileOnce = compiledPolicies(REMEMBERED_DOCUMENTS)
  return {
    connects(principal) {
      const { [POOL]: poolId } = identities.sessionContext?.(principal) ?? {}
      if (poolId !== undefined) onConnect(poolId)
    },
    permits(principal, { action, resource, context }) {
      const session = identities.sessionContext?.(principal) ?? {}
      const subject = session[SUBJECT]
      if (subject === undefined || session[METHOD] !== 'authenticated') return true
      const own: Context = (key) => context(key) ?? (key.toLowerCase() === SUBJECT ? subject : undefined)
      return evaluate(registry.policiesOfIdentity(subject).map(compileOnce), { action, resource, context: own }).allowed
    },
  }
}
