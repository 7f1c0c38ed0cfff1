// bench/src/broker/devices.ts: things with certificates and a policy that asks for variables, made through the twin's own API.
import { AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot'
import { ACCOUNT, type Twin } from '../open-twin.ts'

export interface Device {
  readonly clientId: string
  /** The only one that its policy lets it use. */
  readonly topic: string
  readonly cert: string
  readonly key: string
}

const POLICY = 'bench-device'
const arn = (resource: string) => `arn:aws:iot:${ACCOUNT.region}:${ACCOUNT.accountId}:${resource}`
const own = '${iot:Connection.Thing.ThingName}'
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: arn(`client/${own}`) },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: arn(`topic/bench/${own}/*`) },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: arn(`topicfilter/bench/${own}/*`) },
  ],
})

export async function makeDevices({ client }: Twin, count: number): Promise<Device[]> {
  const iot = new IoTClient(client)
  await iot.send(new CreatePolicyCommand({ policyName: POLICY, policyDocument: DOCUMENT }))
  const devices: Device[] = []
  for (let number = 1; number <= count; number++) {
    const thingName = `bench-${number}`
    const { certificateArn: principal = '', certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
    await iot.send(new CreateThingCommand({ thingName }))
    await iot.send(new AttachThingPrincipalCommand({ thingName, principal }))
    await iot.send(new AttachPolicyCommand({ policyName: POLICY, target: principal }))
    devices.push({ clientId: thingName, topic: `bench/${thingName}/messages`, cert: certificatePem, key: keyPair?.PrivateKey ?? '' })
  }
  return devices
}
