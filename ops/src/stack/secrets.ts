// ops/src/stack/secrets.ts: keeps secret values out of the state file in clear: AES-256-GCM under a key from the operator's passphrase.
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { FleetError } from '@fleet/contract/errors'
import { isRecord, isSecret, mapValues, SECRET, SIGNATURE, type Value } from './properties.ts'

const SEALED = 'sealed'

/** Turns secrets of a value into sealed ones and back. The key is made when the first secret turns up: a stack without secrets needs no passphrase. */
export interface Safe {
  seal(value: Value): Value
  open(value: Value): Value
}

/** The passphrase is that of the Pulumi CLI, PULUMI_CONFIG_PASSPHRASE. @throws FleetError STACK_SECRET_UNREADABLE, from both methods */
export function safe(passphrase: string | undefined): Safe {
  const keys = new Map<string, Buffer>()
  const keyFor = (salt: Buffer): Buffer => {
    if (!passphrase) throw unreadable('the stack has a secret, and there is no passphrase')
    const known = keys.get(salt.toString('base64'))
    const key = known ?? scryptSync(passphrase, salt, 32)
    keys.set(salt.toString('base64'), key)
    return key
  }
  const ownSalt = randomBytes(16)
  return {
    seal: (value) => mapValues(value, (each) => (isSecret(each) ? { [SIGNATURE]: SECRET, [SEALED]: encrypted(JSON.stringify(each.value), ownSalt, keyFor) } : each)),
    open: (value) => mapValues(value, (each) => (isSealed(each) ? { [SIGNATURE]: SECRET, value: JSON.parse(decrypted(each[SEALED], keyFor)) as Value } : each)), // written by `seal`
  }
}

const isSealed = (value: Value): value is { readonly [SEALED]: string } => isRecord(value) && value[SIGNATURE] === SECRET && typeof value[SEALED] === 'string'

type KeyFor = (salt: Buffer) => Buffer

/** salt(16) · nonce(12) · tag(16) · cipher text, in base64 */
function encrypted(text: string, salt: Buffer, keyFor: KeyFor): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(salt), nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), body]).toString('base64')
}

function decrypted(sealed: string, keyFor: KeyFor): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', keyFor(bytes.subarray(0, 16)), bytes.subarray(16, 28))
  decipher.setAuthTag(bytes.subarray(28, 44))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(44)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw unreadable('a secret in the state does not open with this passphrase', cause)
  }
}

const unreadable = (what: string, cause?: unknown) =>
  new FleetError('STACK_SECRET_UNREADABLE', what, 'Set PULUMI_CONFIG_PASSPHRASE to the passphrase of this stack.', { cause })
