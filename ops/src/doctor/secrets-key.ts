// ops/src/doctor/secrets-key.ts: whether the key that seals the secrets of a stack is there, can be used, renews itself, and is the one that seals them.
import type { SecretsKey } from '../bootstrap/secrets-key.ts'
import { ok, warning, type Verdict } from './examination.ts'

export interface Sealed {
  readonly stage: string
  /** Undefined: there is none. */
  readonly key: SecretsKey | undefined
  /** As the Pulumi CLI spells it: `awskms://…`, `passphrase`; undefined: the state is on this machine, or there is none yet. */
  readonly by: string | undefined
  /** What deploy would have it sealed with. */
  readonly wanted: string
}

export function secretsKeyVerdict({ stage, key, by, wanted }: Sealed): Verdict {
  if (key === undefined) return { health: 'error', what: `stage ${stage} has no key for the secrets in its stack's state`, remedy: `Make it: fleet bootstrap --stage ${stage}`, code: 'SECRETS_KEY_MISSING' }
  if (!key.rotates) return warning(`the key ${key.id} does not renew itself`, `Somebody has changed it. Set it up again: fleet bootstrap --stage ${stage}`)
  if (!key.hasOurPolicy) return warning(`the policy of the key ${key.id} is not the one that bootstrap gives it`, `Look what is other (aws kms get-key-policy --key-id ${key.id}); fleet bootstrap --stage ${stage} sets it back.`)
  if (by !== undefined && by !== wanted) return warning(`the stack's secrets are sealed by ${by}, not by the key of the stage`, `The next deploy takes them over: fleet deploy --stage ${stage}${by === 'passphrase' ? ', with PULUMI_CONFIG_PASSPHRASE a last time' : ''}`)
  return ok(`${key.id} is enabled and renews itself; ${by === undefined ? 'no state of the Pulumi CLI is sealed by it yet' : 'it seals the secrets of the stack'}`)
}
