// sandbox/src/cloud/iot-core/registry/certificates.test.ts: certificates, and whose they are.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { openPki } from '../../pki/pki.ts'
import { certificateRequest, standingClock } from '../../pki/testing.ts'
import { openStore } from '../../store/store.ts'
import { activeCertificate, allPages, errorOf, registryInMemory } from './testing.ts'

test('a certificate is described as AWS describes it', async () => {
  const { operations } = registryInMemory()
  const { csr } = await certificateRequest('CN=10000000a1b2c3d4')
  const created = operations.CreateCertificateFromCsr({ certificateSigningRequest: csr, setAsActive: true })
  expect(created.certificateArn).toBe(`arn:aws:iot:eu-central-1:000000000000:cert/${created.certificateId}`)
  expect(operations.DescribeCertificate({ certificateId: created.certificateId }).certificateDescription).toMatchObject({
    certificateArn: created.certificateArn,
    status: 'ACTIVE',
    certificatePem: created.certificatePem,
    ownedBy: '000000000000',
    creationDate: new Date('2026-01-01T00:00:00Z'),
    customerVersion: 1,
    validity: { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2049-12-31T23:59:59Z') },
    certificateMode: 'DEFAULT',
  })
})

test('keys and certificate made by the cloud fit together; without setAsActive it is inactive', async () => {
  const { operations } = registryInMemory()
  const { certificateId, certificatePem, keyPair } = await operations.CreateKeysAndCertificate({})
  expect(new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPair.PrivateKey))).toBe(true)
  expect(operations.DescribeCertificate({ certificateId }).certificateDescription.status).toBe('INACTIVE')
})

test('a bad request for a certificate gets an InvalidRequestException', async () => {
  const { operations } = registryInMemory()
  expect((await errorOf(() => operations.CreateCertificateFromCsr({ certificateSigningRequest: 'nonsense' }))).code).toBe('InvalidRequestException')
  expect((await errorOf(() => operations.CreateCertificateFromCsr({ certificateSigningRequest: 'x'.repeat(4097) }))).message).toContain('less than or equal to 4096')
})

