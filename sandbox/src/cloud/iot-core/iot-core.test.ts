// sandbox/src/cloud/iot-core/iot-core.test.ts: registry, broker, rules, jobs and shadows together, set up as an operator does it, by the AWS SDK.
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateJobCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateThingCommand, CreateThingGroupCommand, CreateTopicRuleCommand, DetachPolicyCommand, IoTClient, UpdateCertificateCommand, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot'
import { connectAsync, type MqttClient } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../cloud.ts'
import { ended, inbox, iotArn, policyAllowing } from './testing.ts'

const ACCOUNT_ID = '000000000000'
const rootKey = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'not-a-secret' }
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error }
const OWN = '${iot:Connection.Thing.ThingName}'
const DEVICE_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: iotArn(`client/${OWN}`), Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } } },
    { Effect: 'Allow', Action: ['iot:Publish', 'iot:Receive'], Resource: [iotArn(`topic/$aws/rules/telemetry/fleet/${OWN}/*`), iotArn(`topic/$aws/things/${OWN}/*`)] },
    { Effect: 'Allow', Action: 'iot:Subscribe', Resource: iotArn(`topicfilter/$aws/things/${OWN}/*`) },
  ],
})

async function setUp() {
  const cloud = await openCloud({ stateFolder: ':memory:', account: { accountId: ACCOUNT_ID, region: 'eu-central-1' }, rootKey, gatewayPort: 0, mqttPort: 0, log })
  onTestFinished(async () => cloud[Symbol.asyncDispose]())
  const settings = { endpoint: cloud.endpoints.http, region: 'eu-central-1', credentials: rootKey, maxAttempts: 1 }
  const iot = new IoTClient(settings)
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'pis' }))
  await iot.send(new CreatePolicyCommand({ policyName: 'device', policyDocument: DEVICE_POLICY }))
  return {
    iot,
    /** Has a rule write what it selects into the log group of its name. */
    logged: async (ruleName: string, sql: string) => {
      await new CloudWatchLogsClient(settings).send(new CreateLogGroupCommand({ logGroupName: ruleName }))
      const roleArn = await ruleRole(new IAMClient(settings), ruleName)
      await iot.send(new CreateTopicRuleCommand({ ruleName, topicRulePayload: { sql, awsIotSqlVersion: '2016-03-23', actions: [{ cloudwatchLogs: { logGroupName: ruleName, roleArn } }] } }))
    },
    entriesOf: async (logGroupName: string): Promise<readonly unknown[]> => {
      const { events = [] } = await new CloudWatchLogsClient(settings).send(new FilterLogEventsCommand({ logGroupName }))
      return events.map(({ message = '' }) => JSON.parse(message) as unknown)
    },
    device: async (thingName: string) => {
      await iot.send(new CreateThingCommand({ thingName }))
      const { certificateArn = '', certificateId = '', certificatePem: cert = '', keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }))
      await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }))
      await iot.send(new AttachPolicyCommand({ policyName: 'device', target: certificateArn }))
      await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'pis' }))
      const client = await connectAsync(`mqtts://localhost:${cloud.endpoints.mqttPort}`, { ca: cloud.endpoints.caPem, cert, key: keyPair?.PrivateKey ?? '', clientId: thingName, protocolVersion: 5, reconnectPeriod: 0 })
      inbox(client)
      onTestFinished(() => void client.end(true))
      return { client, certificateArn, certificateId }
    },
  }
}

/** AWS IoT may assume it for that rule alone, and write to that log group alone. */
async function ruleRole(iam: IAMClient, ruleName: string): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { ArnLike: { 'aws:SourceArn': iotArn(`rule/${ruleName}`) }, StringEquals: { 'aws:SourceAccount': ACCOUNT_ID } } }
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: ruleName, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }) }))
  const PolicyDocument = policyAllowing(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [`arn:aws:logs:eu-central-1:${ACCOUNT_ID}:log-group:${ruleName}:*`])
  await iam.send(new PutRolePolicyCommand({ RoleName: ruleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

const subscribed = async (client: MqttClient, topic: string) => client.subscribeAsync(topic, { qos: 1 })

test('telemetry by basic ingest lies in its log group once it is acknowledged, signed with the connection’s principal', async () => {
  const { device, logged, entriesOf } = await setUp()
  await logged('telemetry', "SELECT *, topic(2) AS thing, principal() AS certificateId FROM 'fleet/+/telemetry/+'")
  const { client, certificateId } = await device('pi1')
  await client.publishAsync('$aws/rules/telemetry/fleet/pi1/telemetry/led', JSON.stringify({ sequence: 1, thing: 'pi9' }), { qos: 1 })
  expect(await entriesOf('telemetry')).toEqual([{ sequence: 1, thing: 'pi1', certificateId }])
  await expect(client.publishAsync('$aws/rules/telemetry/fleet/pi2/telemetry/led', '{}', { qos: 1 })).rejects.toThrow(/not authorized/i)
})

test('a job reaches the devices of its group, also those that join later; a rule hears how it ends', async () => {
  const { iot, device, logged, entriesOf } = await setUp()
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB_EXECUTION: { Enabled: true } } }))
  await logged('ends', "SELECT status, thingArn FROM '$aws/events/jobExecution/#'")
  const { client } = await device('pi1')
  await subscribed(client, '$aws/things/pi1/jobs/notify-next')
  await iot.send(new CreateJobCommand({ jobId: 'j1', targets: [iotArn('thinggroup/pis')], document: '{"do":"it"}', targetSelection: 'CONTINUOUS' }))
  expect(JSON.parse((await inbox(client).next()).text)).toMatchObject({ execution: { jobId: 'j1', jobDocument: { do: 'it' } } })
  const { client: second } = await device('pi2')
  await second.publishAsync('$aws/things/pi2/jobs/$next/get', '{}', { qos: 1 })
  expect(JSON.parse((await inbox(second).next()).text)).toMatchObject({ execution: { jobId: 'j1', thingName: 'pi2' } })
  await second.publishAsync('$aws/things/pi2/jobs/j1/update', '{"status":"SUCCEEDED"}', { qos: 1 })
  expect(await entriesOf('ends')).toEqual([{ status: 'SUCCEEDED', thingArn: iotArn('thing/pi2') }])
})

test('a policy that is taken away, and a certificate that is switched off, count for the live connection', async () => {
  const { iot, device } = await setUp()
  const { client, certificateArn, certificateId } = await device('pi1')
  await subscribed(client, '$aws/things/pi1/shadow/update/accepted')
  await client.publishAsync('$aws/things/pi1/shadow/update', '{"state":{"reported":{"on":true}}}', { qos: 1 })
  expect(JSON.parse((await inbox(client).next()).text)).toMatchObject({ version: 1 })
  await iot.send(new DetachPolicyCommand({ policyName: 'device', target: certificateArn }))
  await expect(client.publishAsync('$aws/things/pi1/shadow/update', '{}', { qos: 1 })).rejects.toThrow(/not authorized/i)
  expect(client.connected).toBe(true)
  const closed = ended(client)
  await iot.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }))
  expect(await closed).toBe(0x87)
})
