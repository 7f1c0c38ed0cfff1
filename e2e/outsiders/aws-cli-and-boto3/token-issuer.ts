// e2e/outsiders/aws-cli-and-boto3/token-issuer.ts: an OpenID Connect provider on this machine, as GitHub Actions is one: HTTPS, discovery, keys, tokens.
import 'reflect-metadata'
import { generateKeyPairSync, type KeyObject, sign, webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

export interface TokenIssuer extends AsyncDisposable {
  /** Its certificate: whoever fetches its keys must trust it. */
  readonly caFile: string
  readonly variables: Readonly<Record<'issuer' | 'issuerHost' | 'webIdentityToken' | 'otherWebIdentityToken' | 'expiredWebIdentityToken', string>>
}

const KEY_ID = 'one'
const HOUR_S = 3600

export async function tokenIssuer(folder: string): Promise<TokenIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const tls = await serverCertificate()
  const caFile = join(folder, 'issuer.pem')
  writeFileSync(caFile, tls.cert)
  let issuer = ''
  const server = createServer(tls, ({ url }, answer) => {
    const body = url === '/keys' ? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] } : { issuer, jwks_uri: `${issuer}/keys` }
    answer.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  issuer = `https://localhost:${await listening(server)}`
  const nowS = Math.floor(Date.now() / 1000)
  const token = (claims: object) => signed({ iss: issuer, aud: 'sts.amazonaws.com', sub: 'repo:fleet:main', iat: nowS, exp: nowS + HOUR_S, ...claims }, privateKey)
  return {
    caFile,
    variables: {
      issuer,
      issuerHost: issuer.slice('https://'.length),
      webIdentityToken: token({}),
      otherWebIdentityToken: token({ sub: 'repo:other:main' }),
      expiredWebIdentityToken: token({ iat: nowS - 2 * HOUR_S, exp: nowS - HOUR_S }),
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return (server.address() as AddressInfo).port // it listens on TCP
}

/** RFC 7515, RS256. */
function signed(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

async function serverCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const extensions = [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]), new x509.BasicConstraintsExtension(true)]
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=localhost', keys, notAfter: new Date(Date.now() + 24 * HOUR_S * 1000), signingAlgorithm: algorithm, extensions })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n` }
}