test('a certificate is deleted only when it is inactive, no thing’s and without policies', async () => {
  const registry = registryInMemory()
  const { operations } = registry
  const { certificateId, arn } = activeCertificate(registry)
  operations.CreateThing({ thingName: 'a' })
  operations.CreatePolicy({ policyName: 'p', policyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' })
  operations.AttachThingPrincipal({ thingName: 'a', principal: arn })
  operations.AttachPolicy({ policyName: 'p', target: arn })
  const remove = (forceDelete = false) => operations.DeleteCertificate({ certificateId, forceDelete })
  expect(await errorOf(() => remove(true))).toMatchObject({ code: 'CertificateStateException', message: `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}` })
  operations.UpdateCertificate({ certificateId, newStatus: 'INACTIVE' })
  expect(await errorOf(() => remove(true))).toMatchObject({ code: 'DeleteConflictException', message: `Things must be detached before deletion (arn: ${arn})` })
  operations.DetachThingPrincipal({ thingName: 'a', principal: arn })
  expect((await errorOf(() => remove())).code).toBe('DeleteConflictException')
  expect(await errorOf(() => operations.DeletePolicy({ policyName: 'p' }))).toMatchObject({ message: 'The policy cannot be deleted as the policy is attached to one or more principals (name=p)' })
  remove(true)
  expect((await errorOf(() => remove())).code).toBe('ResourceNotFoundException')
  expect(operations.DeletePolicy({ policyName: 'p' })).toEqual({})
})

test.each(['PENDING_TRANSFER', 'PENDING_ACTIVATION'] as const)('the status %s cannot be set', async (newStatus) => {
  const registry = registryInMemory()
  const { certificateId } = activeCertificate(registry)
  expect((await errorOf(() => registry.operations.UpdateCertificate({ certificateId, newStatus }))).code).toBe('InvalidRequestException')
})

test('certificates are listed by the time they were made, either way', () => {
  const registry = registryInMemory()
  const made = [1, 2, 3, 4, 5].map(() => (registry.clock.advance(1000), activeCertificate(registry).certificateId))
  const list = (ascendingOrder: boolean) =>
    allPages((marker) => {
      const page = registry.operations.ListCertificates({ pageSize: 2, ascendingOrder, marker })
      return { names: page.certificates.map(({ certificateId }) => certificateId), next: page.nextMarker }
    })
  expect(list(true)).toEqual(made)
  expect(list(false)).toEqual([...made].reverse())
})

test('a certificate of another authority is registered once, and never an authority itself', async () => {
  const { operations, devices } = registryInMemory()
  const elsewhere = openPki({ store: openStore(':memory:'), clock: standingClock() })
  const { pem, certificateId } = elsewhere.issueFromRequest((await certificateRequest('CN=stranger')).csr)
  const register = (certificatePem: string) => operations.RegisterCertificateWithoutCA({ certificatePem, status: 'ACTIVE' })
  expect(register(pem).certificateId).toBe(certificateId)
  expect(devices.certificate(certificateId)).toMatchObject({ status: 'ACTIVE', subject: { CommonName: 'stranger' } })
  expect((await errorOf(() => register(pem))).code).toBe('ResourceAlreadyExistsException')
  expect((await errorOf(() => register(elsewhere.caPem))).code).toBe('CertificateValidationException')
  expect((await errorOf(() => register('nonsense'))).code).toBe('CertificateValidationException')
})

test('a thing that has a certificate for itself shares it with no other', async () => {
  const registry = registryInMemory()
  const { operations } = registry
  const principal = activeCertificate(registry).arn
  for (const thingName of ['a', 'b']) operations.CreateThing({ thingName })
  const attach = (thingName: string, thingPrincipalType?: 'EXCLUSIVE_THING') => operations.AttachThingPrincipal({ thingName, principal, thingPrincipalType })
  attach('a', 'EXCLUSIVE_THING')
  attach('a', 'EXCLUSIVE_THING')
  expect((await errorOf(() => attach('b'))).message).toContain('exclusively attached to another thing')
  expect((await errorOf(() => attach('b', 'EXCLUSIVE_THING'))).code).toBe('InvalidRequestException')
  attach('a')
  attach('b')
  expect((await errorOf(() => attach('a', 'EXCLUSIVE_THING'))).message).toContain('attached to other things')
  expect(operations.ListPrincipalThings({ principal }).things).toEqual(['a', 'b'])
  operations.DetachThingPrincipal({ thingName: 'b', principal })
  attach('a', 'EXCLUSIVE_THING')
  expect(operations.ListThingPrincipalsV2({ thingName: 'a' }).thingPrincipalObjects).toEqual([{ principal, thingPrincipalType: 'EXCLUSIVE_THING' }])
  expect(operations.ListThingPrincipalsV2({ thingName: 'a', thingPrincipalType: 'NON_EXCLUSIVE_THING' }).thingPrincipalObjects).toEqual([])
  expect(operations.ListPrincipalThingsV2({ principal }).principalThingObjects).toEqual([{ thingName: 'a', thingPrincipalType: 'EXCLUSIVE_THING' }])
  expect(operations.ListThingPrincipals({ thingName: 'a' }).principals).toEqual([principal])
})

test('a principal that is not there, or is no certificate, is told apart', async () => {
  const { operations } = registryInMemory()
  operations.CreateThing({ thingName: 'a' })
  const attach = (principal: string) => errorOf(() => operations.AttachThingPrincipal({ thingName: 'a', principal }))
  expect((await attach(`arn:aws:iot:eu-central-1:000000000000:cert/${'0'.repeat(64)}`)).code).toBe('ResourceNotFoundException')
  expect((await attach('eu-central-1:some-cognito-identity')).code).toBe('InvalidRequestException')
})
