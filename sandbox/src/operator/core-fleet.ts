// sandbox/src/operator/core-fleet.ts: tests and benches: many devices of one thing group that take deployments, without the components that a Pi would run.
import { CreateDeploymentCommand, GreengrassV2Client, type CreateDeploymentCommandInput } from '@aws-sdk/client-greengrassv2'
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateCertificateFromCsrCommand, CreatePolicyCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot'
import { certificateRequest, newDeviceKey, privateKeyPem } from '../site/certificate-request.ts'
import { lightCore, type LightCore, type Taken } from '../site/light/light-core.ts'
import type { LightIdentity } from '../site/light/light-pi.ts'
import { networkCable } from '../site/network.ts'

export interface FleetCloud {
  /** For the constructor of an SDK client. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } }
  readonly accountId: string
  readonly mqttPort: number
  readonly caPem: string
}

export interface CoreFleet extends AsyncDisposable {
  /** Makes a deployment to the group; answers its id and that of its job. */
  deploy(iotJobConfiguration: CreateDeploymentCommandInput['iotJobConfiguration']): Promise<{ readonly deploymentId: string; readonly jobId: string }>
}

export interface CoreFleetOptions {
  readonly serials: readonly string[]
  readonly thingGroup: string
  /** How a device fares with each deployment. */
  readonly take: (serial: string) => Taken
  readonly onConnected?: (connected: number) => void
}

const AT_ONCE = 16
const POLICY = 'of-the-fleet'
/** Policies are judged elsewhere. */
const ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] })

/** Resolves when all of them are connected and listen. */
export async function coreFleet(cloud: FleetCloud, { serials, thingGroup, take, onConnected }: CoreFleetOptions): Promise<CoreFleet> {
  const iot = new IoTClient(cloud.client)
  await iot.send(new CreateThingGroupCommand({ thingGroupName: thingGroup }))
  await iot.send(new CreatePolicyCommand({ policyName: POLICY, policyDocument: ALL }))
  const line = { network: networkCable({ now: () => new Date() }), host: 'localhost', mqttPort: cloud.mqttPort, rootCaPem: cloud.caPem }
  const cores: LightCore[] = []
  const waiting = serials.values()
  const work = async () => {
    for (const serial of waiting) {
      cores.push(await lightCore(await identity(serial, { iot, thingGroup }), { cloud: line, take: () => take(serial) }))
      onConnected?.(cores.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return {
    async deploy(iotJobConfiguration) {
      const targetArn = `arn:aws:iot:${cloud.client.region}:${cloud.accountId}:thinggroup/${thingGroup}`
      const { deploymentId = '', iotJobId: jobId = '' } = await new GreengrassV2Client(cloud.client).send(new CreateDeploymentCommand({ targetArn, components: {}, iotJobConfiguration }))
      return { deploymentId, jobId }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(cores.map((core) => core.end()))
    },
  }
}

/** As fleet provisioning leaves a device. */
async function identity(serial: string, { iot, thingGroup }: { readonly iot: IoTClient; readonly thingGroup: string }): Promise<LightIdentity> {
  const key = newDeviceKey()
  const { certificateArn: principal = '', certificatePem = '' } = await iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: certificateRequest(key, serial), setAsActive: true }))
  await iot.send(new CreateThingCommand({ thingName: serial }))
  await iot.send(new AttachThingPrincipalCommand({ thingName: serial, principal }))
  await iot.send(new AttachPolicyCommand({ policyName: POLICY, target: principal }))
  await iot.send(new AddThingToThingGroupCommand({ thingName: serial, thingGroupName: thingGroup }))
  return { serial, certificatePem, privateKeyPem: privateKeyPem(key) }
}
