// sandbox/src/cloud/lambda/functions.test.ts: making, changing and deleting functions, and what is refused.
import { expect, test } from 'vitest'
import { AwsError } from '../aws-error.ts'
import { lambdaBench, ROLE, zipped } from './testing.ts'

const CODE = 'exports.handler = async () => 1'
const valid = { FunctionName: 'f', Role: ROLE, Runtime: 'nodejs24.x' as const, Handler: 'index.handler', Code: { ZipFile: zipped({ 'index.js': CODE }) } }

test('a function is told as it was made', async () => {
  await using bench = lambdaBench()
  const created = await bench.call('CreateFunction', { ...valid, Tags: { stage: 'dev' } })
  expect(created).toMatchObject({ FunctionName: 'f', FunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:f', State: 'Active', Timeout: 3, MemorySize: 128, Version: '$LATEST', LoggingConfig: { LogGroup: '/aws/lambda/f' } })
  for (const name of ['f', 'f:$LATEST', 'function:f', '000000000000:function:f', 'arn:aws:lambda:eu-central-1:000000000000:function:f'])
    expect(await bench.call('GetFunctionConfiguration', { FunctionName: name })).toEqual(created)
  expect(await bench.call('GetFunction', { FunctionName: 'f' })).toMatchObject({ Configuration: created, Tags: { stage: 'dev' }, Code: { Location: expect.stringContaining('/_downloads/lambda-code/') } })
})

test.each<[string, object, string, RegExp]>([
  ['too little memory', { MemorySize: 127 }, 'ValidationException', /'127' at 'memorySize'.*greater than or equal to 128/],
  ['too long a time-out', { Timeout: 901 }, 'ValidationException', /timeout/],
  ['a malformed name', { FunctionName: 'a b' }, 'InvalidParameterValueException', /functionName/],
  ['another region\'s name', { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:f' }, 'ResourceNotFoundException', /not found/],
  ['a malformed role', { Role: 'hook' }, 'ValidationException', /role/],
  ['reserved environment variables', { Environment: { Variables: { AWS_REGION: 'x' } } }, 'InvalidParameterValueException', /reserved keys.*AWS_REGION/],
  ['too much environment', { Environment: { Variables: { BIG: 'x'.repeat(4100) } } }, 'InvalidParameterValueException', /4KB/],
  ['no code', { Code: {} }, 'InvalidParameterValueException', /source for function code/],
  ['what is no zip', { Code: { ZipFile: Buffer.from(CODE) } }, 'InvalidParameterValueException', /Could not unzip/],
  ['a zip that reaches outside', { Code: { ZipFile: zipped({ '../evil.js': CODE }) } }, 'InvalidParameterValueException', /outside/],
  ['an object that is not there', { Code: { S3Bucket: 'b', S3Key: 'k' } }, 'InvalidParameterValueException', /NoSuchKey/],
  ['a runtime that is not offered', { Runtime: 'python3.13' }, 'InvalidParameterValueException', /Not offered by the sandbox: the runtime python3\.13/],
  ['layers', { Layers: ['arn:aws:lambda:eu-central-1:000000000000:layer:x:1'] }, 'InvalidParameterValueException', /Not offered by the sandbox: Layers/],
])('%s is refused and nothing is made', async (_case, change, code, message) => {
  await using bench = lambdaBench()
  const refusal = await Promise.resolve().then(() => bench.call('CreateFunction', { ...valid, ...change })).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(AwsError)
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) })
  expect(await bench.call('ListFunctions', {})).toEqual({ Functions: [] })
})

test('a role that Lambda may not assume', async () => {
  await using bench = lambdaBench({
    roles: {
      permits: () => true,
      assume() {
        throw new AwsError('AccessDenied', 'no')
      },
    },
  })
  expect(() => bench.call('CreateFunction', valid)).toThrow('The role defined for the function cannot be assumed by Lambda.')
})

test('names are taken once, revisions are compared, what is gone is not found', async () => {
  await using bench = lambdaBench()
  await bench.call('CreateFunction', valid)
  expect(() => bench.call('CreateFunction', valid)).toThrow('Function already exist: f')
  await expect(bench.call('UpdateFunctionConfiguration', { FunctionName: 'f', Timeout: 5, RevisionId: 'other' })).rejects.toMatchObject({ code: 'PreconditionFailedException' })
  await bench.call('DeleteFunction', { FunctionName: 'f' })
  expect(() => bench.call('GetFunction', { FunctionName: 'f' })).toThrow('Function not found: arn:aws:lambda:eu-central-1:000000000000:function:f')
})

test('a package goes with the last function that has it', async () => {
  await using bench = lambdaBench()
  await bench.create('a', CODE)
  await bench.create('b', CODE)
  const { CodeSha256 = '' } = await bench.call('GetFunctionConfiguration', { FunctionName: 'a' })
  await bench.call('DeleteFunction', { FunctionName: 'a' })
  expect((await bench.invoke('b')).payload).toBe(1)
  await bench.call('DeleteFunction', { FunctionName: 'b' })
  expect(bench.store.blobs('lambda_packages').get(CodeSha256)).toBeUndefined()
})

test('ListFunctions shows each function once, page by page', async () => {
  await using bench = lambdaBench()
  for (const name of ['c', 'a', 'b']) await bench.create(name, CODE)
  const first = await bench.call('ListFunctions', { MaxItems: 2 })
  const second = await bench.call('ListFunctions', { MaxItems: 2, Marker: first.NextMarker })
  expect([first, second].flatMap(({ Functions = [] }) => Functions.map(({ FunctionName }) => FunctionName))).toEqual(['a', 'b', 'c'])
  expect(second.NextMarker).toBeUndefined()
})

test('DryRun runs nothing, and a payload must be JSON', async () => {
  await using bench = lambdaBench()
  await bench.create('f', CODE)
  expect(await bench.call('Invoke', { FunctionName: 'f', InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 })
  expect(bench.lambda.environments).toBe(0)
  await expect(bench.call('Invoke', { FunctionName: 'f', Payload: Buffer.from('{') })).rejects.toMatchObject({ code: 'InvalidRequestContentException' })
})
