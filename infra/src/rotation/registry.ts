// infra/src/rotation/registry.ts: what the functions ask of AWS IoT about a thing's certificates, each question one call.
import { createHash, X509Certificate } from 'node:crypto'
import { DeleteCertificateCommand, DescribeCertificateCommand, DetachThingPrincipalCommand, paginateListThingPrincipals, UpdateCertificateCommand, type IoTClient } from '@aws-sdk/client-iot'

export interface KnownCertificate {
  readonly certificateId: string
  readonly arn: string
  readonly pem: string
  readonly status: string
  readonly createdAt: Date
  /** SHA-256 of its public key, as in a rotation's details. */
  readonly key: string
  readonly commonName: string | undefined
}

/** By id. Other principals than certificates are none of ours. */
export async function certificatesOf(iot: IoTClient, thingName: string): Promise<ReadonlyMap<string, string>> {
  const arns: string[] = []
  for await (const { principals = [] } of paginateListThingPrincipals({ client: iot }, { thingName })) arns.push(...principals)
  return new Map(arns.flatMap((arn) => (arn.includes(':cert/') ? [[arn.slice(arn.indexOf(':cert/') + ':cert/'.length), arn] as const] : [])))
}

/** Undefined when there is none of this id. */
export async function describe(iot: IoTClient, certificateId: string): Promise<KnownCertificate | undefined> {
  const answer = await iot.send(new DescribeCertificateCommand({ certificateId })).catch((error: unknown) => absent(error))
  const { certificateArn = '', certificatePem = '', status = '', creationDate = new Date() } = answer?.certificateDescription ?? {}
  if (answer === undefined) return undefined
  const certificate = new X509Certificate(certificatePem)
  const key = createHash('sha256').update(certificate.publicKey.export({ type: 'spki', format: 'der' })).digest('hex')
  return { certificateId, arn: certificateArn, pem: certificatePem, status, createdAt: creationDate, key, commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1] }
}

/** Leaves nothing of it. Each call can be repeated: whoever is cut off here does it again from the beginning. */
export async function retire(iot: IoTClient, { thing, certificateId, arn }: { readonly thing: string; readonly certificateId: string; readonly arn: string }): Promise<void> {
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' })).catch((error: unknown) => absent(error)) // first: it closes the connection
  await iot.send(new DetachThingPrincipalCommand({ thingName: thing, principal: arn })).catch((error: unknown) => absent(error))
  await remove(iot, certificateId)
}

/** Of a certificate that is inactive and of no thing. `forceDelete` overlooks its policy, never a thing. */
export async function remove(iot: IoTClient, certificateId: string): Promise<void> {
  await iot.send(new DeleteCertificateCommand({ certificateId, forceDelete: true })).catch((error: unknown) => absent(error))
}

function absent(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
  throw error
}
