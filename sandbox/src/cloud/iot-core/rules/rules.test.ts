// sandbox/src/cloud/iot-core/rules/rules.test.ts: devices publish, rules act.
import { expect, test, vi } from 'vitest'
import { inbox, iotArn, stateFile } from '../testing.ts'
import { openShadows } from '../shadows/shadows.ts'
import { ROLE, rulesBench } from './testing.ts'

const S3 = { s3: { bucketName: 'b', key: 'k', roleArn: ROLE } }
const republish = (topic: string) => ({ republish: { topic, roleArn: ROLE } })

test('lambda: the function gets the selected JSON, called by AWS IoT for this rule', async () => {
  const { rule, publish, calls } = await rulesBench()
  rule('tell', "SELECT *, topic(2) AS device FROM 'devices/+/data' WHERE temperature > 50", { lambda: { functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:${topic(2)}' } })
  await publish('devices/d1/data', '{"temperature":60}')
  await publish('devices/d1/data', '{"temperature":40}')
  await publish('others/d1/data', '{"temperature":60}')
  expect(calls).toEqual([{ functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:d1', payload: { temperature: 60, device: 'd1' }, caller: { service: 'iot.amazonaws.com', sourceArn: iotArn('rule/tell') } }])
})

test('everything is done when the device gets its PUBACK', async () => {
  const { rule, publish, logged } = await rulesBench()
  rule('keep', "SELECT *, principal() AS p FROM 'a'", { cloudwatchLogs: { logGroupName: '/fleet/telemetry', roleArn: ROLE } })
  await publish('a', '{"n":1}')
  expect(logged.get('/fleet/telemetry keep')).toEqual([expect.stringMatching(/^\{"n":1,"p":"[0-9a-f]{64}"\}$/) as string])
})

test('s3: JSON or bytes as they came, at a key of the message', async () => {
  const { rule, publish, objects } = await rulesBench()
  rule('store', "SELECT * FROM 'a/#'", { s3: { bucketName: 'b', key: '${topic()}.json', roleArn: ROLE } })
  await publish('a/1', '{"n": 1}')
  await publish('a/2', 'no json')
  expect([...objects]).toEqual([['b/a/1.json', '{"n":1}'], ['b/a/2.json', 'no json']])
})

test('republish: to subscribers, with MQTT 5 properties', async () => {
  const { rule, publish, cloud } = await rulesBench()
  rule('copy', "SELECT n FROM 'in/+'", { republish: { topic: 'out/${topic(2)}', qos: 1, roleArn: ROLE, headers: { contentType: 'application/json', userProperties: [{ key: 'from', value: '${topic()}' }] } } })
  const watcher = await cloud.connect(await cloud.issue('w'), { clientId: 'w', protocolVersion: 5 })
  await watcher.subscribeAsync('out/+', { qos: 1 })
  await publish('in/7', '{"n":1,"m":2}')
  expect(await inbox(watcher).next()).toMatchObject({ topic: 'out/7', text: '{"n":1}', qos: 1, properties: { contentType: 'application/json', userProperties: { from: 'in/7' } } })
})

test('republish to $$aws/… asks a service, and other rules hear of its answer', async () => {
  const { rule, publish, cloud, objects } = await rulesBench()
  const shadows = openShadows({ store: cloud.store, clock: cloud.clock, bus: cloud.broker })
  rule('report', "SELECT {'reported': *} AS state FROM 'report/+'", republish('$$aws/things/${topic(2)}/shadow/update'))
  rule('accepted', "SELECT state FROM '$aws/things/+/shadow/update/accepted'", S3)
  await publish('report/t1', '{"on":true}')
  expect(shadows.find({ thingName: 't1' })?.state).toEqual({ reported: { on: true } })
  expect(objects.get('b/k')).toBe('{"state":{"reported":{"on":true}}}')
})

test('rules that republish to each other are stopped, and the message is told of', async () => {
  const { rule, publish, cloud } = await rulesBench()
  rule('ping', "SELECT * FROM 'ping'", republish('pong'))
  rule('pong', "SELECT * FROM 'pong'", republish('ping'))
  await publish('ping', '{}')
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'RuleExecution', ruleAction: 'RepublishAction', details: expect.stringContaining('loop') as string }])
})

test('topics and queues get what was selected', async () => {
  const { rule, publish, messages } = await rulesBench()
  const [targetArn, queueUrl] = ['arn:aws:sns:eu-central-1:000000000000:t', 'http://127.0.0.1/000000000000/q']
  rule('raw', "SELECT n FROM 'a'", { sns: { targetArn, roleArn: ROLE } })
  rule('json', "SELECT 'x' AS default FROM 'a'", { sns: { targetArn, roleArn: ROLE, messageFormat: 'JSON' } })
  rule('queue', "SELECT n FROM 'a'", { sqs: { queueUrl, roleArn: ROLE, useBase64: true } })
  await publish('a', '{"n":1}')
  expect(messages).toEqual(expect.arrayContaining([[targetArn, '{"n":1}'], [targetArn, 'json {"default":"x"}'], ['arn:aws:sqs:eu-central-1:000000000000:q', Buffer.from('{"n":1}').toString('base64')]]))
})

test('a rule asks the registry in its role, once, and takes what may not be asked for unknown', async () => {
  const { rule, publish, objects, things, allowed, cloud } = await rulesBench()
  things.set('7', { thingName: '7', attributes: { fleet: 'one' } })
  things.set('8', { thingName: '8', attributes: { fleet: 'other' } })
  const ofFleet = (roleArn: string) => `SELECT n, get_registry_data('DescribeThing', topic(2), '${roleArn}').attributes.fleet AS fleet FROM 'in/+'`
  const where = `SELECT n FROM 'in/+' WHERE n > 0 AND get_registry_data("DescribeThing", topic(2), '${ROLE}').attributes.fleet = 'one'`
  rule('one', where, { s3: { bucketName: 'where', key: '${topic(2)}', roleArn: ROLE } })
  rule('two', ofFleet(ROLE), { s3: { bucketName: 'select', key: '${topic(2)}', roleArn: ROLE } })
  for (const thing of ['7', '8', '9']) await publish(`in/${thing}`, '{"n":1}')
  expect([...objects]).toEqual([['where/7', '{"n":1}'], ['select/7', '{"n":1,"fleet":"one"}'], ['select/8', '{"n":1,"fleet":"other"}'], ['select/9', '{"n":1}']])

  objects.clear()
  allowed.delete('*')
  for (const bucket of ['where', 'select']) allowed.add(`s3:PutObject arn:aws:s3:::${bucket}/7`)
  await publish('in/7', '{"n":2}')
  expect([...objects]).toEqual([['select/7', '{"n":2}']])
  expect(cloud.recorded.entries).toMatchObject(['one', 'two'].map((ruleName) => ({ eventType: 'FunctionExecution', ruleName, reason: 'FunctionFailure', details: expect.stringContaining('not authorized to perform: iot:DescribeThing') as string })))
})

test.each([
  ["SELECT get_registry_data('DescribeThing', topic(2)) AS x FROM 'a'", 'requires its last parameter to be roleArn'],
  ["SELECT get_registry_data('DescribeThing', 'a', 'r') AS x, get_registry_data('DescribeThing', 'b', 'r') AS y FROM 'a'", 'cannot contain more than 1 get_registry_data'],
  ["SELECT get_registry_data('ListThingGroupsForThing', 'a', 'r') AS x FROM 'a'", 'offered'],
])('%s is refused', async (sql, why) => {
  const { rule } = await rulesBench()
  expect(() => rule('try', sql, S3)).toThrow(why)
})

test('tables get what was selected, whole or attribute by attribute, in the order of the messages; delivery streams get lines', async () => {
  const { rule, publish, stored, streamed } = await rulesBench()
  rule('history', "SELECT *, topic(2) AS thing FROM 'in/+'", { dynamoDBv2: { putItem: { tableName: '${topic(1)}-history' }, roleArn: ROLE } })
  rule('state', "SELECT n FROM 'in/+'", { dynamoDB: { tableName: 'state', hashKeyField: 'thing', hashKeyValue: '${topic(2)}', rangeKeyField: 'rank', rangeKeyValue: '${n}', rangeKeyType: 'NUMBER', payloadField: 'last', roleArn: ROLE } })
  rule('archive', "SELECT n FROM 'in/+'", { firehose: { deliveryStreamName: 'archive', separator: '\n', roleArn: ROLE } })
  rule('many', "SELECT VALUE l FROM 'in/+'", { firehose: { deliveryStreamName: 'many', separator: '\n', batchMode: true, roleArn: ROLE } })
  await publish('in/7', '{"n":1,"l":[{"a":1},{"a":2}]}')
  await publish('in/7', '{"n":2,"l":[]}')
  expect(stored.filter(([table]) => table === 'in-history').map(([, item]) => item)).toEqual([{ n: 1, l: [{ a: 1 }, { a: 2 }], thing: '7' }, { n: 2, l: [], thing: '7' }])
  expect(stored.filter(([table]) => table === 'state').map(([, item]) => item)).toEqual([{ thing: '7', rank: 1, last: { n: 1 } }, { thing: '7', rank: 2, last: { n: 2 } }])
  expect(streamed).toEqual([['archive', '{"n":1}\n'], ['many', '{"a":1}\n'], ['many', '{"a":2}\n'], ['archive', '{"n":2}\n']])
})

test.each([
  ['is throttled', { putItem: { tableName: 'busy' }, roleArn: ROLE }, 'throughput'],
  ['may not be written to', { putItem: { tableName: 'secret' }, roleArn: ROLE }, 'not authorized to perform: dynamodb:PutItem'],
])('a table that %s: the error action is told, and the log; the other actions are done', async (_case, dynamoDBv2, reason) => {
  const { rule, publish, cloud, calls, allowed } = await rulesBench()
  allowed.delete('*')
  allowed.add('dynamodb:PutItem arn:aws:dynamodb:eu-central-1:000000000000:table/busy')
  rule('try', "SELECT * FROM 'a'", { dynamoDBv2 }, { errorAction: { lambda: { functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:alarm' } } })
  await publish('a', '{"n":1}')
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  expect(calls[0]?.payload).toMatchObject({ ruleName: 'try', base64OriginalPayload: Buffer.from('{"n":1}').toString('base64'), failures: [{ failedAction: 'DynamoDBv2Action', failedResource: dynamoDBv2.putItem.tableName, errorMessage: expect.stringContaining(reason) as string }] })
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'RuleExecution', ruleAction: 'DynamoDBv2Action' }])
})

test('basic ingest: for that rule alone, not for subscribers, and topic() has no prefix', async () => {
  const { rule, publish, cloud, objects } = await rulesBench()
  rule('ingest', 'SELECT *, topic() AS t', S3)
  rule('other', "SELECT * FROM '#'", { s3: { bucketName: 'b', key: 'other', roleArn: ROLE } })
  const watcher = await cloud.connect(await cloud.issue('w'), { clientId: 'w' })
  await watcher.subscribeAsync('#')
  await publish('$aws/rules/ingest/a/b/c', '{"n":1}')
  await cloud.broker.publish({ topic: 'marker', payload: '' })
  expect((await inbox(watcher).next()).topic).toBe('marker')
  expect(objects.get('b/k')).toBe('{"n":1,"t":"a/b/c"}')
})

test.each([
  ['is not there', { name: 'nobody' }],
  ['is disabled', { name: 'off' }],
])('basic ingest to a rule that %s is logged; the device is not to blame', async (_case, { name }) => {
  const { rule, publish, cloud, objects } = await rulesBench()
  rule('off', 'SELECT *', S3, { ruleDisabled: true })
  await publish(`$aws/rules/${name}/x`, '{}')
  expect(cloud.recorded.entries).toMatchObject([{ eventType: 'RuleNotFound', ruleName: name, topicName: `$aws/rules/${name}/x`, clientId: 'd1', details: `Rule ${name} not found`, status: 'Failure' }])
  expect(objects.size).toBe(0)
})

test.each<[string, object, string]>([
  ['a role that AWS IoT may not assume', { s3: { bucketName: 'b', key: 'k', roleArn: 'arn:aws:iam::000000000000:role/other' } }, 'cannot assume the role'],
  ['a role that may not count', { cloudwatchMetric: { metricNamespace: 'N', metricName: 'M', metricValue: '1', metricUnit: 'Count', roleArn: ROLE } }, 'not authorized to perform: cloudwatch:PutMetricData'],
  ['a role that does not allow it', { cloudwatchLogs: { logGroupName: 'g', roleArn: ROLE } }, 'not authorized to perform: logs:DescribeLogStreams'],
  ['a bucket that is not there', { s3: { bucketName: 'missing', key: 'k', roleArn: ROLE } }, 'bucket does not exist'],
  ['a function that does not let AWS IoT in', { lambda: { functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:closed' } }, 'resource policy'],
  ['a topic that nobody may publish to', republish('a/+'), 'wildcards'],
  ['a topic of SNS that is not there', { sns: { targetArn: 'arn:aws:sns:eu-central-1:000000000000:missing', roleArn: ROLE } }, 'there is no'],
])('%s: the error action is told, and the log', async (_case, action, reason) => {
  const { rule, publish, cloud, calls, allowed } = await rulesBench()
  allowed.delete('*')
  allowed.add('s3:PutObject arn:aws:s3:::missing/k').add('sns:Publish arn:aws:sns:eu-central-1:000000000000:missing').add(`iot:Publish ${iotArn('topic/a/+')}`)
  rule('try', "SELECT * FROM 'a'", action, { errorAction: { lambda: { functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:alarm' } } })
  await publish('a', '{"n":1}')
  const [entry] = cloud.recorded.entries
  expect(entry).toMatchObject({ eventType: 'RuleExecution', ruleName: 'try', status: 'Failure', topicName: 'a', clientId: 'd1', details: expect.stringContaining(reason) as string })
  expect(calls.map(({ payload }) => payload)).toEqual([
    {
      ...{ ruleName: 'try', topic: 'a', clientId: 'd1', cloudwatchTraceId: entry?.['traceId'], base64OriginalPayload: Buffer.from('{"n":1}').toString('base64') },
      failures: [{ failedAction: entry?.['ruleAction'], failedResource: expect.any(String) as string, errorMessage: expect.stringContaining(reason) as string }],
    },
  ])
})

test('a role is assumed with the rule as source, and not anew for each message', async () => {
  const { rule, publish, assumed, cloud } = await rulesBench()
  rule('keep', "SELECT * FROM 'a'", S3)
  await publish('a', '{}')
  await publish('a', '{}')
  expect(assumed).toMatchObject([{ service: 'iot.amazonaws.com', context: { 'aws:SourceArn': iotArn('rule/keep') } }])
  cloud.clock.advance(3600_000)
  await publish('a', '{}')
  expect(assumed).toHaveLength(2)
})

test('rules are there again after a restart, changed ones as they were changed', async () => {
  const file = stateFile()
  const before = await rulesBench({ file })
  before.rule('one', "SELECT * FROM 'a'", S3)
  before.rule('one', "SELECT * FROM 'b'", S3)
  before.rule('two', "SELECT * FROM 'a'", S3)
  before.rules.remove('two')
  await before.cloud.close()
  const after = await rulesBench({ file })
  await after.publish('a', '{"n":1}')
  expect(after.objects.size).toBe(0)
  await after.publish('b', '{"n":2}')
  expect(after.objects.get('b/k')).toBe('{"n":2}')
})

test('a rule that cannot be read any more keeps nothing from starting', async () => {
  const file = stateFile()
  const before = await rulesBench({ file })
  before.rule('good', "SELECT * FROM 'a'", S3)
  before.cloud.store.table('topic_rules').put('old', { ruleName: 'old', sql: 'SELECT gone() FROM a', actions: [], ruleDisabled: false, awsIotSqlVersion: 'beta', createdAt: new Date() })
  await before.cloud.close()
  const after = await rulesBench({ file })
  await after.publish('a', '{}')
  expect(after.objects.size).toBe(1)
  expect(after.cloud.recorded.lines).toContainEqual(expect.objectContaining({ level: 'error', fields: expect.objectContaining({ ruleName: 'old' }) as object }))
})

test('what is selected is counted as a metric, by what the message says', async () => {
  const { rule, publish, counted, cloud } = await rulesBench()
  const metric = { metricNamespace: 'Fleet', metricName: '${kind}', metricValue: '${count}', metricUnit: 'Count', roleArn: ROLE }
  rule('count', "SELECT * FROM 'a'", { cloudwatchMetric: metric })
  await publish('a', '{"kind":"failed","count":3}')
  await publish('a', '{"kind":"failed","count":"many"}')
  await publish('a', '{"kind":"failed","count":0.5}')
  expect(counted).toEqual([{ namespace: 'Fleet', name: 'failed', value: 3, unit: 'Count' }, { namespace: 'Fleet', name: 'failed', value: 0.5, unit: 'Count' }])
  expect(JSON.stringify(cloud.recorded)).toContain('is no number')
})
