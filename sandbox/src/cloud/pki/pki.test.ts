// sandbox/src/cloud/pki/pki.test.ts: certificates judged by OpenSSL (in Node and, where there is one, as a command) and by a real TLS handshake.
import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { openStore, type Store } from '../store/store.ts'
import { readCertificate } from './certificate.ts'
import { openPki } from './pki.ts'
import { certificateRequest, standingClock } from './testing.ts'

function pkiIn(store: Store = openStore(':memory:')) {
  const clock = standingClock()
  return { clock, pki: openPki({ store, clock }) }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pki-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('a device certificate keeps the subject of its request, begins by the cloud’s clock and ends in 2049', async () => {
  const { pki, clock } = pkiIn()
  clock.advance(86_400_000)
  const { csr, privateKey } = await certificateRequest('CN=10000000a1b2c3d4, O=Fleet, O=Second')
  const issued = pki.issueFromRequest(csr)
  const certificate = new X509Certificate(issued.pem)
  const authority = new X509Certificate(pki.caPem)
  expect(certificate.verify(authority.publicKey) && certificate.checkIssued(authority)).toBe(true)
  expect(certificate.checkPrivateKey(createPrivateKey(privateKey))).toBe(true)
  expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(issued.certificateId)
  expect(readCertificate(issued.pem)).toMatchObject({
    subject: { CommonName: '10000000a1b2c3d4', Organization: 'Fleet', 'Organization.1': 'Second' },
    issuer: { CommonName: 'Sandbox Root CA' },
    notBefore: new Date('2026-01-02T00:00:00Z'),
    notAfter: new Date('2049-12-31T23:59:59Z'),
    serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
    isAuthority: false,
  })
})

test('the same request twice gives two certificates', async () => {
  const { pki } = pkiIn()
  const { csr } = await certificateRequest('CN=same')
  expect(pki.issueFromRequest(csr).certificateId).not.toBe(pki.issueFromRequest(csr).certificateId)
})

test('keys that the cloud makes are RSA 2048 and belong to their certificate', async () => {
  const { pki } = pkiIn()
  const issued = await pki.issueWithNewKeys()
  const certificate = new X509Certificate(issued.pem)
  expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true)
  expect(createPublicKey(issued.publicKey).asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(issued.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/)
})

test('the authority is the same after a restart, and signs on', async () => {
  const file = join(folder(), 'state.sqlite')
  let before: string
  {
    using store = openStore(file)
    before = pkiIn(store).pki.caPem
  }
  using store = openStore(file)
  const { pki } = pkiIn(store)
  expect(pki.caPem).toBe(before)
  const issued = pki.issueFromRequest((await certificateRequest('CN=a')).csr)
  expect(new X509Certificate(issued.pem).verify(new X509Certificate(before).publicKey)).toBe(true)
})

test('a server certificate is renewed when less than 30 of its 90 days are left', () => {
  let now = new Date()
  const pki = openPki({ store: openStore(':memory:'), clock: standingClock(), machineTime: () => now })
  const first = pki.serverCredentials()
  now = new Date(now.getTime() + 59 * 86_400_000)
  expect(pki.serverCredentials()).toBe(first)
  now = new Date(now.getTime() + 2 * 86_400_000)
  expect(pki.serverCredentials().cert).not.toBe(first.cert)
})

test.each(['localhost', 'host.containers.internal', '127.0.0.1', '::1', '10.0.2.2'])('a client that trusts the root believes the server under the name %s', async (name) => {
  const { pki } = pkiIn()
  const { pem, privateKey } = await issuedFor(pki)
  const server = createServer({ ...pki.serverCredentials(), ca: pki.caPem, requestCert: true, rejectUnauthorized: true })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const { port } = server.address() as AddressInfo // listening on TCP
  const client = connect({ host: '127.0.0.1', port, ca: pki.caPem, cert: pem, key: privateKey, checkServerIdentity: (_host, certificate) => checkName(name, certificate.raw) })
  await once(client, 'secureConnect')
  const [socket] = await accepted
  expect([client.authorized, socket.authorized]).toEqual([true, true])
  client.destroy()
})

async function issuedFor(pki: ReturnType<typeof openPki>) {
  const { csr, privateKey } = await certificateRequest('CN=device')
  return { ...pki.issueFromRequest(csr), privateKey }
}

function checkName(name: string, raw: Buffer): Error | undefined {
  const certificate = new X509Certificate(raw)
  const found = /^[\d.]+$|:/.test(name) ? certificate.checkIP(name) : certificate.checkHost(name)
  return found === undefined ? new Error(`not valid for ${name}`) : undefined
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test.skipIf(!hasOpenssl).each([
  ['ec', 'ec_paramgen_curve:P-256'],
  ['ec', 'ec_paramgen_curve:P-384'],
  ['ec', 'ec_paramgen_curve:P-521'],
  ['rsa', 'rsa_keygen_bits:2048'],
])('a request by the openssl command (%s, %s) is signed to its strict satisfaction', (kind, option) => {
  const { pki } = pkiIn()
  const path = folder()
  const file = (name: string) => join(path, name)
  opensslRequest(file('request.pem'), kind, option)
  writeFileSync(file('device.pem'), pki.issueFromRequest(readFileSync(file('request.pem'), 'utf8')).pem)
  writeFileSync(file('server.pem'), pki.serverCredentials().cert)
  writeFileSync(file('ca.pem'), pki.caPem)
  const verdict = execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', file('ca.pem'), file('device.pem')]).toString()
  expect(verdict).toContain('OK')
  execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'bucket.s3.localhost', '-CAfile', file('ca.pem'), file('server.pem')])
})

test.skipIf(!hasOpenssl).each([
  ['RSA of 1024 bits', 'rsa', 'rsa_keygen_bits:1024', /at least 2048/],
  ['an unusual curve', 'ec', 'ec_paramgen_curve:secp256k1', /P-256/],
])('%s is refused', (_case, kind, option, why) => {
  const path = folder()
  opensslRequest(join(path, 'request.pem'), kind, option)
  expect(() => pkiIn().pki.issueFromRequest(readFileSync(join(path, 'request.pem'), 'utf8'))).toThrow(why)
})

function opensslRequest(file: string, kind: string, option: string): void {
  execFileSync('openssl', ['req', '-new', '-newkey', kind, '-pkeyopt', option, '-nodes', '-keyout', `${file}.key`, '-subj', '/CN=10000000a1b2c3d4', '-out', file], { stdio: 'ignore' })
}
