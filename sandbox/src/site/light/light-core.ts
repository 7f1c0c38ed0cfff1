// sandbox/src/site/light/light-core.ts: a Pi without components that takes deployments all the same: hears of each as a Greengrass core does, and reports how it went.
import { isJsonObject, parseJson, textOf } from '../nucleus/json.ts'
import { jobsTopics } from '../nucleus/deployments/job-updates.ts'
import { openSession } from '../nucleus/mqtt/session.ts'
import type { LightCloud, LightIdentity } from './light-pi.ts'

/** As the nucleus reports it: a failure with its detailed status and its cause. */
export type Taken = { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly statusDetails: Readonly<Record<string, string>> }

export interface LightCore {
  readonly serial: string
  end(): Promise<void>
}

export const TAKEN: Taken = { status: 'SUCCEEDED' }
/** What a nucleus reports of a component that breaks (facts: «Deployment statuses»). */
export const BROKEN: Taken = { status: 'FAILED', statusDetails: { 'detailed-deployment-status': 'FAILED_ROLLBACK_COMPLETE', 'deployment-failure-cause': 'fleetwright.led in broken state after deployment' } }

const KEEP_ALIVE_SECONDS = 600 // many of them share one processor: none shall be taken for dead while it waits its turn
const STEP_MS = 60_000

/** Connected and listening when it resolves. `take` decides how a deployment goes here; it is asked once for each. */
export async function lightCore({ serial, certificatePem, privateKeyPem }: LightIdentity, { cloud, take }: { readonly cloud: Pick<LightCloud, 'network' | 'host' | 'mqttPort' | 'rootCaPem'>; readonly take: (jobId: string) => Taken }): Promise<LightCore> {
  const topics = jobsTopics(serial)
  const known = new Set<string>()
  const send = (topic: string, payload: object) => void session.publish({ topic, payload: Buffer.from(JSON.stringify(payload)), qos: 1, retain: false, properties: {} }).catch(() => undefined) // its connection is gone, and so is it
  const askForNext = () => send(topics.getNext, { thingName: serial, jobId: '$next', includeJobDocument: false })
  const begin = (jobId: string) => {
    if (jobId === '' || known.has(jobId)) return
    known.add(jobId)
    send(topics.update(jobId), { status: 'IN_PROGRESS' })
    send(topics.update(jobId), take(jobId))
  }
  const session = await openSession({
    ...{ network: cloud.network, host: cloud.host, port: cloud.mqttPort, tls: { ca: cloud.rootCaPem, certificate: certificatePem, privateKey: privateKeyPem } },
    ...{ version: 'mqtt5', clientId: serial, username: '', clean: true, keepAliveSeconds: KEEP_ALIVE_SECONDS, connectTimeoutMs: STEP_MS, operationTimeoutMs: STEP_MS },
    onMessage({ topic, payload }) {
      const message = parseJson(Buffer.from(payload).toString('utf8'))
      if (!isJsonObject(message)) return
      if (topic === topics.notify) return askForNext()
      if (topic === topics.nextAccepted && isJsonObject(message.execution)) begin(textOf(message.execution.jobId))
    },
  })
  for (const filter of [topics.notify, topics.nextAccepted]) await session.subscribe(filter, 1)
  askForNext()
  return { serial, end: () => session.end() }
}
