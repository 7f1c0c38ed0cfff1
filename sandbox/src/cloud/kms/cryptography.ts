// sandbox/src/cloud/kms/cryptography.ts: encrypts and decrypts under a key that never leaves the cloud: AES-256-GCM, its context authenticated (API reference).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsError } from '../aws-error.ts'
import { atLeast, atMost, violations } from '../constraint.ts'
import type { OperationsOf } from '../service.ts'
import { type KmsContext, refuse } from './key-operations.ts'
import { invalid, keyArn, type KeyRecord, notOffered, refusal, enabled } from './key-records.ts'

type Kms = OperationsOf<typeof import('@aws-sdk/client-kms')>

/** Bytes (API reference, Encrypt). */
const MOST_PLAINTEXT = 4096
const ALGORITHM = 'SYMMETRIC_DEFAULT'

interface Common {
  readonly EncryptionAlgorithm?: string | undefined
  readonly DryRun?: boolean | undefined
  readonly Recipient?: unknown
}

export function cryptography({ account, keys }: KmsContext) {
  const ready = (key: KeyRecord, { EncryptionAlgorithm = ALGORITHM, DryRun, Recipient }: Common) => {
    if (Recipient !== undefined) throw notOffered('answers for an enclave')
    if (EncryptionAlgorithm !== ALGORITHM) throw refusal('InvalidKeyUsageException', `Algorithm ${EncryptionAlgorithm} is incompatible with key spec ${ALGORITHM}.`)
    enabled(key, account)
    if (DryRun === true) throw new AwsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.') // with 412, as its model says
    return { arn: keyArn(account, key.id), key }
  }
  return {
    Encrypt(input) {
      const { Plaintext = new Uint8Array(), EncryptionContext } = input
      if (Plaintext.length < 1 || Plaintext.length > MOST_PLAINTEXT) throw invalid(lengthRefused(Plaintext.length))
      const { arn, key } = ready(keys.at(input.KeyId), input)
      return { CiphertextBlob: sealed(key, Plaintext, EncryptionContext), KeyId: arn, EncryptionAlgorithm: ALGORITHM }
    },
    Decrypt(input) {
      const { CiphertextBlob = new Uint8Array(), EncryptionContext, KeyId } = input
      const id = keyIdIn(CiphertextBlob)
      if (id === undefined) throw unreadable()
      if (KeyId !== undefined && keys.at(KeyId).id !== id) throw refusal('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.')
      const found = keys.find(id)
      if (!found) throw refusal('AccessDeniedException', 'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.')
      const { arn, key } = ready(found, input)
      return { Plaintext: opened(key, CiphertextBlob, EncryptionContext), KeyId: arn, EncryptionAlgorithm: ALGORITHM, KeyMaterialId: key.materialId }
    },
    GenerateDataKey(input) {
      const { KeySpec, NumberOfBytes, EncryptionContext } = input
      if ((KeySpec === undefined) === (NumberOfBytes === undefined)) throw invalid('Please specify either number of bytes or key spec.')
      refuse(violations(['numberOfBytes', NumberOfBytes, atLeast(1), atMost(1024)]))
      const { arn, key } = ready(keys.at(input.KeyId), input)
      const Plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32))
      return { Plaintext, CiphertextBlob: sealed(key, Plaintext, EncryptionContext), KeyId: arn, KeyMaterialId: key.materialId }
    },
  } satisfies Kms
}

/** version(1) · length of the id(1) · id · nonce(12) · tag(16) · cipher text: what is before the nonce is authenticated, too. */
const VERSION = 1

function sealed(key: KeyRecord, plaintext: Uint8Array, context: Context): Uint8Array {
  const head = Buffer.concat([Buffer.of(VERSION, key.id.length), Buffer.from(key.id)])
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), nonce).setAAD(authenticated(head, context))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body])
}

/** @throws AwsError InvalidCiphertextException: changed, or of another context */
function opened(key: KeyRecord, blob: Uint8Array, context: Context): Uint8Array {
  const at = 2 + key.id.length
  const bytes = Buffer.from(blob)
  try {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), bytes.subarray(at, at + 12)).setAAD(authenticated(bytes.subarray(0, at), context))
    decipher.setAuthTag(bytes.subarray(at + 12, at + 28))
    return Buffer.concat([decipher.update(bytes.subarray(at + 28)), decipher.final()])
  } catch {
    throw unreadable()
  }
}

/** Undefined when KMS has not made it. */
export function keyIdIn(blob: Uint8Array): string | undefined {
  const [version, length = 0] = blob
  return version === VERSION && blob.length > 2 + length + 28 ? Buffer.from(blob.subarray(2, 2 + length)).toString() : undefined
}

type Context = Readonly<Record<string, string>> | undefined

/** The order of its pairs does not matter (KMS guide, «Encryption context»). */
const authenticated = (head: Uint8Array, context: Context = {}) => Buffer.concat([head, Buffer.from(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))))])

/** KMS says nothing more. */
const unreadable = () => refusal('InvalidCiphertextException', '')

const lengthRefused = (length: number) =>
  `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length ${length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST_PLAINTEXT}`}`
