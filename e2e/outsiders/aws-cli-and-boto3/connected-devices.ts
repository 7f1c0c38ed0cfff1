// e2e/outsiders/aws-cli-and-boto3/connected-devices.ts: two devices that hold an MQTT connection, for the operations that ask about connections.
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, IoTClient } from '@aws-sdk/client-iot'
import { connectAsync } from 'mqtt'
import { REGION, ROOT_KEY, type Twin } from '../twin.ts'

export interface ConnectedDevices extends AsyncDisposable {
  readonly clientIds: { readonly connectedClient: string; readonly otherConnectedClient: string }
}

const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] })

export async function connectedDevices(twin: Twin): Promise<ConnectedDevices> {
  const iot = new IoTClient({ endpoint: twin.http, region: REGION, credentials: ROOT_KEY })
  await iot.send(new CreatePolicyCommand({ policyName: 'outsiders-devices', policyDocument: POLICY }))
  const { certificateArn, certificatePem, keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: 'outsiders-devices', target: certificateArn }))
  const connect = (clientId: string) =>
    connectAsync(`mqtts://localhost:${twin.mqttPort}`, { clientId, ca: twin.caPem, ...(certificatePem && { cert: certificatePem }), ...(keyPair?.PrivateKey && { key: keyPair.PrivateKey }), reconnectPeriod: 0 })
  const [first, second] = [await connect('outsider-one'), await connect('outsider-two')]
  await first.subscribeAsync(['first/#', 'second/+'], { qos: 1 })
  return {
    clientIds: { connectedClient: 'outsider-one', otherConnectedClient: 'outsider-two' },
    async [Symbol.asyncDispose]() {
      await Promise.all([first.endAsync(true), second.endAsync(true)])
    },
  }
}
