// e2e/outsiders/device-sdks/javascript/provisioning.ts: fleet provisioning by claim, with a request of the device's own and with a key from AWS.
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { signingRequest, weakSigningRequest } from '../signing-request.ts'
import type { Judged } from '../judged.ts'
import { connect, type Version } from './connections.ts'
import { refusal } from './refused.ts'

export async function judgeProvisioning({ trial, twin, fleet }: Judged, version: Version): Promise<void> {
  const tag = version.replaceAll(/\W/g, '')
  await using connection = await connect({ twin, version, clientId: `claim-${tag}`, credentials: { certificate: fleet.claim } })
  const { identity } = connection
  const { templateName } = fleet

  await trial.check(`${version}: a certificate from the device's own request, and the thing with it, with which it connects`, async () => {
    const { privateKeyPem, csr, publicKeyPem } = await signingRequest(`sn-${tag}`)
    const { certificateId = '', certificatePem = '', certificateOwnershipToken } = await identity.createCertificateFromCsr({ certificateSigningRequest: csr })
    assert.match(certificateId, /^[0-9a-f]{64}$/)
    assert.equal(new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'pem' }), publicKeyPem)
    const registered = await identity.registerThing({ templateName, ...(certificateOwnershipToken && { certificateOwnershipToken }), parameters: { SerialNumber: `sn-${tag}` } })
    assert.deepEqual(registered, { thingName: `sn-${tag}`, deviceConfiguration: { greeting: `hello sn-${tag}` } })
    await using device = await connect({ twin, version, clientId: `sn-${tag}`, credentials: { certificate: { certificatePem, privateKeyPem } } })
    assert.equal((await refusal(device.shadows.getShadow({ thingName: `sn-${tag}` })))['code'], 404)
    trial.judged('Fleet provisioning', `CreateCertificateFromCsr and RegisterThing, ${version}`)
  })
  await trial.check(`${version}: a certificate with a key from AWS, and the thing with it`, async () => {
    const { certificatePem = '', privateKey = '', certificateOwnershipToken } = await identity.createKeysAndCertificate({})
    assert.ok(new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKey)))
    const { thingName } = await identity.registerThing({ templateName, ...(certificateOwnershipToken && { certificateOwnershipToken }), parameters: { SerialNumber: `keyed-${tag}` } })
    assert.equal(thingName, `keyed-${tag}`)
    trial.judged('Fleet provisioning', `CreateKeysAndCertificate and RegisterThing, ${version}`)
  })
  await trial.check(`${version}: what is not right is refused in AWS's words`, async () => {
    const weak = await weakSigningRequest('weak')
    const wrong: readonly (readonly [what: string, request: () => Promise<unknown>, errorCode: string])[] = [
      ['no request', () => identity.createCertificateFromCsr({ certificateSigningRequest: 'nonsense' }), 'InvalidCertificateSigningRequest'],
      ['a key too short', () => identity.createCertificateFromCsr({ certificateSigningRequest: weak }), 'InvalidCertificateSigningRequest'],
      ['a forged token', () => identity.registerThing({ templateName, certificateOwnershipToken: 'forged', parameters: { SerialNumber: 'x' } }), 'InvalidCertificateOwnershipToken'],
    ]
    for (const [what, request, errorCode] of wrong) assert.partialDeepStrictEqual(await refusal(request()), { statusCode: 400, errorCode }, what)
    trial.judged('Fleet provisioning', `refusals, ${version}`)
  })
}
