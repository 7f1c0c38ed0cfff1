// ops/src/image/signing.ts: images are signed with an Ed25519 key whose public half lies in the repository: who can write to the bucket cannot make an image of ours.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FleetError } from '@fleet/contract/errors'
import { REPOSITORY } from '../target/repository.ts'

export const PUBLIC_KEY_FILE = join(REPOSITORY, 'os-image/signing-key.pub.pem')

/** Where the private half comes from: a secret of the pipeline's environment. PEM. */
export const KEY_VARIABLE = 'FLEET_IMAGE_SIGNING_KEY'

export interface SigningKeys {
  readonly publicPem: string
  readonly privatePem: string
}

export function newSigningKeys(): SigningKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(), privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() }
}

/** @throws FleetError IMAGE_KEY_MISSING, also when it is not the other half of the repository's */
export function privateKeyOf(environment: Readonly<Record<string, string | undefined>>, publicKeyFile = PUBLIC_KEY_FILE): string {
  const pem = environment[KEY_VARIABLE] ?? ''
  if (pem === '') throw missing(`${KEY_VARIABLE} is not set`)
  if (publicHalf(pem) !== publicKeyOf(publicKeyFile)) throw missing(`${KEY_VARIABLE} is not the private half of os-image/signing-key.pub.pem`)
  return pem
}

function publicHalf(pem: string): string {
  try {
    return createPublicKey(createPrivateKey(pem)).export({ format: 'pem', type: 'spki' }).toString()
  } catch (cause) {
    throw missing(`${KEY_VARIABLE} is no private key in PEM`, cause)
  }
}

/** @throws FleetError IMAGE_KEY_MISSING */
export function publicKeyOf(file = PUBLIC_KEY_FILE): string {
  if (!existsSync(file)) throw missing('there is no os-image/signing-key.pub.pem')
  return readFileSync(file, 'utf8')
}

/** Base64. */
export const signatureOf = (text: string, privatePem: string): string => sign(null, Buffer.from(text), privatePem).toString('base64')

export const isSignatureOf = (text: string, signature: string, publicPem: string): boolean => verify(null, Buffer.from(text), publicPem, Buffer.from(signature, 'base64'))

const missing = (what: string, cause?: unknown) =>
  new FleetError('IMAGE_KEY_MISSING', `images are signed, and ${what}`, 'Make a pair once: `fleet image key`. Commit the public half; the private half becomes the secret FLEET_IMAGE_SIGNING_KEY of the pipeline’s environment.', { cause })
