// sandbox/src/cloud/iot-core/audit/weak-keys.test.ts: a device whose RSA key comes from the library of CVE-2017-15361 is found; others are not.
import 'reflect-metadata' // @peculiar/x509 asks for it
import { checkPrimeSync, createPrivateKey, randomBytes, type webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { expect, test } from 'vitest'
import { auditBench } from './testing.ts'

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
/** Product of the first primes: what that library's primes are congruent by. */
const M = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167].reduce((product, prime) => product * BigInt(prime), 1n)

const bigInt = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)
const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square] = [1n, base % modulus]
  for (let rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) if (rest & 1n) result = (result * square) % modulus
  return result
}

/** k·M + (65537^a mod M), of 1024 bits. */
function weakPrime(): bigint {
  for (;;) {
    const k = (bigInt(randomBytes(128)) | (3n << 1022n)) / M
    const candidate = k * M + power(65_537n, bigInt(randomBytes(16)), M)
    if (candidate & 1n && candidate >> 1022n === 3n && checkPrimeSync(candidate)) return candidate
  }
}

const base64url = (value: bigint) => Buffer.from(value.toString(16).padStart(value.toString(16).length + (value.toString(16).length % 2), '0'), 'hex').toString('base64url')

function inverse(value: bigint, modulus: bigint): bigint {
  let [r, nextR, t, nextT] = [modulus, value % modulus, 0n, 1n]
  while (nextR > 0n) [r, nextR, t, nextT] = [nextR, r % nextR, nextT, t - (r / nextR) * nextT]
  return ((t % modulus) + modulus) % modulus
}

async function weakKeys(): Promise<webcrypto.CryptoKeyPair> {
  const [p, q, e] = [weakPrime(), weakPrime(), 65_537n]
  const d = inverse(e, (p - 1n) * (q - 1n))
  const jwk = { kty: 'RSA', n: base64url(p * q), e: base64url(e), d: base64url(d), p: base64url(p), q: base64url(q), dp: base64url(d % (p - 1n)), dq: base64url(d % (q - 1n)), qi: base64url(inverse(q, p)) }
  const pkcs8 = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'der' })
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, RSA, true, ['sign'])
  return { privateKey, publicKey: await crypto.subtle.importKey('jwk', { kty: 'RSA', n: jwk.n, e: jwk.e }, RSA, true, ['verify']) }
}

test('the weak key is found, the others are not', async () => {
  const bench = auditBench()
  await bench.enable(['DEVICE_CERTIFICATE_KEY_QUALITY_CHECK'])
  await bench.certificate('on an elliptic curve')
  const good = await crypto.subtle.generateKey({ ...RSA, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ['sign', 'verify'])
  const issue = async (keys: webcrypto.CryptoKeyPair) => {
    const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=pi', keys, signingAlgorithm: RSA })
    return bench.iot.CreateCertificateFromCsr({ certificateSigningRequest: request.toString('pem'), setAsActive: true }).certificateId
  }
  await issue(good)
  const weak = await issue(await weakKeys())
  const { findings, auditDetails = {} } = await bench.run(['DEVICE_CERTIFICATE_KEY_QUALITY_CHECK'])
  expect(findings).toMatchObject([{ severity: 'CRITICAL', reasonForNonComplianceCode: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361', nonCompliantResource: { resourceIdentifier: { deviceCertificateId: weak } } }])
  expect(auditDetails['DEVICE_CERTIFICATE_KEY_QUALITY_CHECK']).toMatchObject({ totalResourcesCount: 3, nonCompliantResourcesCount: 1 })
})
