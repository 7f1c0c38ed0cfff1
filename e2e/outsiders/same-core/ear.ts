// e2e/outsiders/same-core/ear.ts: hears what cores tell the cloud: reports of deployments.
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, type IoTClient } from '@aws-sdk/client-iot'
import { connectAsync } from 'mqtt'

export interface Ear extends AsyncDisposable {
  /** What this thing has said since it was last asked, in its order, without what differs from run to run. */
  said(thing: string): readonly string[]
}

const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] })
const REPORTS = '$aws/things/+/shadow/name/AWSManagedGreengrassV2Deployment/update' // fleet status goes by a topic that only AWS IoT may hear

export async function openEar(iot: IoTClient, { port, caPem }: { readonly port: number; readonly caPem: string }): Promise<Ear> {
  await iot.send(new CreatePolicyCommand({ policyName: 'ear', policyDocument: POLICY }))
  const { certificateArn, certificatePem = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
  await iot.send(new AttachPolicyCommand({ policyName: 'ear', target: certificateArn }))
  const client = await connectAsync(`mqtts://localhost:${port}`, { clientId: 'ear', ca: caPem, cert: certificatePem, key: keyPair?.PrivateKey ?? '', protocolVersion: 5 })
  const heard = new Map<string, string[]>()
  client.on('message', (topic, payload) => {
    const [, , thing = ''] = topic.split('/')
    const lines = heard.get(thing) ?? []
    heard.set(thing, lines)
    for (const line of reported(JSON.parse(payload.toString('utf8')) as Report)) if (lines.at(-1) !== line) lines.push(line)
  })
  await client.subscribeAsync(REPORTS, { qos: 1 })
  return {
    said(thing) {
      const lines = heard.get(thing) ?? []
      heard.delete(thing)
      return lines
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync(true)
    },
  }
}

interface StatusDetails {
  readonly detailedStatus?: string | null
  readonly failureCause?: string | null
  readonly errorStack?: readonly string[] | null
  readonly errorTypes?: readonly string[] | null
}
interface Report {
  readonly state?: { readonly reported?: { readonly status?: string; readonly statusDetails?: StatusDetails } }
}

function reported({ state }: Report): string[] {
  return state?.reported?.status === undefined ? [] : [`shadow ${state.reported.status} ${details(state.reported.statusDetails)}`]
}

const details = (status: StatusDetails = {}) => JSON.stringify([status.detailedStatus ?? null, status.failureCause ?? null, status.errorStack ?? null, status.errorTypes ?? null])
