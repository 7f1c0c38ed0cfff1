// sandbox/src/operator/prod-stage.test.ts: the stage prod as it ships is deployed and destroyed, with an address for its alarms that nobody has confirmed.
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { fleetNames } from '@fleet/contract/names'
import { parseStage } from '@fleet/contract/stage'
import { OVERSIGHT } from '@fleet/ops/cost/designs'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { sandboxTarget, type Target } from '@fleet/ops/target/target'
import { destroy } from '@fleet/ops/teardown/destroy'
import { expect, test } from 'vitest'
import { ACCOUNT, KEY, openTestStage } from './testing.ts'

async function prodStage() {
  const { target, folder, cloud } = await openTestStage()
  const { endpoints } = target.sandbox ?? {}
  if (!endpoints) throw new Error('it is a sandbox')
  return { target: sandboxTarget({ ...endpoints, stage: 'prod' }, folder), sns: new SNSClient({ endpoint: cloud.endpoints.http, region: ACCOUNT.region, credentials: KEY }) }
}

function withSettings(target: Target, settings: Readonly<Record<string, string>>): Target {
  const config = { ...target.config, ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`fleetwright:${name}`, value])) }
  return { ...target, config, stage: parseStage('prod', config) }
}

test('its alarms ask an address, another one takes its place, and a destroy stumbles over neither', async () => {
  const { target, sns } = await prodStage()
  const engine = chosenEngine(target, {})
  const TopicArn = `arn:aws:sns:${ACCOUNT.region}:${ACCOUNT.accountId}:${fleetNames({ stage: 'prod', ...ACCOUNT }).alarmTopic}`
  const addresses = async () => (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(({ Endpoint, SubscriptionArn }) => `${Endpoint ?? ''} ${SubscriptionArn ?? ''}`).sort()
  const destroyed = (which: Target) => destroy(which, { engine, purgesDevices: false, approve: () => Promise.resolve(true), report: () => undefined, onProgress: () => undefined, now: () => new Date(), signal: new AbortController().signal })

  await deploy(target, { engine })
  expect(await addresses()).toEqual(['fleet-alarms@example.com PendingConfirmation'])
  const made = (type: string) => engine.resources('prod').then((all) => all.filter((each) => each.type === type).length)
  expect([await made('aws-native:cloudwatch:Alarm'), await made('aws-native:cloudwatch:Dashboard')]).toEqual([OVERSIGHT.alarms, OVERSIGHT.dashboards]) // what an estimate reckons with
  await expect(destroyed(target)).rejects.toMatchObject({ code: 'STACK_PROTECTED' })

  const other = withSettings(target, { alarmEmail: 'night-shift@example.com', protectsData: 'false' })
  expect((await deploy(other, { engine })).changes.filter(({ type }) => type === 'aws-native:sns:Topic')).toMatchObject([{ operation: 'update', properties: ['subscription'] }])
  expect(await addresses()).toEqual(['fleet-alarms@example.com PendingConfirmation', 'night-shift@example.com PendingConfirmation']) // the first goes by itself when nobody confirms it
  expect(await destroyed(other)).toMatchObject({ left: [] })
  await expect(addresses()).rejects.toMatchObject({ name: 'NotFoundException' })
})
