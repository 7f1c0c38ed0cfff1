// ops/src/aws/aws-failure.test.ts: what the SDK throws, as what the operator reads.
import type { ErrorCode } from '@fleet/contract/errors'
import { FleetError } from '@fleet/contract/errors'
import { IoTClient, ListThingsCommand } from '@aws-sdk/client-iot'
import { expect, test } from 'vitest'
import { awsTarget, endpointTarget } from '../target/target.ts'
import { explained, explaining } from './aws-failure.ts'
import { named } from './client-config.ts'

const target = awsTarget('dev')
const sdkError = (name: string, message = 'no', httpStatusCode = 400) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
const nodeError = (code: string) => Object.assign(new Error(`connect ${code}`), { code })

test.each<[string, Error, ErrorCode]>([
  ['an expired token', sdkError('ExpiredTokenException'), 'CREDENTIALS_EXPIRED'],
  ['an expired token of S3', sdkError('ExpiredToken'), 'CREDENTIALS_EXPIRED'],
  ['an expired SSO session', Object.assign(new Error('The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login'), { name: 'CredentialsProviderError' }), 'CREDENTIALS_EXPIRED'],
  ['no credentials', Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }), 'CREDENTIALS_MISSING'],
  ['an unknown key', sdkError('UnrecognizedClientException'), 'CREDENTIALS_REFUSED'],
  ['a wrong secret', sdkError('SignatureDoesNotMatch', 'no', 403), 'CREDENTIALS_REFUSED'],
  ['a wrong clock', sdkError('RequestTimeTooSkewed', 'no', 403), 'CREDENTIALS_REFUSED'],
  ['a missing permission', sdkError('AccessDeniedException', 'not authorized to perform: iot:ListThings'), 'ACCESS_DENIED'],
  ['a HEAD that is forbidden and says nothing', sdkError('Unknown', 'UnknownError', 403), 'ACCESS_DENIED'],
  ['throttling', sdkError('ThrottlingException', 'Rate exceeded', 429), 'THROTTLED'],
  ['S3 that asks to slow down', sdkError('SlowDown', 'no', 503), 'THROTTLED'],
  ['a bucket that is not there', sdkError('NoSuchBucket', 'no', 404), 'STACK_MISSING'],
  ['a repository that is not there', sdkError('RepositoryNotFoundException'), 'STACK_MISSING'],
  ['a port where nothing listens', nodeError('ECONNREFUSED'), 'ENDPOINT_UNREACHABLE'],
  ['a name that nobody knows', nodeError('ENOTFOUND'), 'ENDPOINT_UNREACHABLE'],
  ['each address of a name', new AggregateError([nodeError('ECONNREFUSED')], ''), 'ENDPOINT_UNREACHABLE'],
  ['what fetch makes of it', new TypeError('fetch failed', { cause: nodeError('ECONNRESET') }), 'ENDPOINT_UNREACHABLE'],
  ['no answer in time', Object.assign(new Error('timed out'), { name: 'TimeoutError' }), 'ENDPOINT_UNREACHABLE'],
  ['another refusal', sdkError('InvalidRequestException', 'bad name'), 'CLOUD_REFUSED'],
])('%s', (_case, error, code) => {
  expect(explained(error, target)).toMatchObject({ code, cause: error, remedy: expect.stringMatching(/\w.{20,}/) })
})

test('what is none of the cloud’s stays what it is', () => {
  const own = new FleetError('USAGE', 'x', 'y')
  const bug = new TypeError('x is undefined')
  expect([explained(own, target), explained(bug, target), explained('text', target)]).toEqual([own, bug, 'text'])
})

test('the operation that failed is named', async () => {
  const nowhere = endpointTarget('dev', 'http://127.0.0.1:9')
  const iot = named(new IoTClient({ endpoint: 'http://127.0.0.1:9', region: 'eu-central-1', credentials: { accessKeyId: 'x', secretAccessKey: 'y' }, maxAttempts: 1 }))
  await expect(explaining(nowhere, () => iot.send(new ListThingsCommand({})))).rejects.toMatchObject({ code: 'ENDPOINT_UNREACHABLE', message: 'no answer from http://127.0.0.1:9, stage dev (account 111111111111, eu-central-1) (ListThings)', remedy: expect.stringContaining('AWS_ENDPOINT_URL') })
})
