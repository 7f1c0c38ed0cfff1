// sandbox/src/cloud/fleet-provisioning/ownership-token.ts: proves that who shows it was given a certificate by us, for an hour.
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Store } from '../store/store.ts'

/** MQTT API: «the certificateOwnershipToken … expires after one hour». */
export const TOKEN_LIFE_MS = 3_600_000

export interface OwnershipTokens {
  issue(certificateId: string, expiresAt: Date): string
  /** The certificate that this token stands for; undefined when it is forged, damaged or expired. */
  certificateOf(token: string, now: Date): string | undefined
}

/** The key is made once and kept: a token is good after a restart of the cloud. */
export function ownershipTokens(store: Store): OwnershipTokens {
  const table = store.table<{ key: string }>('provisioning_secrets')
  const kept = table.get('ownership')
  const bytes = kept ? Buffer.from(kept.key, 'base64') : randomBytes(32)
  if (!kept) table.put('ownership', { key: bytes.toString('base64') })
  const key = createSecretKey(bytes) // OpenSSL takes several times as long over bytes
  const seal = (content: Uint8Array) => createHmac('sha256', key).update(content).digest()
  return {
    issue(certificateId, expiresAt) {
      const content = Buffer.concat([Buffer.from(certificateId, 'hex'), milliseconds(expiresAt)])
      return Buffer.concat([content, seal(content)]).toString('base64url')
    },
    certificateOf(token, now) {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== CONTENT_BYTES + SEAL_BYTES || bytes.toString('base64url') !== token) return undefined
      const content = bytes.subarray(0, CONTENT_BYTES)
      if (!timingSafeEqual(seal(content), bytes.subarray(CONTENT_BYTES))) return undefined
      return Number(content.readBigUInt64BE(ID_BYTES)) > now.getTime() ? content.toString('hex', 0, ID_BYTES) : undefined
    },
  }
}

const ID_BYTES = 32
const CONTENT_BYTES = ID_BYTES + 8
const SEAL_BYTES = 32

function milliseconds(at: Date): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(at.getTime()))
  return bytes
}
