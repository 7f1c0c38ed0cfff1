// sandbox/src/cloud/lambda/bundle.test.ts: a bundle as esbuild makes it, by the SDK's client, calling S3 back with the credentials of its role.
import { FilterLogEventsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { build } from 'esbuild'
import { unzipSync } from 'fflate'
import { expect, onTestFinished, test } from 'vitest'
import { openIam } from '../iam/iam.ts'
import { cloudClock } from '../clock.ts'
import { openLogs } from '../logs/logs.ts'
import { openS3 } from '../s3/s3.ts'
import { signedDownloads } from '../signed-downloads.ts'
import { openStore } from '../store/store.ts'
import { ACCOUNT_KEY, openTestGateway } from '../wire/testing.ts'
import { lambdaService } from './lambda.ts'
import { ACCOUNT, temporaryFolder, zipped } from './testing.ts'

const SOURCE = `
  import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
  const s3 = new S3Client({})
  export const handler = async ({ key }: { key: string }): Promise<string> => {
    console.log('reading', key)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: process.env.BUCKET, Key: key }))
    return (await Body?.transformToString()) ?? ''
  }`
const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] }
const grants = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::store/public/*' },
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
  ],
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({ stdin: { contents: SOURCE, loader: 'ts' }, bundle: true, platform: 'node', target: 'node24', format: 'cjs', external: ['@aws-sdk/*'], write: false })
  return outputFiles[0]?.text ?? ''
}

test('reads what its role may read, logs, and is refused the rest', async () => {
  const store = openStore(':memory:')
  const clock = cloudClock(store)
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const common = { account: ACCOUNT, store, clock, log }
  const iam = openIam({ ...common, rootKey: ACCOUNT_KEY })
  const s3 = openS3({ ...common, identities: iam.identities })
  const logs = openLogs(common)
  const downloads = signedDownloads(store, clock)
  let endpoint = ''
  const lambda = lambdaService({ ...common, downloads, deadLetters: { refusal: () => undefined, send: () => undefined }, logs: logs.sink, roles: iam.roleSessions, objects: s3.objectStore, endpoint: () => endpoint, folder: temporaryFolder() })
  onTestFinished(() => lambda[Symbol.asyncDispose]())
  const gateway = await openTestGateway({ services: [...iam.services, s3.service, logs.service, lambda.service], routes: [downloads.route], identities: iam.identities, clock })
  endpoint = gateway.endpoint
  const [iamClient, s3Client, client] = [new IAMClient(gateway.client()), new S3Client(gateway.client()), new LambdaClient(gateway.client())]
  await iamClient.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await iamClient.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: JSON.stringify(grants) }))
  await s3Client.send(new CreateBucketCommand({ Bucket: 'store' }))
  for (const Key of ['public/a', 'private/b']) await s3Client.send(new PutObjectCommand({ Bucket: 'store', Key, Body: `content of ${Key}` }))
  const code = await bundle()
  const package_ = zipped({ 'index.js': code })
  await client.send(
    new CreateFunctionCommand({
      FunctionName: 'reader',
      Role: `arn:aws:iam::${ACCOUNT.accountId}:role/reader`,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: package_ },
      Environment: { Variables: { BUCKET: 'store' } },
    }),
  )
  const invoke = async (key: string) => {
    const { Payload, FunctionError, LogResult, StatusCode, ExecutedVersion } = await client.send(new InvokeCommand({ FunctionName: 'reader', Payload: JSON.stringify({ key }), LogType: 'Tail' }))
    return { payload: JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown, FunctionError, StatusCode, ExecutedVersion, tail: Buffer.from(LogResult ?? '', 'base64').toString() }
  }
  const read = await invoke('public/a')
  expect(read).toMatchObject({ payload: 'content of public/a', StatusCode: 200, FunctionError: undefined, ExecutedVersion: '$LATEST' })
  expect(read.tail).toContain('reading public/a')
  const refused = await invoke('private/b')
  expect(refused).toMatchObject({ payload: { errorType: 'AccessDenied', errorMessage: expect.stringContaining('s3:GetObject') }, FunctionError: 'Unhandled', StatusCode: 200 })
  const { events = [] } = await new CloudWatchLogsClient(gateway.client()).send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/reader' }))
  expect(events.map(({ message = '' }) => message.split(/[\s:]/)[0]).filter((word) => word === 'START' || word === 'REPORT')).toHaveLength(4)
  const { Code } = await client.send(new GetFunctionCommand({ FunctionName: 'reader' }))
  const downloaded = new Uint8Array(await (await fetch(Code?.Location ?? '')).arrayBuffer())
  expect(Buffer.from(unzipSync(downloaded)['index.js'] ?? []).toString()).toBe(code)
})
