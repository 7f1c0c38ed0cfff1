// infra/src/admission/testing.ts: tests only: real certificates with any subject, and an S3 that keeps one allowlist.
import 'reflect-metadata'
import type { GetObjectCommand } from '@aws-sdk/client-s3'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])

/** One entry per RDN, in order; several attributes in one entry make a multi-valued RDN. */
export async function certificateWith(...subject: x509.JsonName): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ serialNumber: crypto.randomUUID().replaceAll('-', '').replace(/^./, '1'), name: subject, keys, signingAlgorithm: algorithm })
  return `${certificate.toString('pem')}\n`
}

/** Answers GetObject as S3 does: ETag, 304 for a known one. `text: undefined` is an object that cannot be read. */
export function allowlistBucket(text: string | undefined) {
  let content = text
  let version = 1
  const sentBytes: number[] = []
  return {
    sentBytes,
    put(text: string | undefined) {
      content = text
      version++
    },
    async send({ input }: GetObjectCommand) {
      if (content === undefined) throw refusal(403)
      const body = content
      const isKnown = input.IfNoneMatch === `"${version}"`
      sentBytes.push(isKnown ? 0 : body.length)
      if (isKnown) throw refusal(304)
      return { ETag: `"${version}"`, Body: { transformToString: async () => body } }
    },
  }
}

const refusal = (httpStatusCode: number) => Object.assign(new Error(`HTTP ${httpStatusCode}`), { $metadata: { httpStatusCode } })
