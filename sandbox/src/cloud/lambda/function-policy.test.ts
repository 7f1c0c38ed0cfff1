// sandbox/src/cloud/lambda/function-policy.test.ts: who may invoke a function.
import { expect, test } from 'vitest'
import { lambdaBench } from './testing.ts'

const TEMPLATE = 'arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/fleet-dev'
const functionArn = 'arn:aws:lambda:eu-central-1:000000000000:function:hook'
const iot = { service: 'iot.amazonaws.com', sourceArn: TEMPLATE }
const allowIot = { FunctionName: 'hook', StatementId: 'iot', Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com' }

async function bench() {
  const bench = lambdaBench()
  await bench.create('hook', 'exports.handler = async (event) => { if (event.slow) for (;;); if (event.fail) throw new Error("no"); return { allowProvisioning: event.serial === "a" } }', { Timeout: 1 })
  return bench
}

test('a service gets in only when a statement names it, for that source', async () => {
  await using b = await bench()
  const invoke = (caller = iot, payload: unknown = { serial: 'a' }) => b.lambda.invoker.invoke({ functionArn, payload, caller })
  expect(await invoke()).toEqual({ kind: 'refused', why: `the resource policy of ${functionArn} does not let iot.amazonaws.com invoke it for ${TEMPLATE}` })
  await b.call('AddPermission', { ...allowIot, SourceArn: TEMPLATE, SourceAccount: '000000000000' })
  expect(await invoke()).toEqual({ kind: 'answered', payload: { allowProvisioning: true } })
  expect(await invoke({ ...iot, sourceArn: `${TEMPLATE}-other` })).toMatchObject({ kind: 'refused' })
  expect(await invoke({ ...iot, sourceArn: TEMPLATE.replace('000000000000', '111111111111') })).toMatchObject({ kind: 'refused' })
  expect(await invoke({ ...iot, service: 'sns.amazonaws.com' })).toMatchObject({ kind: 'refused' })
  expect(await invoke(iot, { fail: true })).toEqual({ kind: 'failed', errorType: 'Error', errorMessage: 'no' })
})

test('a caller waits no longer than it says', async () => {
  await using b = await bench()
  await b.call('AddPermission', allowIot)
  expect(await b.lambda.invoker.invoke({ functionArn, payload: { slow: true }, caller: iot, waitMs: 50 })).toEqual({ kind: 'timed-out' })
})

test('what is handed over is refused or accepted at once, and run', async () => {
  await using b = await bench()
  expect(b.lambda.invoker.invokeLater({ functionArn, payload: {}, caller: iot })).toMatchObject({ kind: 'refused' })
  await b.call('AddPermission', { ...allowIot, SourceArn: 'arn:aws:iot:eu-central-1:000000000000:provisioningtemplate/*' })
  expect(b.lambda.invoker.invokeLater({ functionArn, payload: {}, caller: iot })).toEqual({ kind: 'accepted' })
  expect(b.lambda.invoker.invokeLater({ functionArn: `${functionArn}-other`, payload: {}, caller: iot })).toMatchObject({ kind: 'refused', why: expect.stringContaining('Function not found') })
})

test('statements are added once, shown and removed', async () => {
  await using b = await bench()
  const { Statement = '' } = await b.call('AddPermission', { ...allowIot, SourceArn: TEMPLATE })
  expect(JSON.parse(Statement)).toEqual({
    Sid: 'iot',
    Effect: 'Allow',
    Principal: { Service: 'iot.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: functionArn,
    Condition: { ArnLike: { 'AWS:SourceArn': TEMPLATE } },
  })
  expect(() => b.call('AddPermission', allowIot)).toThrow('The statement id (iot) provided already exists')
  const { Policy = '' } = await b.call('GetPolicy', { FunctionName: 'hook' })
  expect(JSON.parse(Policy)).toMatchObject({ Id: 'default', Statement: [{ Sid: 'iot' }] })
  await b.call('RemovePermission', { FunctionName: 'hook', StatementId: 'iot' })
  expect(() => b.call('GetPolicy', { FunctionName: 'hook' })).toThrow('The resource you requested does not exist.')
  expect(() => b.call('RemovePermission', { FunctionName: 'hook', StatementId: 'iot' })).toThrow('No policy is associated')
})

test('a policy goes with its function', async () => {
  await using b = await bench()
  await b.call('AddPermission', allowIot)
  await b.call('DeleteFunction', { FunctionName: 'hook' })
  await b.create('hook', 'exports.handler = async () => 1')
  expect(() => b.call('GetPolicy', { FunctionName: 'hook' })).toThrow('does not exist')
})
