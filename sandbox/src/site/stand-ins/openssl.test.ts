// sandbox/src/site/stand-ins/openssl.test.ts: the image's identity step with this machine's openssl and with the stand-in makes the same.
import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCertificateRequest } from '../../cloud/pki/certificate-request.ts'
import { nameAttributes } from '../../cloud/pki/distinguished-name.ts'
import { onCard } from '../card.ts'
import { installStandIns } from './stand-ins.ts'

const SERIAL = '10000000a1b2c3d4'
const IDENTITY_STEP = fileURLToPath(new URL('../../../../os-image/first-boot/identity.sh', import.meta.url))
const COMMANDS = ['sh', 'dirname', 'cat', 'mkdir', 'mv', 'ln', 'sync']
const native = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim()

let card: string
beforeEach(() => {
  card = mkdtempSync(join(tmpdir(), 'fleet-openssl-'))
  mkdirSync(join(card, 'var/lib/fleet'), { recursive: true })
  writeFileSync(join(card, 'var/lib/fleet/serial'), `${SERIAL}\n`)
})
afterEach(() => rmSync(card, { recursive: true }))

/** A PATH with what the step needs, with or without openssl. */
function hostPath(withOpenssl: boolean): string {
  const folder = join(card, 'host-commands')
  mkdirSync(folder)
  for (const command of withOpenssl ? [...COMMANDS, 'openssl'] : COMMANDS) symlinkSync(native(command), join(folder, command))
  return folder
}

for (const withOpenssl of [true, false]) {
  test.skipIf(withOpenssl && native('openssl') === '')(`with ${withOpenssl ? 'openssl' : 'the stand-in'}`, async () => {
    const path = await installStandIns(card, hostPath(withOpenssl))
    const { status, stderr } = spawnSync('sh', [IDENTITY_STEP], { env: { PATH: path, FLEET_ROOT: card }, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const generation = join(card, onCard.identity, 'current')
    const key = createPrivateKey(readFileSync(join(generation, 'private.key')))
    expect(key.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(statSync(join(generation, 'private.key')).mode & 0o777).toBe(0o600)
    const pem = readFileSync(join(generation, `${SERIAL}.csr`), 'utf8')
    const { subject, publicKeyInfo } = readCertificateRequest(pem)
    expect(nameAttributes(subject)).toEqual({ CommonName: SERIAL, 'CommonName.0': SERIAL })
    expect(Buffer.from(publicKeyInfo)).toEqual(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    if (native('openssl') !== '') expect(spawnSync('openssl', ['req', '-verify', '-noout'], { input: pem, encoding: 'utf8' }).stderr).toMatch(/verify OK/i)
  })
}

test('what it does not offer it says, and fails', async () => {
  const path = await installStandIns(card, hostPath(false))
  const { status, stderr } = spawnSync('openssl', ['x509', '-in', 'a.pem'], { env: { PATH: [path, hostPathOfSh()].join(delimiter) }, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/only .* are offered by the sandbox/)
})
const hostPathOfSh = () => join(native('sh'), '..')
