// console/src/node-crypto.ts: SHA-256 as the contract asks Node for it, for the browser.
import { Sha256 } from '@aws-crypto/sha256-js'

interface Digest {
  update(text: string): Digest
  digest(encoding: 'hex'): string
}

export function createHash(algorithm: string): Digest {
  if (algorithm !== 'sha256') throw new Error(`the page has no digest ${algorithm}`)
  const hash = new Sha256()
  const digest: Digest = {
    update(text) {
      hash.update(text)
      return digest
    },
    digest: () => [...hash.digestSync()].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  }
  return digest
}
