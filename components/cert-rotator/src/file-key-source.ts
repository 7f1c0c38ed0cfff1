// components/cert-rotator/src/file-key-source.ts: keys as files, P-256, in the folder that the host unit reads: `<name>.key`, with its request `<name>.csr`.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto'
import type { FileStore } from '@fleet/device-runtime/files/file-store'
import { certificateRequest } from './certificate-request.ts'
import type { KeySource } from './key-source.ts'

export const keyFile = (name: string) => `${name}.key`
const requestFile = (name: string) => `${name}.csr`

export function fileKeySource(files: FileStore): KeySource {
  const key = async (name: string) => {
    const pem = await files.read(keyFile(name))
    return pem === undefined ? undefined : createPrivateKey(pem)
  }
  const theKey = async (name: string) => (await key(name)) ?? missing(name)
  return {
    async make(name) {
      const found = await key(name)
      if (found !== undefined) return digestOf(found)
      const made = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      await files.replace(keyFile(name), made.export({ type: 'pkcs8', format: 'pem' }).toString())
      return digestOf(made)
    },
    async request(name, commonName) {
      const kept = await files.read(requestFile(name))
      if (kept !== undefined) return kept
      const own = await theKey(name)
      const made = certificateRequest({ publicKeyInfo: publicKeyInfo(own), sign: (data) => sign('sha256', data, own) }, commonName)
      await files.replace(requestFile(name), made) // ECDSA signs differently each time
      return made
    },
    async fits(name, certificatePem) {
      const own = await theKey(name)
      try {
        return new X509Certificate(certificatePem).checkPrivateKey(own)
      } catch {
        return false // not a certificate
      }
    },
    async discard(name) {
      for (const file of [requestFile(name), keyFile(name)]) await files.remove(file)
    },
  }
}

const publicKeyInfo = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' })
const digestOf = (key: KeyObject) => createHash('sha256').update(publicKeyInfo(key)).digest('hex')

function missing(name: string): never {
  throw new Error(`the key of ${name} is not there`)
}
