// sandbox/src/cloud/iot-core/jobs/testing.ts: the jobs service behind a real broker, with devices that ask it.
import type { MqttClient } from 'mqtt'
import { onTestFinished } from 'vitest'
import { ACCOUNT, inbox, iotArn, testCloud, type Credentials, type TestCloud, type TestCloudOptions } from '../testing.ts'
import type { JsonObject, NewJob } from './jobs.ts'
import { openJobs, type OpenJobs } from './open-jobs.ts'

export interface Device {
  readonly client: MqttClient
  readonly credentials: Credentials
  /** Asks on `$aws/things/<thing>/jobs/<request>` and gives the answer, with the end of its topic. */
  ask(request: string, payload?: object): Promise<JsonObject & { readonly ending: string }>
  /** The next message, as JSON. */
  next(): Promise<{ readonly topic: string; readonly document: JsonObject }>
}

export interface JobsBench extends OpenJobs {
  readonly cloud: TestCloud
  readonly events: Set<'JOB' | 'JOB_EXECUTION'>
  readonly connect: (thingName: string) => Promise<Device>
  /** A job for these things, or for what is named. */
  readonly job: (jobId: string, job: Partial<NewJob> & { readonly things?: readonly string[]; readonly groups?: readonly string[] }) => void
  readonly things: (...thingNames: readonly string[]) => void
  /** Moves the clock and does what is due. */
  pass(minutes: number): void
  statuses(jobId: string): Readonly<Record<string, string>>
  close(): Promise<void>
}

export async function jobsBench(options: TestCloudOptions = {}): Promise<JobsBench> {
  const cloud = await testCloud(options)
  const { store, clock, registry, broker: bus, recorded } = cloud
  const events = new Set<'JOB' | 'JOB_EXECUTION'>()
  const open = openJobs({ account: ACCOUNT, store, clock, registry, bus, log: recorded.log, isEventEnabled: (type) => events.has(type) })
  const close = async () => {
    open[Symbol.dispose]()
    await cloud.close()
  }
  onTestFinished(close)
  return {
    ...open,
    ...{ cloud, events, close },
    async connect(thingName) {
      registry.addThing(thingName)
      const credentials = await cloud.issue(thingName)
      return talkingDevice(await cloud.connect(credentials, { clientId: thingName }), { thingName, credentials })
    },
    job(jobId, { things = [], groups = [], ...job }) {
      const targets = [...things.map((name) => iotArn(`thing/${name}`)), ...groups.map((name) => iotArn(`thinggroup/${name}`))]
      open.jobs.create({ jobId, targets, document: { does: jobId }, ...job })
    },
    things: (...thingNames) => thingNames.forEach((name) => registry.addThing(name)),
    pass(minutes) {
      clock.advance(minutes * 60_000)
      open.tick()
    },
    statuses: (jobId) => Object.fromEntries(open.jobs.executionsOf(jobId).map(({ thingName, status }) => [thingName, status])),
  }
}

function talkingDevice(client: MqttClient, { thingName, credentials }: { readonly thingName: string; readonly credentials: Credentials }): Device {
  const next = async () => {
    const { topic, text } = await inbox(client).next()
    return { topic, document: JSON.parse(text) as JsonObject }
  }
  return {
    client,
    credentials,
    next,
    async ask(request, payload = {}) {
      const topic = `$aws/things/${thingName}/jobs/${request}`
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 })
      for (;;) {
        const answer = await next()
        if (answer.topic.startsWith(`${topic}/`)) return { ...answer.document, ending: answer.topic.slice(topic.length + 1) }
      }
    },
  }
}
