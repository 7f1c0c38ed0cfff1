// sandbox/src/cloud/fleet-provisioning/unclaimed-certificates.test.ts: how long a certificate waits for its device, and a claim for its use.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf } from '../iot-core/registry/testing.ts'
import { certificateRequest } from '../pki/testing.ts'
import { openStore } from '../store/store.ts'
import { asAfterKill } from '../store/store.testing.ts'
import { obtain, provisioningInMemory, register, TEMPLATE_NAME, withTemplate, type TestProvisioning } from './testing.ts'

const { csr } = await certificateRequest('CN=10000000a1b2c3d4')

const statusOf = ({ operations }: TestProvisioning, certificateId: string) => operations.DescribeCertificate({ certificateId }).certificateDescription.status

test('a certificate that nobody registers is gone after the hour, also from lists', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId } = await obtain(cloud, csr)
  const kept = await obtain(cloud, csr)
  await register(cloud, kept.token)
  cloud.clock.advance(3_599_000)
  expect(statusOf(cloud, certificateId)).toBe('PENDING_ACTIVATION')
  cloud.clock.advance(1000)
  expect((await errorOf(() => statusOf(cloud, certificateId))).code).toBe('ResourceNotFoundException')
  expect(cloud.operations.ListCertificates({}).certificates.map((certificate) => certificate.certificateId)).toEqual([kept.certificateId])
  await obtain(cloud, csr) // sweeps
  expect(cloud.devices.certificate(certificateId)).toBeUndefined()
  expect(statusOf(cloud, kept.certificateId)).toBe('ACTIVE')
})

test('a certificate that an operator has given a policy stays', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId } = await obtain(cloud, csr)
  cloud.operations.AttachPolicy({ policyName: 'device', target: `arn:aws:iot:eu-central-1:000000000000:cert/${certificateId}` })
  cloud.clock.advance(3_600_000)
  await obtain(cloud, csr)
  expect(statusOf(cloud, certificateId)).toBe('PENDING_ACTIVATION')
})

test('killed between certificate and registration, the cloud knows the token when it is back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'provisioning-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'state.sqlite')
  const { token, certificateId } = await obtain(withTemplate(provisioningInMemory({ store: openStore(file) })), csr)
  const after = provisioningInMemory({ store: openStore(asAfterKill(file)) })
  expect((await register(after, token)).outcome).toBe('accepted')
  expect(statusOf(after, certificateId)).toBe('ACTIVE')
})

test('a temporary claim provisions with its template for five minutes and is in no list', async () => {
  const cloud = withTemplate(provisioningInMemory())
  const { certificateId, expiration, keyPair } = await cloud.provisioning.operations.CreateProvisioningClaim({ templateName: TEMPLATE_NAME })
  expect(expiration).toEqual(new Date('2026-01-01T00:05:00Z'))
  expect(keyPair.PrivateKey).toContain('PRIVATE KEY')
  expect(cloud.devices.certificate(certificateId)?.status).toBe('ACTIVE')
  expect(cloud.devices.policiesOf(certificateId)[0]?.document).toContain(`$aws/provisioning-templates/${TEMPLATE_NAME}/provision/*`)
  expect(cloud.operations.ListCertificates({}).certificates).toEqual([])
  expect((await errorOf(() => cloud.operations.UpdateCertificate({ certificateId, newStatus: 'INACTIVE' }))).code).toBe('ResourceNotFoundException')
  cloud.clock.advance(5 * 60_000)
  expect(cloud.devices.certificate(certificateId)).toBeUndefined()
  expect(cloud.devices.policiesOf(certificateId)).toEqual([])
})
