// sandbox/src/cloud/sns/testing.ts: topics, queues and functions behind a real gateway, for the tests of SNS and SQS.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import { cloudClock } from '../clock.ts'
import { deadLetters } from '../lambda/dead-letters.ts'
import { lambdaBench } from '../lambda/testing.ts'
import type { RoleSessions } from '../ports.ts'
import { openSqs } from '../sqs/sqs.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT, openTestGateway, SESSION_KEY, type TestGatewayOptions } from '../wire/testing.ts'
import type { Mail } from '../outbox.ts'
import { openSns, type Sns } from './sns.ts'

export { ACCOUNT }
export const topicArn = (name: string) => `arn:aws:sns:${ACCOUNT.region}:${ACCOUNT.accountId}:${name}`
export const queueArn = (name: string) => `arn:aws:sqs:${ACCOUNT.region}:${ACCOUNT.accountId}:${name}`
export const functionArn = (name: string) => `arn:aws:lambda:${ACCOUNT.region}:${ACCOUNT.accountId}:function:${name}`

/** JSON text of a policy that lets this service do this to the resource, for this source only if one is given. */
export const letting = (Service: string, Action: string, Resource: string, source?: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource, ...(source === undefined ? {} : { Condition: { ArnEquals: { 'aws:SourceArn': source } } }) }] })

export interface MessagingOptions extends Pick<TestGatewayOptions, 'rolePolicies'> {
  /** What the functions' roles may do. */
  readonly permits?: RoleSessions['permits']
  /** Between the runs of a function that fails. */
  readonly retryDelaysMs?: readonly number[]
}

/** State is in `file`, so that a second bench on it is the cloud after a restart. */
export async function messagingBench({ permits = () => true, retryDelaysMs = [], rolePolicies = [] }: MessagingOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'messaging-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const lines: string[] = []
  const mails: Mail[] = []
  const speak = (event: string, fields?: Readonly<Record<string, unknown>>) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log = { debug: speak, info: speak, warn: speak, error: speak }
  const sqs = openSqs({ account: ACCOUNT, store, clock })
  const letters = deadLetters({ roles: { permits }, queues: sqs.sink, topics: () => sns.publisher, log })
  const functions = lambdaBench({ folder, store, clock, deadLetters: letters, retryDelaysMs, log })
  onTestFinished(() => functions[Symbol.asyncDispose]())
  const sns: Sns = openSns({ account: ACCOUNT, store, clock, log, functions: functions.lambda.invoker, queues: sqs.sink, sendMail: (mail) => void mails.push(mail) })
  const gateway = await openTestGateway({ services: [sns.service, sqs.service], clock, rolePolicies })
  return { clock, lines, mails, functions, sns: new SNSClient(gateway.client()), sqs: new SQSClient(gateway.client()), asRole: { sns: new SNSClient(gateway.client(SESSION_KEY)), sqs: new SQSClient(gateway.client(SESSION_KEY)) }, publisher: sns.publisher }
}
