// e2e/outsiders/same-core/ipc-probe.ts: runs as a component and asks the nucleus by AWS's own client; each answer is one line on standard output.
import { greengrasscoreipc } from 'aws-iot-device-sdk-v2'

const { QOS, ReportedLifecycleState } = greengrasscoreipc.model
const client = greengrasscoreipc.createClient()
await client.connect()

/** An error as a component sees it: its kind and what the nucleus says. */
function refusal(error: unknown): unknown {
  const { serviceError, description } = error as { readonly serviceError?: object; readonly description?: string } // of an RpcError
  return serviceError ?? { withoutServiceError: description }
}
async function ask(what: string, request: () => Promise<unknown>): Promise<void> {
  const answer = await request().catch((error: unknown) => ({ refused: refusal(error) }))
  process.stdout.write(`${what}: ${JSON.stringify(answer)}\n`)
}
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000)
const bytes = (text: string) => Buffer.from(text)

await ask('configuration, all but the grants', async () => {
  const answer = await client.getConfiguration({ keyPath: [] })
  return { ...answer, value: { ...(answer.value as object), accessControl: undefined } }
})
await ask('configuration, a leaf', () => client.getConfiguration({ keyPath: ['deep', 'er', 'leaf'] }))
await ask('configuration, a part', () => client.getConfiguration({ keyPath: ['deep'] }))
await ask('configuration, nothing', () => client.getConfiguration({ keyPath: ['no', 'such'] }))
await ask('configuration of nobody', () => client.getConfiguration({ componentName: 'com.example.Nobody', keyPath: ['x'] }))
await ask('update', () => client.updateConfiguration({ keyPath: ['deep'], timestamp: soon(0), valueToMerge: { er: { new: 2 } } }))
await ask('updated', () => client.getConfiguration({ keyPath: ['deep'] }))
await ask('update from the past', () => client.updateConfiguration({ keyPath: ['deep', 'er'], timestamp: new Date(1000), valueToMerge: { new: 3 } }))
await ask('update of the grants', () => client.updateConfiguration({ keyPath: ['accessControl'], timestamp: soon(1), valueToMerge: { more: true } }))

await ask('subscribe and hear', async () => {
  const operation = client.subscribeToTopic({ topic: 'mine/a' })
  const heard = new Promise((resolve) => operation.on('message', ({ jsonMessage }) => resolve(jsonMessage)))
  await operation.activate()
  await client.publishToTopic({ topic: 'mine/a', publishMessage: { jsonMessage: { message: { whole: 1, half: 0.5, none: null } } } })
  const answer = await heard
  await operation.close()
  return answer
})
await ask('publish elsewhere', () => client.publishToTopic({ topic: 'others/a', publishMessage: { binaryMessage: { message: bytes('x') } } }))
await ask('publish to a wildcard', () => client.publishToTopic({ topic: 'mine/+', publishMessage: { binaryMessage: { message: bytes('x') } } }))
await ask('publish nothing', () => client.publishToTopic({ topic: 'mine/a', publishMessage: {} }))
await ask('subscribe elsewhere', () => client.subscribeToTopic({ topic: 'others/a' }).activate())
await ask('publish to the cloud', () => client.publishToIoTCore({ topicName: 'mine/b/x', qos: QOS.AT_LEAST_ONCE, payload: bytes('x') }))
await ask('publish to the cloud elsewhere', () => client.publishToIoTCore({ topicName: 'mine/b/y', qos: QOS.AT_LEAST_ONCE, payload: bytes('x') }))
await ask('publish to the cloud without a payload', () => client.publishToIoTCore({ topicName: 'mine/b/x', qos: QOS.AT_LEAST_ONCE }))
await ask('subscribe to the cloud elsewhere', () => client.subscribeToIoTCore({ topicName: 'mine/#', qos: QOS.AT_MOST_ONCE }).activate())

await ask('update state', () => client.updateState({ state: ReportedLifecycleState.RUNNING }))
await ask('defer what was not asked', () => client.deferComponentUpdate({ deploymentId: 'x', recheckAfterMs: 1 }))
await ask('validity that was not asked', () => client.sendConfigurationValidityReport({ configurationValidityReport: { status: greengrasscoreipc.model.ConfigurationValidityStatus.ACCEPTED, deploymentId: 'x' } }))
await ask('a shadow', () => client.getThingShadow({ thingName: 'x', shadowName: 'y' }))
await ask('a secret', () => client.getSecretValue({ secretId: 'x' }))
await ask('the components', () => client.listComponents({}))
await ask('pause without a grant', () => client.pauseComponent({ componentName: 'com.example.Ipc' }))
await ask('a metric without a grant', () => client.putComponentMetric({ metrics: [{ name: 'x', unit: greengrasscoreipc.model.MetricUnitType.COUNT, value: 1 }] }))
await ask('a token that is none', () => client.validateAuthorizationToken({ token: 'x' }))
await client.close()
process.exit(0)
