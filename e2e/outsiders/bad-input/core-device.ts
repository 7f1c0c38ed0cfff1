// e2e/outsiders/bad-input/core-device.ts: a core device by its certificate alone: curl asks in its name.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateRoleAliasCommand, CreateThingCommand, IoTClient, UpdateCertificateCommand } from '@aws-sdk/client-iot'
import type { AwsCli } from '../aws-cli-and-boto3/aws-command.ts'
import { runProgram } from '../program.ts'
import type { Trial } from '../suite.ts'
import { REGION, ROOT_KEY, type Twin } from '../twin.ts'

export interface Stage {
  readonly trial: Trial
  readonly twin: Twin
  readonly cli: AwsCli
  readonly core: CoreDevice
}

export interface CoreDevice {
  readonly thingName: string
  /** What curl got: by mutual TLS on the path, with a JSON body if one is given. */
  ask(path: string, body?: string): Promise<{ readonly status: number; readonly errorType: string | undefined; readonly body: string }>
  /** As environment of the AWS CLI. @throws when there are none */
  roleCredentials(): Promise<Readonly<Record<string, string>>>
  activate(isActive: boolean): Promise<void>
}

export const CORE_ROLE = 'core-role'
const ALIAS = 'core-alias'

export async function coreDevice(twin: Twin, { folder, signal }: Trial): Promise<CoreDevice> {
  const access = { endpoint: twin.http, region: REGION, credentials: ROOT_KEY }
  const iot = new IoTClient(access)
  const thingName = 'core'
  await iot.send(new CreateThingCommand({ thingName }))
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] }
  const { Role } = await new IAMClient(access).send(new CreateRoleCommand({ RoleName: CORE_ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await iot.send(new CreateRoleAliasCommand({ roleAlias: ALIAS, roleArn: Role?.Arn, credentialDurationSeconds: 900 }))
  await iot.send(new CreatePolicyCommand({ policyName: 'core', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:*', 'greengrass:*'], Resource: '*' }] }) }))
  const { certificateArn, certificateId, certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: 'core', target: certificateArn }))
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }))
  const [certificate, key] = [join(folder, 'core.pem'), join(folder, 'core.key')]
  writeFileSync(certificate, certificatePem)
  writeFileSync(key, keyPair?.PrivateKey ?? '', { mode: 0o600 })

  const ask: CoreDevice['ask'] = async (path, body) => {
    const more = body === undefined ? [] : ['-H', 'content-type: application/json', '--data-binary', '@-']
    const args = ['-sS', '-i', '--http1.1', '--cacert', twin.caFile, '--cert', certificate, '--key', key, '-H', `x-amzn-iot-thingname: ${thingName}`, ...more, `${twin.https}${path}`]
    const { exitCode, out, err } = await runProgram('curl', args, { signal, ...(body === undefined ? {} : { input: body }) })
    if (exitCode !== 0) throw new Error(`curl ended with ${exitCode}: ${err}`)
    const [head = '', ...rest] = out.split(/\r\n\r\n/).filter((part) => !part.startsWith('HTTP/1.1 100'))
    const [, status] = /^HTTP\/1\.1 (\d+)/.exec(head) ?? []
    return { status: Number(status), errorType: /^x-amzn-errortype: ([^:\r\n]+)/im.exec(head)?.[1], body: rest.join('\r\n\r\n') }
  }
  return {
    thingName,
    ask,
    async roleCredentials() {
      const { status, body } = await ask(`/role-aliases/${ALIAS}/credentials`)
      if (status !== 200) throw new Error(`no credentials: ${status} ${body}`)
      const { credentials } = JSON.parse(body) as { credentials: Record<'accessKeyId' | 'secretAccessKey' | 'sessionToken', string> } // AWS IoT guide, «Authorizing direct calls»
      return { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken }
    },
    async activate(isActive) {
      await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: isActive ? 'ACTIVE' : 'INACTIVE' }))
    },
  }
}
