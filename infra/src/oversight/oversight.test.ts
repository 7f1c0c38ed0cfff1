// infra/src/oversight/oversight.test.ts: somebody is told of what goes wrong, and each alarm looks at something that is really measured.
import { readFileSync } from 'node:fs'
import { fleetNames } from '@fleet/contract/names'
import { parseStage } from '@fleet/contract/stage'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { planned, RELEASE, STAGE, type Planned } from '../planned.ts'

const plan = await planned(STAGE, RELEASE)
const names = fleetNames(STAGE)
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:fleet-dev-alarms'
const ofType = (type: string, resources: Planned = plan) => resources.filter((each) => each.type === `aws-native:${type}`)

interface Looked {
  readonly namespace: string
  readonly metricName: string
  readonly dimensions?: readonly { readonly name: string; readonly value: string }[]
}

const alarms = ofType('cloudwatch:Alarm').map(({ inputs }) => inputs as unknown as Looked & { readonly alarmName: string; readonly alarmActions: readonly string[]; readonly threshold: number })
const widgets = (JSON.parse(String(ofType('cloudwatch:Dashboard')[0]?.inputs['dashboardBody'])) as { widgets: { properties: { metrics: string[][] }; x: number; width: number }[] }).widgets
const shown = widgets.flatMap(({ properties }) => properties.metrics).map(([namespace = '', metricName = '', ...rest]): Looked => ({ namespace, metricName, dimensions: pairs(rest) }))
function pairs(words: readonly string[]) {
  return Array.from({ length: words.length / 2 }, (_, index) => ({ name: words[2 * index] ?? '', value: words[2 * index + 1] ?? '' }))
}

/** What AWS measures by itself: metrics, and how a dimension is found among the resources of the plan (guides named in metrics.ts). */
const MEASURED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS/IoT': { 'Connect.AuthError': ['Protocol'], 'Connect.ClientError': ['Protocol'], 'Connect.Success': ['Protocol'], TopicMatch: ['RuleName'], Failure: ['RuleName', 'ActionType'] },
  'AWS/Lambda': { Errors: ['FunctionName'], Invocations: ['FunctionName'] },
  'AWS/SQS': { ApproximateNumberOfMessagesVisible: ['QueueName'] },
}

const made = new Set(['functionName', 'queueName', 'ruleName'].flatMap((key) => plan.map(({ inputs }) => String(inputs[key]))))

/** Our own counters stand in the code that is shipped, or in the action of a rule of the plan. */
const code = ofType('lambda:Function').map(({ inputs }) => (inputs['code'] as { readonly zipFile: string }).zipFile).join('\n')
const counting = ofType('iot:TopicRule').flatMap(({ inputs }) => (inputs['topicRulePayload'] as { readonly actions: readonly { readonly cloudwatchMetric?: { readonly metricNamespace: string; readonly metricName: string } }[] }).actions.flatMap(({ cloudwatchMetric }) => cloudwatchMetric ?? []))

test.each([...alarms, ...shown].map((each): [string, Looked] => [`${each.namespace} ${each.metricName}`, each]))('%s is measured of something that is there', (_name, { namespace, metricName, dimensions = [] }) => {
  if (namespace === names.metrics) {
    expect(dimensions).toEqual([])
    expect(code.includes(`"${metricName}"`) || counting.some((each) => each.metricNamespace === namespace && each.metricName === metricName)).toBe(true)
    return
  }
  expect(dimensions.map(({ name }) => name)).toEqual(MEASURED[namespace]?.[metricName])
  for (const { name, value } of dimensions) if (['FunctionName', 'QueueName', 'RuleName'].includes(name)) expect(made).toContain(value)
})

test('a counter that nothing counts would be found out', () => {
  expect(code).not.toContain('"DevicesAdmired"')
  expect(code).toContain('"DevicesRefused"')
})

test('connections, admission, deployments, functions and dead letters each have an alarm, and each tells the topic', () => {
  expect(alarms.map(({ alarmName }) => alarmName).sort()).toEqual(
    ['admission-errors', 'connections-refused', 'deployments-failed', 'devices-refused', ...['failed', 'finish-errors', 'sign-errors', 'signing-refused', 'start-errors', 'undone'].map((what) => `rotation-${what}`), 'telemetry-undone'].map((what) => `fleet-dev-${what}`),
  )
  for (const { alarmActions } of alarms) expect(alarmActions).toEqual([TOPIC])
  expect(ofType('sns:Topic').map(({ inputs }) => inputs['topicName'])).toContain('fleet-dev-alarms')
})

test('graphs lie beside each other', () => {
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24)
})

test('mail goes to whom the stage names, and to nobody else', async () => {
  const mails = (resources: Planned) => ofType('sns:Topic', resources).flatMap(({ inputs }) => (inputs['subscription'] ?? []) as { readonly protocol: string; readonly endpoint: string }[])
  expect(mails(plan)).toEqual([])
  expect(mails(await planned({ ...STAGE, alarms: { ...STAGE.alarms, email: 'ops@example.com' } }))).toEqual([{ protocol: 'email', endpoint: 'ops@example.com' }])
})

test('a second stage in the account leaves to the first what AWS does not tell apart', async () => {
  const second = ofType('cloudwatch:Alarm', await planned({ ...STAGE, managesAccountSettings: false })).map(({ inputs }) => inputs['alarmName'])
  expect(second).not.toContain('fleet-dev-connections-refused')
  expect(second).toContain('fleet-dev-devices-refused')
})

test('prod is stricter than dev: it keeps longer, protects, is told, and sooner', () => {
  const stageOf = (stage: string) => parseStage(stage, (parse(readFileSync(new URL(`../../../Pulumi.${stage}.yaml`, import.meta.url), 'utf8')) as { readonly config: Record<string, string> }).config)
  const [dev, prod] = [stageOf('dev'), stageOf('prod')]
  expect(prod.logRetentionDays).toBeGreaterThan(dev.logRetentionDays)
  expect([dev.protectsData, prod.protectsData]).toEqual([false, true])
  expect(prod.alarms.email).toBeDefined()
  expect(prod.alarms.refusedConnections).toBeLessThan(dev.alarms.refusedConnections)
  expect(prod.alarms.refusedDevices).toBeLessThan(dev.alarms.refusedDevices)
  expect(prod.rollout.devicesPerMinute).toBeLessThan(dev.rollout.devicesPerMinute)
  expect(prod.rollout.abortAtFailedPercent).toBeLessThan(dev.rollout.abortAtFailedPercent)
})
