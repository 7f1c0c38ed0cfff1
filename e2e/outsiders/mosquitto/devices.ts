// e2e/outsiders/mosquitto/devices.ts: certificates of every kind, as files; the policies that the right ones have.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, IoTClient, UpdateCertificateCommand } from '@aws-sdk/client-iot'
import { foreignCertificate } from '../aws-cli-and-boto3/certificates.ts'
import { ACCOUNT_ID, REGION, ROOT_KEY, type Twin } from '../twin.ts'

export interface Device {
  readonly certificateFile: string
  readonly keyFile: string
  /** Absent: not of this cloud. */
  readonly certificateId?: string
}

export interface Devices {
  readonly iot: IoTClient
  /** May do everything. */
  readonly free: Device
  /** May do what the policy of `policies.ts` says. */
  readonly held: Device
  readonly revoked: Device
  readonly inactive: Device
  /** Without any policy. */
  readonly bare: Device
  /** Signed by its own key, and never registered. */
  readonly foreign: Device
  /** ACTIVE, for a check that takes that away. */
  readonly passing: Device
}

const arn = (kind: string, name: string) => `arn:aws:iot:${REGION}:${ACCOUNT_ID}:${kind}/${name}`

const FREE = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] }
const HELD = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client', 'held-*') },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: [arn('topic', 'up/${iot:ClientId}/*'), arn('topic', 'shared/in')] },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: [arn('topicfilter', 'down/${iot:ClientId}/#'), arn('topicfilter', 'mixed/#')] },
    { Effect: 'Allow', Action: 'iot:Receive', Resource: [arn('topic', 'down/${iot:ClientId}/*'), arn('topic', 'mixed/open')] },
    { Effect: 'Deny', Action: 'iot:Publish', Resource: arn('topic', 'up/${iot:ClientId}/never') },
  ],
}

export async function devicesOn(twin: Twin, folder: string): Promise<Devices> {
  const iot = new IoTClient({ endpoint: twin.http, region: REGION, credentials: ROOT_KEY })
  for (const [policyName, document] of Object.entries({ free: FREE, held: HELD })) await iot.send(new CreatePolicyCommand({ policyName, policyDocument: JSON.stringify(document) }))
  const keep = (name: string, certificate: string, key: string): Device => {
    const device = { certificateFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) }
    writeFileSync(device.certificateFile, certificate)
    writeFileSync(device.keyFile, key, { mode: 0o600 })
    return device
  }
  const made = async (name: string, policyName?: string): Promise<Device & { readonly certificateId: string }> => {
    const { certificateArn, certificateId = '', certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
    if (policyName !== undefined) await iot.send(new AttachPolicyCommand({ policyName, target: certificateArn }))
    return { ...keep(name, certificatePem, keyPair?.PrivateKey ?? ''), certificateId }
  }
  const changed = async (name: string, newStatus: 'REVOKED' | 'INACTIVE') => {
    const device = await made(name, 'free')
    await iot.send(new UpdateCertificateCommand({ certificateId: device.certificateId, newStatus }))
    return device
  }
  const foreign = await foreignCertificate('outsider.example')
  return {
    iot,
    free: await made('free', 'free'),
    held: await made('held', 'held'),
    bare: await made('bare'),
    passing: await made('passing', 'free'),
    revoked: await changed('revoked', 'REVOKED'),
    inactive: await changed('inactive', 'INACTIVE'),
    foreign: keep('foreign', foreign.certificatePem, foreign.privateKeyPem),
  }
}
