// e2e/outsiders/device-sdks/fleet.ts: what devices need before they can speak: certificates, a claim with its template, jobs, a role session.
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AttachPolicyCommand, AttachThingPrincipalCommand, CreateJobCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateProvisioningTemplateCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { ACCOUNT_ID, REGION, ROOT_KEY, type Twin } from '../twin.ts'

/** PEM. */
export interface Certificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** Of a session of an IAM role. */
export interface SessionKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export interface Fleet {
  readonly templateName: string
  readonly claim: Certificate
  /** May connect as `outsider-…`, and publish and subscribe below `outsider/`. */
  readonly person: SessionKey
  /** A thing of this name with a certificate that may do what a device does for itself. */
  device(thingName: string): Promise<Certificate>
  /** A job for this thing, with the document `{"do": <jobId>}`. */
  job(jobId: string, thingName: string): Promise<void>
}

const TEMPLATE = 'outsiders'
const arn = (resource: string) => `arn:aws:iot:${REGION}:${ACCOUNT_ID}:${resource}`
const policy = (...statements: readonly (readonly [actions: readonly string[], resources: readonly string[]])[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })) })

/** AWS's own variables keep each device to itself («Thing policy variables» of the AWS IoT guide). */
const DEVICE_POLICY = policy(
  [['iot:Connect'], [arn('client/*')]],
  [['iot:Publish', 'iot:Receive'], [arn('topic/$aws/things/${iot:Connection.Thing.ThingName}/*')]],
  [['iot:Subscribe'], [arn('topicfilter/$aws/things/${iot:Connection.Thing.ThingName}/*')]],
)
const CLAIM_TOPICS = ['$aws/certificates/create/*', '$aws/certificates/create-from-csr/*', `$aws/provisioning-templates/${TEMPLATE}/provision/*`]
const CLAIM_POLICY = policy(
  [['iot:Connect'], [arn('client/*')]],
  [['iot:Publish', 'iot:Receive'], CLAIM_TOPICS.map((topic) => arn(`topic/${topic}`))],
  [['iot:Subscribe'], CLAIM_TOPICS.map((topic) => arn(`topicfilter/${topic}`))],
)
const PERSON_POLICY = policy([['iot:Connect'], [arn('client/outsider-*')]], [['iot:Publish', 'iot:Receive'], [arn('topic/outsider/*')]], [['iot:Subscribe'], [arn('topicfilter/outsider/*')]])

const TEMPLATE_BODY = JSON.stringify({
  Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } },
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'outsiders-device' } },
  },
  DeviceConfiguration: { greeting: { 'Fn::Sub': 'hello ${SerialNumber}' } },
})

export async function fleetAt(twin: Twin): Promise<Fleet> {
  const config = { endpoint: twin.http, region: REGION, credentials: ROOT_KEY }
  const [iot, iam] = [new IoTClient(config), new IAMClient(config)]
  const certified = async (policyName: string): Promise<Certificate & { readonly arn: string }> => {
    const { certificateArn = '', certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
    await iot.send(new AttachPolicyCommand({ policyName, target: certificateArn }))
    return { arn: certificateArn, certificatePem, privateKeyPem: keyPair?.PrivateKey ?? '' }
  }
  await iot.send(new CreatePolicyCommand({ policyName: 'outsiders-device', policyDocument: DEVICE_POLICY }))
  await iot.send(new CreatePolicyCommand({ policyName: 'outsiders-claim', policyDocument: CLAIM_POLICY }))
  await iot.send(new CreateProvisioningTemplateCommand({ templateName: TEMPLATE, templateBody: TEMPLATE_BODY, enabled: true, provisioningRoleArn: await provisioningRole(iam) }))
  return {
    templateName: TEMPLATE,
    claim: await certified('outsiders-claim'),
    person: await person(iam, new STSClient(config)),
    async device(thingName) {
      const certificate = await certified('outsiders-device')
      await iot.send(new CreateThingCommand({ thingName }))
      await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificate.arn }))
      return certificate
    },
    async job(jobId, thingName) {
      await iot.send(new CreateJobCommand({ jobId, targets: [arn(`thing/${thingName}`)], document: JSON.stringify({ do: jobId }) }))
    },
  }
}

/** What the template's role must be allowed («Provisioning devices that don't have device certificates using fleet provisioning»). */
const provisioningRole = (iam: IAMClient) => role(iam, { name: 'outsiders-provisioning', trusted: { Service: 'iot.amazonaws.com' }, allowed: policy([['iot:*'], ['*']]) })

async function person(iam: IAMClient, sts: STSClient): Promise<SessionKey> {
  const RoleArn = await role(iam, { name: 'outsider', trusted: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, allowed: PERSON_POLICY })
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'outsider' }))
  return { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' }
}

interface Role {
  readonly name: string
  readonly trusted: Readonly<Record<string, string>>
  /** A policy document. */
  readonly allowed: string
}

async function role(iam: IAMClient, { name, trusted, allowed }: Role): Promise<string> {
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' }] })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }))
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'may', PolicyDocument: allowed }))
  return Role?.Arn ?? ''
}
