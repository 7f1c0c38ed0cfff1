// sandbox/src/site/nucleus/provisioning/claim-exchange.ts: one question to AWS IoT's provisioning API over MQTT, and its answer (guide, «Device provisioning MQTT API»).
import type { Log } from '@fleet/log'
import { isJsonObject, parseJson, textOf, type JsonObject } from '../json.ts'
import type { CloudMessage } from '../mqtt/message.ts'
import { openSession, type MqttSession } from '../mqtt/session.ts'
import { within } from '../timing.ts'
import { ProvisioningRefused, RetryableProvisioningError } from './claim-error.ts'

export interface ClaimSession {
  /** Asks on `topic` and answers what comes back on `topic`/accepted. @throws ProvisioningRefused, RetryableProvisioningError */
  readonly ask: (topic: string, question: JsonObject, whatFails: string) => Promise<JsonObject>
  readonly end: () => Promise<void>
}

export interface ClaimSessionOptions extends Omit<Parameters<typeof openSession>[0], 'onMessage' | 'version' | 'username' | 'clean' | 'keepAliveSeconds' | 'operationTimeoutMs' | 'connectTimeoutMs'> {
  readonly stepMs: number
  readonly log: Log
}

export async function openClaimSession({ stepMs, log, ...options }: ClaimSessionOptions): Promise<ClaimSession> {
  const listeners = new Map<string, (message: CloudMessage) => void>()
  const session = await openSession({
    ...options,
    version: 'mqtt3',
    username: '?SDK=JavaV2&Version=1.30.1',
    clean: true,
    keepAliveSeconds: 1200,
    operationTimeoutMs: stepMs,
    connectTimeoutMs: stepMs,
    onMessage: (message) => listeners.get(message.topic)?.(message),
  })
  return {
    async ask(topic, question, whatFails) {
      const accepted = new Promise<JsonObject>((resolve) => listeners.set(`${topic}/accepted`, ({ payload }) => resolve(objectOf(payload))))
      const rejected = new Promise<JsonObject>((resolve) => listeners.set(`${topic}/rejected`, ({ payload }) => resolve(objectOf(payload))))
      try {
        return await within(stepMs, exchange(session, { topic, question }, accepted, rejected), 'the answer')
      } catch (error) {
        log.error(whatFails, { error: error instanceof ProvisioningRefused ? executionException(error) : error })
        throw error instanceof ProvisioningRefused ? error : new RetryableProvisioningError(whatFails, { cause: error })
      }
    },
    end: () => session.end(),
  }
}

async function exchange(session: MqttSession, { topic, question }: { topic: string; question: JsonObject }, accepted: Promise<JsonObject>, rejected: Promise<JsonObject>): Promise<JsonObject> {
  await Promise.all([session.subscribe(`${topic}/accepted`, 1), session.subscribe(`${topic}/rejected`, 1)])
  await session.publish({ topic, payload: Buffer.from(JSON.stringify(question)), qos: 1, retain: false, properties: {} })
  const lost = session.lost.then((error) => Promise.reject(error))
  return Promise.race([accepted, rejected.then(({ errorMessage }) => Promise.reject(new ProvisioningRefused(textOf(errorMessage)))), lost])
}

function objectOf(payload: Uint8Array): JsonObject {
  const parsed = parseJson(Buffer.from(payload).toString('utf8'))
  return isJsonObject(parsed) ? parsed : {}
}

/** As the nucleus's log shows it. */
const executionException = ({ message }: Error) => Object.assign(new Error(message), { name: 'java.util.concurrent.ExecutionException' })
